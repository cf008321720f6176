"""The rules for NumPy's functions: each computes the shape of the result from those of the arguments."""

from nnfunc.shapes.symbols.rules import indexing, products, reductions, reshaping, ufuncs
from nnfunc.shapes.symbols.rules.constructors import lent as lent

__all__ = ["indexing", "lent", "products", "reductions", "reshaping", "ufuncs"]
