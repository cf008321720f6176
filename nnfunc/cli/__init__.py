"""The commands, which need the extra `cli` (tyro and rich)."""

DONE, FAILED, BAD_INPUT, DIVERGED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit codes; FAILED means that a proof failed."""
