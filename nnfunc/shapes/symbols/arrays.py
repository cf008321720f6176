"""Arrays of which only shape and dtype are known; NumPy itself computes the dtypes, on arrays of one entry."""

import functools
import math
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn, TypeAlias

import numpy as np

from nnfunc.base.array import is_array, sizes_text
from nnfunc.shapes.symbols.protocol import SHAPE_RULES, Symbol, follow, not_followed, refusal, uncovered
from nnfunc.shapes.symbols.sizes import AnySize, Number, Size, names_in, never_negative
from nnfunc.tracing.stand_in import StandIn

Shape: TypeAlias = tuple[AnySize, ...]

OF_PYTHON: dict[Any, Any] = {int: int, Size: int, float: float, Number: float}
"""The types that count as Python numbers in NumPy's type promotion."""

IN_PLACE = {"sort", "partition", "put", "resize"}
"""Methods that change their array, unlike most NumPy functions with the same names."""

_separate: ContextVar[frozenset[str]] = ContextVar("separate", default=frozenset())


@contextmanager
def separate(names: Iterable[str]) -> Generator[None]:
    """Refuse, within the block, all operations that mix the entries along axes with these names."""
    token = _separate.set(frozenset(names))
    try:
        yield
    finally:
        _separate.reset(token)


def refuse_mixing(*sizes: AnySize) -> None:
    """Refuse an operation that mixes the entries along axes of these sizes, if `separate` forbids it.

    Raises:
        ShapeError: one of the sizes depends on a name given to `separate`.
    """
    for size in sizes:
        for name in names_in(size) & _separate.get():
            raise refusal(
                f"keep the entries along {name} apart",
                f"an operation along {size}",
                f"Is another axis than {name} meant?",
            )


def shown(*shapes: Shape) -> str:
    """Return shapes in the notation of the formulas: `(c×h)(h×m)`, `(a scalar)`."""
    return "".join(f"({sizes_text(shape)})" for shape in shapes)


class SymbolicArray(Symbol, StandIn):
    """An array without entries; a scalar where NumPy returns a number."""

    __slots__ = ()

    def __init__(self, shape: Sequence[AnySize], dtype: Any, *, is_scalar: bool = False) -> None:
        super().__init__(tuple(shape), np.dtype(dtype), is_scalar, writeable=True)
        if not all(map(never_negative, self.shape)):
            raise refusal("have axes that are never negative", self)
        for name in _separate.get():
            if sum(name in names_in(n) for n in self.shape) > 1:
                raise refusal(f"keep the entries along {name} apart", f"{sizes_text(self.shape)}, each with each")

    def _method(self, name: str) -> Callable[..., Any]:
        f = np.ravel if name == "flatten" else getattr(np, name, None)
        if f not in SHAPE_RULES or name in IN_PLACE:
            raise uncovered(getattr(np.ndarray, name))
        return functools.partial(follow, f, self)

    def __getitem__(self, key: Any) -> Any:
        return follow("[]", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        follow("[]=", self, key, value)

    def __len__(self) -> int:
        if not self.shape or type(self.shape[0]) is not int:
            raise not_followed("have a length that is a number", self, "Write X.shape[0] instead of len(X)?")
        return self.shape[0]

    def copy(self, *_: Any, **__: Any) -> "SymbolicArray":
        """Return a copy, with its own flags; a scalar stays a scalar."""
        return SymbolicArray(self.shape, self.dtype, is_scalar=self.is_scalar)

    def view(self, *kinds: Any) -> "SymbolicArray":
        """Return a view, with its own flags."""
        if kinds:
            raise uncovered(np.ndarray.view)
        return self.copy()

    def __float__(self) -> float:
        if self.shape:
            raise refusal("be one number to become a float", self)
        return math.nan

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise not_followed(
            "not put symbols into a real array",
            self,
            "Create that array with np.zeros(…) of symbolic sizes, with np.stack, or with np.where?",
            otherwise="an assignment",
        )

    def _without_entries(self, _: str, /) -> Exception:
        return not_followed(
            "not depend on the entries of an array, which a proof does not have",
            self,
            "Use np.where instead of a branch, or check values where the data are read?",
            otherwise="a condition",
        )


def made(shape: Sequence[AnySize], dtype: Any) -> SymbolicArray:
    """Return a result like NumPy's: an array, or a scalar if no axis is left."""
    return SymbolicArray(shape, dtype, is_scalar=not shape)


def count(shape: Iterable[AnySize]) -> AnySize:
    """Return the number of entries of a shape."""
    return math.prod(shape)


def shape_of(x: Any) -> Shape:
    """Return the shape of an array, symbolic or not, or of a number."""
    return x.shape if type(x) is SymbolicArray else () if isinstance(x, Symbol) else np.shape(x)


def as_tuple(x: Any) -> tuple[Any, ...]:
    """Return the entries of a tuple, list or array as a tuple; (x,) for anything else."""
    return tuple(x) if is_several(x) or (type(x) is np.ndarray and x.ndim) else (x,)


def is_several(x: Any) -> bool:
    """Return whether x is a tuple or a list."""
    return isinstance(x, tuple | list)


def sample(x: Any) -> Any:
    """Return a real value with the dtype and the number of axes of x."""
    if is_several(x):
        return [sample(each) for each in x]
    if type(x) in (Size, Number):
        return OF_PYTHON[type(x)](1)
    if type(x) is SymbolicArray and x.is_scalar:
        return x.dtype.type(1)
    return np.ones((1,) * x.ndim, x.dtype) if is_array(x) else x


def resulting_dtype(f: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the dtype of `f(*args, **kwargs)`."""
    with np.errstate(all="ignore"):
        # asarray, because a few functions return Python numbers
        return np.asarray(f(*map(sample, args), **{name: sample(x) for name, x in kwargs.items()})).dtype


def dtype_of(x: Any) -> np.dtype[Any]:
    """Return the dtype of an array, or of the array that a number becomes."""
    return x.dtype if type(x) is SymbolicArray else np.asarray(sample(x)).dtype


def common_dtype(arrays: Sequence[Any]) -> np.dtype[Any]:
    """Return the dtype to which NumPy promotes those of the arrays."""
    return np.result_type(*map(dtype_of, arrays))


def dtypes_of_ufunc(ufunc: np.ufunc, inputs: Sequence[Any], dtype: Any = None) -> Sequence[np.dtype[Any]]:
    """Return the dtypes of the results of a ufunc.

    Raises:
        ShapeError: the ufunc does not take inputs of these dtypes.
    """
    if dtype is not None:
        return [np.dtype(dtype)] * ufunc.nout
    operands = [OF_PYTHON.get(type(x)) or dtype_of(x) for x in inputs]
    try:
        return ufunc.resolve_dtypes((*operands, *[None] * ufunc.nout))[ufunc.nin :]
    except TypeError:
        given = " and ".join(getattr(each, "__name__", str(each)) for each in operands)
        raise refusal("have dtypes that this function takes", given, otherwise=ufunc.__name__) from None
