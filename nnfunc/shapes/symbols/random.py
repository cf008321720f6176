"""Random arrays of symbolic sizes."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from nnfunc.shapes.symbols.arrays import SymbolicArray, as_tuple, count, made, refuse_mixing, sample, shape_of
from nnfunc.shapes.symbols.axes import broadcast, normalized, refuse_misfit
from nnfunc.shapes.symbols.protocol import Symbol, has_symbol, refusal, uncovered
from nnfunc.shapes.symbols.sizes import Size, never_negative

PLACE_OF_SIZE = {
    "random": 0, "standard_normal": 0, "standard_exponential": 0, "normal": 2, "uniform": 2, "integers": 2,
    "binomial": 2, "poisson": 1, "exponential": 1, "gamma": 2, "beta": 2, "laplace": 2, "lognormal": 2,
}  # fmt: skip
"""Methods of `numpy.random.Generator`, and the position of their argument `size`."""


class RandomSymbols(Symbol):
    """A `numpy.random.Generator` that also creates symbolic arrays."""

    _passes_for = np.random.Generator

    def __init__(self, rng: "np.random.Generator") -> None:
        self.rng = rng

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.rng, name)

        def either(*args: Any, **kwargs: Any) -> Any:
            if not has_symbol((*args, *kwargs.values())):
                return method(*args, **kwargs)
            if name not in RULES:
                raise uncovered(method)
            return RULES[name](*args, **kwargs)

        return either if callable(method) else method


def lending(default_rng: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `default_rng` whose generators also create symbolic arrays, if called in this thread."""
    thread = threading.get_ident()

    def either(*seed: Any, **named: Any) -> Any:
        rng = default_rng(*seed, **named)
        return RandomSymbols(rng) if threading.get_ident() == thread else rng

    return either


def _permutation(x: Any, axis: int = 0) -> SymbolicArray:
    """Return the entries of x in another order along an axis, or the numbers below x in random order."""
    if type(x) is Size:
        return SymbolicArray((x,), np.int64)
    refuse_mixing(x.shape[normalized("Generator.permutation", axis, x.shape)])
    return SymbolicArray(x.shape, x.dtype)


def _choice(a: Any, size: Any = None, replace: bool = True, p: Any = None) -> SymbolicArray:
    """Return random numbers below a; without replacement there must be enough of them."""
    if shape_of(a) or p is not None:
        raise uncovered(np.random.Generator.choice, "of an array, or with probabilities")
    shape = () if size is None else as_tuple(size)
    if not replace and not never_negative(a - count(shape)):
        raise refusal("leave enough to draw, for all sizes", f"{count(shape)} of {a}", otherwise="Generator.choice")
    return made(shape, np.int64)


def _drawn(name: str, place: int, *args: Any, size: Any = None, **kwargs: Any) -> SymbolicArray:
    """Return random numbers of shape `size`, or of the broadcast shape of the distribution's parameters."""
    parameters = args[:place]
    size, *rest = args[place:] or (size,)
    shape = broadcast(f"Generator.{name}", *map(shape_of, (*parameters, *kwargs.values())))
    if size is not None:
        refuse_misfit(f"Generator.{name}", shape, as_tuple(size))
    one = (1,) * max(1, len(shape))
    named = {key: sample(x) for key, x in kwargs.items()} | ({} if rest else {"size": one})
    draw = getattr(np.random.default_rng(0), name)
    dtype = draw(*map(sample, parameters), *((one, *rest) if rest else ()), **named).dtype
    return made(shape if size is None else as_tuple(size), dtype)


RULES: dict[str, Callable[..., SymbolicArray]] = {
    "permutation": _permutation,
    "choice": _choice,
    **{name: partial(_drawn, name, place) for name, place in PLACE_OF_SIZE.items()},
}
"""The rule for each method of a generator."""
