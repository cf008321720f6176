"""Arrays of which only shape and dtype are known. They pass for `numpy.ndarray`, so that all checks run on them."""

import functools
import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nnfunc.array import sizes_text
from nnfunc.symbols.protocol import RULES, Symbol, follow, uncovered
from nnfunc.symbols.sizes import AnySize, names_in, never_negative
from nnfunc.symbols.source import not_followed, refusal

Shape: TypeAlias = tuple[AnySize, ...]

IN_PLACE = {"sort", "partition", "put", "resize"}
"""Methods that do something else than the functions of NumPy with their names."""

_separate: ContextVar[frozenset[str]] = ContextVar("separate", default=frozenset())


@contextmanager
def separate(names: Iterable[str]) -> Generator[None]:
    """Within: nothing may mix the entries along axes of these names."""
    token = _separate.set(frozenset(names))
    try:
        yield
    finally:
        _separate.reset(token)


def refuse_mixing(size: AnySize) -> None:
    """Refuse an operation that mixes the entries along an axis of this size, where they are to stay apart.

    Raises:
        ShapeError: the axis is one of those of `separate`.
    """
    for name in names_in(size) & _separate.get():
        raise refusal(
            f"keep the entries along {name} apart", f"an operation along {size}", f"Is another axis than {name} meant?"
        )


def shown(*shapes: Shape) -> str:
    """Shapes as the formulas write them: `(c×h)(h×m)`, `(a scalar)`."""
    return "".join(f"({sizes_text(shape)})" for shape in shapes)


class SymbolicArray(Symbol, NDArrayOperatorsMixin):
    """An array without entries. Where NumPy returns a number, a scalar: that passes for a `numpy.generic`."""

    __slots__ = ("dtype", "flags", "is_scalar", "shape")
    base = None

    def __init__(self, shape: Sequence[AnySize], dtype: Any, *, is_scalar: bool = False) -> None:
        self.shape, self.dtype, self.is_scalar = tuple(shape), np.dtype(dtype), is_scalar
        self.flags = SimpleNamespace(writeable=True)
        for n in self.shape:
            if not never_negative(n):
                raise refusal("have axes that are never negative", self)
        for name in _separate.get():
            if sum(name in names_in(n) for n in self.shape) > 1:
                raise refusal(f"keep the entries along {name} apart", f"{sizes_text(self.shape)}, each with each")

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.dtype.type if self.is_scalar else np.ndarray

    def __repr__(self) -> str:
        return f"({sizes_text(self.shape)}, {self.dtype})"

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> AnySize:
        """Number of entries."""
        return count(self.shape)

    @property
    def nbytes(self) -> AnySize:
        """Number of bytes of the entries."""
        return count((*self.shape, self.itemsize))

    @property
    def itemsize(self) -> int:
        """Number of bytes of one entry."""
        return int(self.dtype.itemsize)

    @property
    def T(self) -> "SymbolicArray":
        """The transpose."""
        return SymbolicArray(self.shape[::-1], self.dtype, is_scalar=self.is_scalar)

    @property
    def mT(self) -> Any:
        """The transpose of the last two axes."""
        return follow(np.matrix_transpose, self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(np.ndarray, name):
            raise AttributeError(f"'numpy.ndarray' object has no attribute {name!r}")
        f = getattr(np, name, None)
        if f not in RULES or name in IN_PLACE:
            raise uncovered(getattr(np.ndarray, name))
        return functools.partial(follow, f, self)

    def __getitem__(self, key: Any) -> Any:
        return follow("[]", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        follow("[]=", self, key, value)

    def __iter__(self) -> Iterator["SymbolicArray"]:
        return (self[i] for i in range(len(self)))

    def __len__(self) -> int:
        if not self.shape or type(self.shape[0]) is not int:
            raise not_followed("have a length that is a number", self, "Write X.shape[0] in place of len(X)?")
        return self.shape[0]

    def reshape(self, *shape: Any, **options: Any) -> Any:
        """As `np.reshape`, whose shape may be several arguments."""
        return follow(np.reshape, self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Any:
        """As `np.transpose`, whose axes may be several arguments."""
        return follow(np.transpose, self, axes[0] if len(axes) == 1 else axes or None)

    def flatten(self, order: str = "C") -> Any:
        """As `np.ravel`."""
        return follow(np.ravel, self, order)

    def astype(self, dtype: Any, *_: Any, **__: Any) -> "SymbolicArray":
        """The same shape, another dtype."""
        return SymbolicArray(self.shape, dtype, is_scalar=self.is_scalar)

    def copy(self, *_: Any) -> "SymbolicArray":
        """The same entries."""
        return SymbolicArray(self.shape, self.dtype, is_scalar=self.is_scalar)

    def view(self, *kinds: Any) -> "SymbolicArray":
        """The same shape and dtype, flags of its own."""
        if kinds:
            raise uncovered(np.ndarray.view)
        return self.copy()

    def __copy__(self) -> "SymbolicArray":
        return self

    def __deepcopy__(self, memo: object) -> "SymbolicArray":
        return self

    def __float__(self) -> float:
        if self.shape:
            raise refusal("be one number to become a float", self)
        return math.nan

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise not_followed(
            "not put symbols into a real array",
            self,
            "Make that array with np.zeros(…) of symbolic sizes, with np.stack, or with np.where?",
            otherwise="an assignment",
        )

    def _unknown(self, *_: Any, **__: Any) -> Any:
        raise not_followed(
            "not depend on the entries of an array, which a proof does not have",
            self,
            "Use np.where in place of a branch, or check values where data enter?",
            otherwise="a condition",
        )

    __bool__ = __int__ = __index__ = __complex__ = __contains__ = item = tolist = tobytes = _unknown


def made(shape: Sequence[AnySize], dtype: Any) -> SymbolicArray:
    """A result as NumPy returns it: an array, or a scalar where no axis is left."""
    return SymbolicArray(shape, dtype, is_scalar=not shape)


def count(shape: Iterable[AnySize]) -> AnySize:
    """The number of entries of a shape."""
    return math.prod(shape)


def shape_of(x: Any) -> Shape:
    """The shape of an array, symbolic or not, or of a number."""
    return x.shape if type(x) is SymbolicArray else () if isinstance(x, Symbol) else np.shape(x)


def as_tuple(x: Any) -> tuple[Any, ...]:
    """One thing, or several of them."""
    return tuple(x) if is_several(x) or (type(x) is np.ndarray and x.ndim) else (x,)


def is_several(x: Any) -> bool:
    """Whether x is a tuple or a list."""
    return isinstance(x, tuple | list)
