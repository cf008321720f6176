"""Symbolic sizes, arrays that have nothing else, and a rule for each function of NumPy."""
