"""The parts that every kind of tracing shares: trees of arrays, the stand-in array, and the caller's line of source."""
