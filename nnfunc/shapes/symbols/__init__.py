"""Symbolic sizes, arrays without entries, and the rules for NumPy's functions on them."""
