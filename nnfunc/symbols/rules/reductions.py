"""Functions that mix the entries along an axis: sums, means, maxima, norms; running sums; sorting."""

import inspect
import operator
from typing import Any, cast

import numpy as np

from nnfunc.symbols.arrays import (
    Shape,
    SymbolicArray,
    as_tuple,
    made,
    product,
    refuse_mixing,
    resulting_dtype,
    shape_of,
    shown,
)
from nnfunc.symbols.broadcasting import into
from nnfunc.symbols.protocol import name_of, rule
from nnfunc.symbols.source import refusal


def normalized(name: str, axis: Any, shape: Shape) -> int:
    """An axis counted from the first one.

    Raises:
        ShapeError: there is no such axis.
    """
    if not isinstance(axis, int | np.integer) or not -len(shape) <= axis < len(shape):
        raise refusal(
            f"name an axis of an array with {len(shape)} axes", f"axis {axis} of {shown(shape)}", otherwise=name
        )
    return operator.index(cast("int", axis)) % len(shape)


def axes_of(name: str, axis: Any, shape: Shape) -> list[int]:
    """One axis, several, or all (None), counted from the first one."""
    if axis is None:
        return list(range(len(shape)))
    return [normalized(name, each, shape) for each in as_tuple(axis)]


def reduced_shape(name: str, shape: Shape, axis: Any, *, keepdims: Any = False) -> Shape:
    """What is left of a shape after a sum over some axes.

    Raises:
        ShapeError: there is no such axis, or its entries are to stay apart.
    """
    axes = axes_of(name, axis, shape)
    for each in axes:
        refuse_mixing(shape[each])
    return tuple(1 if i in axes else n for i, n in enumerate(shape) if keepdims is True or i not in axes)


@rule(
    np.sum, np.prod, np.mean, np.std, np.var, np.max, np.min, np.amax, np.amin, np.any, np.all, np.ptp, np.median,
    np.argmax, np.argmin, np.count_nonzero, np.linalg.norm, np.nansum, np.nanprod, np.nanmean, np.nanstd, np.nanvar,
    np.nanmax, np.nanmin, np.nanargmax, np.nanargmin, np.average,
)  # fmt: skip
def reduction(f: Any, *args: Any, **kwargs: Any) -> Any:
    """`np.sum(a, axis, keepdims=True)` and its kind."""
    given = inspect.signature(f).bind(*args, **kwargs).arguments
    a, dtype = next(iter(given.values())), given.get("dtype")
    shape = reduced_shape(name_of(f), shape_of(a), given.get("axis"), keepdims=given.get("keepdims"))
    result = made(shape, resulting_dtype(f, a) if dtype is None else np.dtype(dtype))
    return into(given.get("out"), result, name_of(f))


@rule(np.cumsum, np.cumprod, np.nancumsum)
def running(f: Any, a: SymbolicArray, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Sums or products of the first entries; of all in one row, where no axis is named."""
    shape = a.shape if axis is not None else (product(a.shape),)
    refuse_mixing(shape[normalized(name_of(f), 0 if axis is None else axis, shape)])
    return into(out, SymbolicArray(shape, resulting_dtype(f, a, dtype=dtype)), name_of(f))


@rule(np.sort, np.argsort)
def sorting(f: Any, a: SymbolicArray, axis: Any = -1, **options: Any) -> SymbolicArray:
    """The entries along an axis in their order."""
    shape = a.shape if axis is not None else (product(a.shape),)
    refuse_mixing(shape[normalized(name_of(f), -1 if axis is None else axis, shape)])
    return SymbolicArray(shape, resulting_dtype(f, a))


@rule(np.flip)
def flip(a: SymbolicArray, axis: Any = None) -> SymbolicArray:
    """The entries along an axis from the last to the first."""
    for each in axes_of("np.flip", axis, a.shape):
        refuse_mixing(a.shape[each])
    return SymbolicArray(a.shape, a.dtype)


@rule(np.roll)
def roll(a: SymbolicArray, shift: Any, axis: Any = None) -> SymbolicArray:
    """The entries along an axis moved on."""
    return flip(a, axis)


@rule(np.diff)
def diff(a: SymbolicArray, n: int = 1, axis: int = -1) -> SymbolicArray:
    """Differences of neighbours: n entries fewer."""
    i = normalized("np.diff", axis, a.shape)
    refuse_mixing(a.shape[i])
    return SymbolicArray((*a.shape[:i], a.shape[i] - n, *a.shape[i + 1 :]), resulting_dtype(np.subtract, a, a))
