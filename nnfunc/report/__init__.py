"""One page about a trained network, in one HTML file: what it learned, what it takes for what, and paper to draw on."""

from nnfunc.report.page import page

__all__ = ["page"]
