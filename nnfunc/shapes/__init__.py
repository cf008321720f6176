"""Enforced shape annotations, and checks of what annotations cannot express."""

from nnfunc.shapes.checked import checked, checked_with, checks_are_on, is_checked

__all__ = ["checked", "checked_with", "checks_are_on", "is_checked"]
