"""Models, checkpoints and runs as files, which are written atomically."""
