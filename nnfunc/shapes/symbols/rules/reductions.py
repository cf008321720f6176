"""Functions that mix the entries along an axis: sums, means, maxima, norms; cumulative sums; sorting."""

import inspect
from typing import Any

import numpy as np

from nnfunc.shapes.symbols.arrays import Shape, SymbolicArray, as_tuple, made, refuse_mixing, resulting_dtype, shape_of
from nnfunc.shapes.symbols.axes import along, axes_of, into, normalized, refuse_misfit, without
from nnfunc.shapes.symbols.protocol import refusal, rule, uncovered
from nnfunc.shapes.symbols.sizes import never_negative, smaller
from nnfunc.tracing.source import name_of


def reduced_shape(name: str, shape: Shape, axis: Any, *, keepdims: Any = False, where: Any = True) -> Shape:
    """Return the shape after a reduction over some axes, of the entries that the mask `where` selects.

    Raises:
        ShapeError: there is no such axis, or its entries must not be mixed, or the mask does not fit.
    """
    axes = axes_of(name, axis, shape)
    refuse_mixing(*(shape[i] for i in axes))
    refuse_misfit(name, shape_of(where), shape)
    return tuple(1 if i in axes else n for i, n in enumerate(shape) if keepdims or i not in axes)


OF_ONE_AXIS = {np.argmax, np.argmin, np.nanargmax, np.nanargmin}
OF_SOME_ENTRIES = {*OF_ONE_AXIS, np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin, np.ptp}
"""The reductions that fail for an empty array."""
OPTIONS = {"axis", "dtype", "out", "keepdims", "where", "initial", "ddof", "correction", "ord", "overwrite_input"}


@rule(
    np.sum, np.prod, np.mean, np.std, np.var, np.max, np.min, np.amax, np.amin, np.any, np.all, np.ptp, np.median,
    np.argmax, np.argmin, np.count_nonzero, np.linalg.norm, np.nansum, np.nanprod, np.nanmean, np.nanstd, np.nanvar,
    np.nanmax, np.nanmin, np.nanargmax, np.nanargmin, np.average,
)  # fmt: skip
def reduction(f: Any, *args: Any, **kwargs: Any) -> Any:
    """The rule for `np.sum(a, axis, keepdims=True)` and the like."""
    given = inspect.signature(f).bind(*args, **kwargs).arguments
    a, axis, dtype = given.pop(next(iter(given))), given.get("axis"), given.get("dtype")
    if given.keys() - OPTIONS:
        raise uncovered(f, "with these arguments")
    most = 1 if f in OF_ONE_AXIS else 2 if f is np.linalg.norm else a.ndim
    if axis is not None and len(as_tuple(axis)) > most:
        raise refusal(f"name at most {most} of the axes", f"axis {axis}", otherwise=name_of(f))
    shape = reduced_shape(name_of(f), shape_of(a), axis, keepdims=given.get("keepdims"), where=given.get("where", True))
    if f in OF_SOME_ENTRIES and not all(never_negative(a.shape[i] - 1) for i in axes_of(name_of(f), axis, a.shape)):
        raise refusal("have at least one entry, for all sizes", a, otherwise=name_of(f))
    return into(given.get("out"), made(shape, resulting_dtype(f, a) if dtype is None else dtype), name_of(f))


@rule(np.cumsum, np.cumprod, np.nancumsum)
def running(f: Any, a: SymbolicArray, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """The rule for `np.cumsum` and the like: cumulative sums or products along an axis."""
    result = SymbolicArray(along(name_of(f), a.shape, axis)[0], resulting_dtype(f, a, dtype=dtype))
    return into(out, result, name_of(f))


@rule(np.sort, np.argsort)
def sorting(
    f: Any, a: SymbolicArray, axis: Any = -1, kind: Any = None, order: None = None, *, stable: Any = None
) -> Any:
    """The rule for `np.sort` and `np.argsort`."""
    return SymbolicArray(along(name_of(f), a.shape, axis)[0], resulting_dtype(f, a))


@rule(np.flip)
def flip(m: SymbolicArray, axis: Any = None) -> SymbolicArray:
    """The rule for `np.flip`: the entries along an axis in reverse order."""
    refuse_mixing(*(m.shape[i] for i in axes_of("np.flip", axis, m.shape)))
    return SymbolicArray(m.shape, m.dtype)


@rule(np.roll)
def roll(a: SymbolicArray, shift: Any, axis: Any = None) -> SymbolicArray:
    """The rule for `np.roll`: the entries along an axis, shifted cyclically."""
    return flip(a, axis)


@rule(np.diff)
def diff(a: SymbolicArray, n: int = 1, axis: int = -1) -> SymbolicArray:
    """The rule for `np.diff`: differences of neighbours, so n entries fewer, but never fewer than 0."""
    i = normalized("np.diff", axis, a.shape)
    refuse_mixing(a.shape[i])
    left: Any = a.shape[i] - smaller(n, a.shape[i])
    return SymbolicArray(without(a.shape, i, left), resulting_dtype(np.diff, SymbolicArray((2,), a.dtype)))
