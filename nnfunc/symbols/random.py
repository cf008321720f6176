"""Random arrays of symbolic sizes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnfunc.symbols.arrays import SymbolicArray, as_tuple, made, sample, shape_of
from nnfunc.symbols.broadcasting import broadcast
from nnfunc.symbols.protocol import Symbol, uncovered
from nnfunc.symbols.sizes import Size

PLACE_OF_SIZE = {
    "random": 0, "standard_normal": 0, "standard_exponential": 0, "normal": 2, "uniform": 2, "integers": 2, "choice": 1,
    "binomial": 2, "poisson": 1, "exponential": 1, "gamma": 2, "beta": 2, "laplace": 2, "lognormal": 2,
}  # fmt: skip
"""Methods of `numpy.random.Generator`, and which of their arguments is the size."""


def has_symbol(x: Any) -> bool:
    """Whether a size or an array is symbolic, also within lists."""
    return isinstance(x, Symbol | RandomSymbols) or (isinstance(x, tuple | list) and any(map(has_symbol, as_tuple(x))))


class RandomSymbols:
    """A `numpy.random.Generator` that also makes symbolic arrays."""

    def __init__(self, rng: "np.random.Generator") -> None:
        self.rng = rng

    @classmethod
    def of(cls, default_rng: "Callable[..., np.random.Generator]", *seed: Any) -> Any:
        """What `default_rng(seed)` makes, able to make symbols."""
        return cls(default_rng(*seed))

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        return np.random.Generator

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.rng, name)

        def either(*args: Any, **kwargs: Any) -> Any:
            if not has_symbol((*args, *kwargs.values())):
                return method(*args, **kwargs)
            if name in ("permutation", "permuted"):
                return _permutation(*args)
            if name not in PLACE_OF_SIZE:
                raise uncovered(method)
            return _drawn(name, *args, **kwargs)

        return either


def _permutation(x: Any, *_: Any) -> SymbolicArray:
    """The entries of x in another order, or the numbers below x."""
    return SymbolicArray((x,), np.intp) if type(x) is Size else SymbolicArray(x.shape, x.dtype)


def _drawn(name: str, *args: Any, size: Any = None, **kwargs: Any) -> SymbolicArray:
    """An array of this size, or of that of the parameters of the distribution."""
    place = PLACE_OF_SIZE[name]
    parameters, rest = args[:place], args[place + 1 :]
    size = args[place] if len(args) > place else size
    shape = broadcast(f"Generator.{name}", *map(shape_of, (*parameters, *kwargs.values()))) if name != "choice" else ()
    real = getattr(np.random.default_rng(0), name)
    one = (1,) * max(1, len(shape))
    drawn = real(*map(sample, parameters), *((one, *rest) if rest else ()), **({} if rest else {"size": one}), **kwargs)
    return made(shape if size is None else as_tuple(size), drawn.dtype)
