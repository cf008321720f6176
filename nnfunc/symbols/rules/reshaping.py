"""The same entries with other axes: `reshape`, `transpose`, `squeeze`, `broadcast_to`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfunc.symbols.arrays import SymbolicArray, as_tuple, count, dtype_of, refuse_mixing, shape_of, shown
from nnfunc.symbols.axes import axes_of, normalized, refuse_misfit
from nnfunc.symbols.protocol import refusal, rule
from nnfunc.symbols.sizes import divided, never_negative


@rule(np.reshape)
def reshape(a: SymbolicArray, shape: Any, order: str = "C", *, copy: Any = None) -> SymbolicArray:
    """`np.reshape(a, shape)`; one size may be −1, which is what is left."""
    wanted = list(as_tuple(shape))
    open_axes = [i for i, n in enumerate(wanted) if type(n) is int and n == -1]
    entries, known = count(a.shape), count(n for i, n in enumerate(wanted) if i not in open_axes)
    if len(open_axes) == 1:
        rest = divided(entries, known)
        wanted[open_axes[0]] = -1 if rest is None else rest
    if count(wanted) != entries or len(open_axes) > 1:
        rule = f"keep the {entries} entries of {shown(a.shape)}"
        raise refusal(rule, shown(tuple(wanted)), "Does the rest divide them for all sizes?" if -1 in wanted else "")
    places = [(count(wanted[:i]), n) for i, n in enumerate(wanted)]
    before = [(count(a.shape[:i]), n) for i, n in enumerate(a.shape)]
    refuse_mixing(*(n for place, n in before if order != "C" or (place, n) not in places))
    return SymbolicArray(wanted, a.dtype, is_scalar=a.is_scalar and not wanted)


@rule(np.ravel)
def ravel(a: SymbolicArray, order: str = "C") -> SymbolicArray:
    """All entries in one row."""
    return reshape(a, (-1,), order)


@rule(np.transpose)
def transpose(a: SymbolicArray, axes: Sequence[int] | None = None) -> SymbolicArray:
    """The axes in another order, by default the reverse one."""
    order = range(a.ndim)[::-1] if axes is None else axes_of("np.transpose", tuple(axes), a.shape)
    if sorted(order) != list(range(a.ndim)):
        raise refusal("name each axis once", f"axes {tuple(order)} of {shown(a.shape)}", otherwise="np.transpose")
    return SymbolicArray([a.shape[i] for i in order], a.dtype)


@rule(np.matrix_transpose)
def matrix_transpose(x: SymbolicArray) -> SymbolicArray:
    """The last two axes swapped."""
    return swapaxes(x, -1, -2)


@rule(np.swapaxes)
def swapaxes(a: SymbolicArray, axis1: int, axis2: int) -> SymbolicArray:
    """Two axes swapped."""
    i, j = normalized("np.swapaxes", axis1, a.shape), normalized("np.swapaxes", axis2, a.shape)
    return transpose(a, [{i: j, j: i}.get(k, k) for k in range(a.ndim)])


@rule(np.moveaxis)
def moveaxis(a: SymbolicArray, source: Any, destination: Any) -> SymbolicArray:
    """Some axes moved to other places."""
    moved, places = axes_of("np.moveaxis", source, a.shape), axes_of("np.moveaxis", destination, a.shape)
    order = [i for i in range(a.ndim) if i not in moved]
    for place, i in sorted(zip(places, moved, strict=True)):
        order.insert(place, i)
    return transpose(a, order)


@rule(np.expand_dims)
def expand_dims(a: SymbolicArray, axis: Any) -> SymbolicArray:
    """New axes of size 1."""
    ndim = a.ndim + len(as_tuple(axis))
    new = axes_of("np.expand_dims", axis, (1,) * ndim)
    sizes = iter(a.shape)
    return SymbolicArray([1 if i in new else next(sizes) for i in range(ndim)], a.dtype)


@rule(np.squeeze)
def squeeze(a: SymbolicArray, axis: Any = None) -> SymbolicArray:
    """Without axes of size 1."""
    ones = [i for i, n in enumerate(a.shape) if not never_negative(n - 2)]
    gone = ones if axis is None else axes_of("np.squeeze", axis, a.shape)
    for i in gone:
        if a.shape[i] != 1:
            raise refusal("drop axes of size 1 only", f"axis {i} of {shown(a.shape)}", otherwise="np.squeeze")
    return SymbolicArray([n for i, n in enumerate(a.shape) if i not in gone], a.dtype)


@rule(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> SymbolicArray:
    """Repeated along axes of size 1."""
    wanted = as_tuple(shape)
    refuse_misfit("np.broadcast_to", shape_of(array), wanted)
    return SymbolicArray(wanted, dtype_of(array))


@rule(np.atleast_1d, np.atleast_2d)
def atleast(f: Any, a: SymbolicArray) -> SymbolicArray:
    """With at least one axis, or two."""
    ndim = 1 if f is np.atleast_1d else 2
    return SymbolicArray((1,) * (ndim - a.ndim) + a.shape, a.dtype)


@rule(np.shape, np.ndim, np.size)
def attribute(f: Any, a: SymbolicArray, axis: int | None = None) -> Any:
    """`a.shape`, `a.ndim` and `a.size`; the size of one axis."""
    return getattr(a, f.__name__) if axis is None else a.shape[normalized("np.size", axis, a.shape)]
