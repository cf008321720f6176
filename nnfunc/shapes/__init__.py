"""Shapes: annotations that are enforced, and hand-written checks where annotations cannot see."""

from nnfunc.shapes.checked import checked as checked
from nnfunc.shapes.checked import first as first
