"""The ground of all readings: trees of arrays, the array that stands in for a real one, and the caller's line of source."""
