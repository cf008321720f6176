"""Gradients, evaluation and predictions: one fold over tiles of the samples, on lanes and threads."""
