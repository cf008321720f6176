"""The rules, one table: what shape each function of NumPy makes from which shapes."""

from nnfunc.shapes.symbols.rules import indexing, products, reductions, reshaping, ufuncs
from nnfunc.shapes.symbols.rules.constructors import lent as lent

__all__ = ["indexing", "lent", "products", "reductions", "reshaping", "ufuncs"]
