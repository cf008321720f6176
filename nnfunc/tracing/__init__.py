"""What all kinds of tracing share: trees of arrays, the array that stands in for a real one, and the caller's line."""
