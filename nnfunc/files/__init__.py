"""Models, checkpoints and runs in files: one format, written whole or not at all."""
