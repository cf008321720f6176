"""Enforced shape annotations, their error sentences, and proofs for all sizes."""

from nnfunc.shapes.checked import checked, checked_with, checks_are_on, is_checked

__all__ = ["checked", "checked_with", "checks_are_on", "is_checked"]
