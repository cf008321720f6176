"""What happens between epochs: wrappers, figures, histories and checkpoints."""
