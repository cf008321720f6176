"""Shapes: annotations that are enforced, and a place for checks of what annotations cannot see."""

from nnfunc.shapes.checked import checked as checked
from nnfunc.shapes.checked import checks_are_on as checks_are_on
from nnfunc.shapes.checked import is_checked as is_checked
from nnfunc.shapes.checked import requires as requires
