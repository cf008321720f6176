"""What NumPy has no `out` for, as it is replayed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnfunc.base.array import Array


def where_into(condition: Any, x: Any, y: Any, out: Array) -> None:
    """`np.where`."""
    np.copyto(out, y)
    np.copyto(out, x, where=condition)


def copy_into(x: Any, out: Array) -> None:
    """A copy, in the dtype and layout of `out`."""
    np.copyto(out, x, casting="unsafe")


def power_of_numbers(base: Any, exponent: Any, out: Array) -> None:
    """NumPy's own `**` of two numbers, which rounds otherwise than that of arrays."""
    out[...] = number_of(base) ** number_of(exponent)


def power_by_number(base: Any, exponent: Any, out: Array) -> None:
    """NumPy's own `**` by a number, at whose value it may look."""
    out[...] = base ** number_of(exponent)


def number_of(x: Any) -> Any:
    """A 0-d array as a number; others as they are."""
    return x[()] if isinstance(x, np.ndarray) else x  # pyright: ignore[reportUnknownVariableType]


class Assigned:
    """Any other function: computed anew, then copied."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f, self.__name__ = f, f.__name__

    def __call__(self, *args: Any, out: Array, **options: Any) -> None:
        """Like `f`, into `out`."""
        out[...] = self.f(*args, **options)
