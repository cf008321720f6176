"""Between epochs: wrappers, figures, checkpoints."""
