"""The array type, its memory, and the two ways in which an array becomes immutable."""

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from numpy.typing import DTypeLike

__all__ = ["Array", "Scalar", "aligned", "is_array", "owned", "read_only", "shape_text", "sizes_text"]

Scalar: TypeAlias = float | int | np.floating[Any] | Float[Array, ""]
"""A number, or a 0-d array of the network's own dtype."""


CACHE_LINE = 64
"""Bytes that the processor reads at once."""


def aligned(shape: int | tuple[int, ...], dtype: DTypeLike) -> Array:
    """An array of undefined entries that begins where a line of the cache does."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    start = -int(memory.__array_interface__["data"][0]) % CACHE_LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def is_array(x: object) -> TypeGuard[Array]:
    """Whether `x` is a NumPy array."""
    return isinstance(x, Array)


def read_only(x: Array) -> Array:
    """A view of `x` through which nothing can be written; `x` itself stays as it was."""
    view = x.view()
    view.flags.writeable = False
    return view


def owned(x: Array) -> Array:
    """`x` itself where it is read-only and the only one to hold its memory, else a read-only copy."""
    if x.__class__ is Array and x.base is None and not x.flags.writeable:
        return x
    copy = np.copy(x)  # never of a subclass
    copy.flags.writeable = False
    return copy


def shape_text(x: Array) -> str:
    """The shape as the formulas write it: 10×784."""
    return sizes_text(x.shape)


def sizes_text(shape: Iterable[object]) -> str:
    """Sizes as the formulas write them; sums, which symbolic ones may be, stand in brackets."""
    sizes = [str(n) for n in shape]
    return "×".join(f"({n})" if "+" in n or "-" in n[1:] else n for n in sizes) or "a scalar"
