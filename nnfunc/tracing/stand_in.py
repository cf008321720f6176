"""The array that stands in for a real one while a function is traced: to prove its shapes, to record it, and so on.

Every kind of tracing derives its array from `StandIn`, and adds NumPy's two protocols, indexing, and what it refuses.
"""

import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nnfunc.base.array import sizes_text


class Traced:
    """A value that exists only while a function is traced, and passes for another type in all checks.

    A call whose arguments hold one is part of that trace.
    """

    __slots__ = ()
    _passes_for: Any

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        return cast("type", self._passes_for)


class StandIn(Traced, NDArrayOperatorsMixin):
    """An array with a shape, a dtype and flags only. It passes for `numpy.ndarray`, so that all checks run on it.

    A scalar stands for a number that NumPy returns, and passes for NumPy's scalar type. A subclass defines `_method`,
    which returns the methods that are missing here, and `_without_entries`, which returns the error for a use of the
    entries as a condition or a number.
    """

    __slots__ = ("_dtype", "_shape", "flags", "is_scalar")
    base = None
    _method: Callable[[str], Any]
    _without_entries: Callable[[str], Exception]

    def __init__(self, shape: tuple[Any, ...], dtype: np.dtype[Any], is_scalar: bool, **flags: bool) -> None:
        self._shape, self._dtype, self.is_scalar = shape, dtype, is_scalar
        self.flags = SimpleNamespace(**flags)

    @property
    def _passes_for(self) -> type:
        return self.dtype.type if self.is_scalar else np.ndarray

    def __repr__(self) -> str:
        return f"({sizes_text(self.shape)}, {self.dtype})"

    def __format__(self, spec: str) -> str:
        return repr(self)

    @property
    def shape(self) -> tuple[Any, ...]:
        """The number of entries along each axis."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries."""
        return self._dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> Any:
        """The number of entries."""
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        """The number of bytes of one entry."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> Any:
        """The number of bytes of the entries."""
        return self.size * self.itemsize

    @property
    def T(self) -> Any:
        """The transpose."""
        return self if self.is_scalar else self.transpose()

    @property
    def mT(self: Any) -> Any:
        """The transpose of the last two axes."""
        return np.matrix_transpose(self)

    def reshape(self: Any, *shape: Any, **options: Any) -> Any:
        """Reshape as `np.reshape` does; the shape may be several arguments."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self: Any, *axes: Any) -> Any:
        """Transpose as `np.transpose` does; the axes may be several arguments."""
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(np.ndarray, name):
            raise AttributeError(f"'numpy.ndarray' object has no attribute {name!r}")
        return self._method(name)

    def __iter__(self: Any) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __copy__(self, *_: object) -> Any:
        return self.copy()

    __deepcopy__ = __copy__

    def __bool__(self) -> bool:
        raise self._without_entries("a condition")

    def __float__(self) -> float:
        raise self._without_entries("a number")

    def _number(self, *_: Any, **__: Any) -> NoReturn:
        raise self._without_entries("a number")

    __int__ = __index__ = __complex__ = __contains__ = __round__ = item = tolist = tobytes = _number
