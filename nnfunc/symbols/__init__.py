"""Symbols: sizes with names, arrays without entries, and `prove`, which runs a function on them."""

from nnfunc.symbols.prove import prove as prove
from nnfunc.symbols.prove import symbolic as symbolic
