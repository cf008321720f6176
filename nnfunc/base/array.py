"""The array type, aligned buffers, and the two ways to make an array immutable."""

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array
from numpy.typing import DTypeLike

__all__ = ["Array", "Scalar", "aligned", "is_array", "owned", "read_only", "shape_text", "sizes_text"]

Scalar: TypeAlias = float | int | np.floating[Any] | Float[Array, ""]
"""A number, or a 0-d array of the network's dtype."""


CACHE_LINE = 64
"""The number of bytes that the processor reads at once."""


def aligned(shape: int | tuple[int, ...], dtype: DTypeLike) -> Array:
    """Return an uninitialised array that is aligned to a cache line."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    start = -int(memory.__array_interface__["data"][0]) % CACHE_LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def is_array(x: object) -> TypeGuard[Array]:
    """Return whether `x` is a NumPy array."""
    return isinstance(x, Array)


def read_only(x: Array) -> Array:
    """Return a read-only view of `x`; `x` itself stays as it is."""
    view = x.view()
    view.flags.writeable = False
    return view


def owned(x: Array) -> Array:
    """Return `x` itself if it is read-only and not a view, else a read-only copy."""
    if x.__class__ is Array and x.base is None and not x.flags.writeable:
        return x
    copy = np.copy(x)  # a plain array, even of a subclass
    copy.flags.writeable = False
    return copy


def shape_text(x: Array) -> str:
    """Return the shape in the notation of the formulas: 10×784."""
    return sizes_text(x.shape)


def sizes_text(shape: Iterable[object]) -> str:
    """Return sizes in the notation of the formulas; those that are sums, as symbolic ones may be, in parentheses."""
    sizes = [str(n) for n in shape]
    return "×".join(f"({n})" if "+" in n or "-" in n[1:] else n for n in sizes) or "a scalar"
