"""The rules, one table: what shape each function of NumPy makes from which shapes."""

from nnfunc.symbols.rules import indexing, joining, products, reductions, reshaping, ufuncs
from nnfunc.symbols.rules.constructors import lent as lent

__all__ = ["indexing", "joining", "lent", "products", "reductions", "reshaping", "ufuncs"]
