"""Functions that write into `out`, for NumPy functions that have no `out` argument."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnfunc.base.array import Array


def where_into(condition: Any, x: Any, y: Any, out: Array) -> None:
    """Write `np.where(condition, x, y)` into `out`."""
    np.copyto(out, y)
    np.copyto(out, x, where=condition)


def copy_into(x: Any, out: Array) -> None:
    """Copy x into `out`, with the dtype and layout of `out`."""
    np.copyto(out, x, casting="unsafe")


def power_of_numbers(base: Any, exponent: Any, out: Array) -> None:
    """Write NumPy's `**` of two scalars into `out`; it rounds differently from that of arrays."""
    out[...] = number_of(base) ** number_of(exponent)


def power_by_number(base: Any, exponent: Any, out: Array) -> None:
    """Write NumPy's `**` with a scalar exponent into `out`; NumPy may treat some exponents specially."""
    out[...] = base ** number_of(exponent)


def number_of(x: Any) -> Any:
    """Return a 0-d array as a scalar, and anything else unchanged."""
    return x[()] if isinstance(x, np.ndarray) else x  # pyright: ignore[reportUnknownVariableType]


class Assigned:
    """Any other function: its result is computed in a new array and copied into `out`."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f, self.__name__ = f, f.__name__

    def __call__(self, *args: Any, out: Array, **options: Any) -> None:
        """Write `f(*args, **options)` into `out`."""
        out[...] = self.f(*args, **options)
