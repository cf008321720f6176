"""The rules, one table: what shape each function of NumPy makes from which shapes."""

from nnfunc.symbols.rules import elementwise, indexing, joining, products, reductions, reshaping, ufuncs
from nnfunc.symbols.rules.constructors import lent as lent

__all__ = ["elementwise", "indexing", "joining", "lent", "products", "reductions", "reshaping", "ufuncs"]
