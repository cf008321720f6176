"""Shapes: annotations that are enforced, and a place for checks of what annotations cannot see."""

from nnfunc.shapes.checked import checked, checks_are_on, is_checked, requires

__all__ = ["checked", "checks_are_on", "is_checked", "requires"]
