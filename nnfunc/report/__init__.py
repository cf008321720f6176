"""A report on a trained network as one HTML page: its learning curves, confusion matrix, and a canvas to draw on."""

from nnfunc.report.document import page

__all__ = ["page"]
