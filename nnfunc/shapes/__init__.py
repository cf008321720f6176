"""Shapes: annotations that are enforced, and a place for checks of what annotations cannot see."""

from nnfunc.shapes.checked import checked, checked_with, checks_are_on, is_checked

__all__ = ["checked", "checked_with", "checks_are_on", "is_checked"]
