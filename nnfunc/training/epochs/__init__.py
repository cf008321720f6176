"""Between epochs: wrappers, figures, histories and checkpoints."""
