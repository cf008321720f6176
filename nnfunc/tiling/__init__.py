"""Gradients, evaluation and predictions: one fold over tiles of the samples, in lanes on threads."""
