"""The same entries in another shape: `reshape`, `transpose`, `broadcast_to`; arrays joined, repeated and split."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfunc.shapes.symbols.arrays import (
    SymbolicArray,
    as_tuple,
    common_dtype,
    count,
    dtype_of,
    is_several,
    refuse_mixing,
    shape_of,
    shown,
)
from nnfunc.shapes.symbols.axes import along, axes_of, into, normalized, refuse_misfit, without
from nnfunc.shapes.symbols.protocol import refusal, rule, uncovered
from nnfunc.shapes.symbols.sizes import divided, never_negative


@rule(np.reshape)
def reshape(a: SymbolicArray, shape: Any, order: str = "C", *, copy: Any = None) -> SymbolicArray:
    """The rule for `np.reshape(a, shape)`; one size may be −1, and then follows from the others."""
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
    """The rule for `np.ravel`: all entries in one vector."""
    return reshape(a, (-1,), order)


@rule(np.transpose)
def transpose(a: SymbolicArray, axes: Sequence[int] | None = None) -> SymbolicArray:
    """The rule for `np.transpose`: the axes in another order, by default the reverse one."""
    order = range(a.ndim)[::-1] if axes is None else axes_of("np.transpose", tuple(axes), a.shape)
    if sorted(order) != list(range(a.ndim)):
        raise refusal("name each axis once", f"axes {tuple(order)} of {shown(a.shape)}", otherwise="np.transpose")
    return SymbolicArray([a.shape[i] for i in order], a.dtype)


@rule(np.matrix_transpose)
def matrix_transpose(x: SymbolicArray) -> SymbolicArray:
    """The rule for `np.matrix_transpose`: the last two axes swapped."""
    return swapaxes(x, -1, -2)


@rule(np.swapaxes)
def swapaxes(a: SymbolicArray, axis1: int, axis2: int) -> SymbolicArray:
    """The rule for `np.swapaxes`: two axes swapped."""
    i, j = normalized("np.swapaxes", axis1, a.shape), normalized("np.swapaxes", axis2, a.shape)
    return transpose(a, [{i: j, j: i}.get(k, k) for k in range(a.ndim)])


@rule(np.moveaxis)
def moveaxis(a: SymbolicArray, source: Any, destination: Any) -> SymbolicArray:
    """The rule for `np.moveaxis`: some axes moved to other places."""
    moved, places = axes_of("np.moveaxis", source, a.shape), axes_of("np.moveaxis", destination, a.shape)
    order = [i for i in range(a.ndim) if i not in moved]
    for place, i in sorted(zip(places, moved, strict=True)):
        order.insert(place, i)
    return transpose(a, order)


@rule(np.expand_dims)
def expand_dims(a: SymbolicArray, axis: Any) -> SymbolicArray:
    """The rule for `np.expand_dims`: new axes of size 1."""
    ndim = a.ndim + len(as_tuple(axis))
    new = axes_of("np.expand_dims", axis, (1,) * ndim)
    sizes = iter(a.shape)
    return SymbolicArray([1 if i in new else next(sizes) for i in range(ndim)], a.dtype)


@rule(np.squeeze)
def squeeze(a: SymbolicArray, axis: Any = None) -> SymbolicArray:
    """The rule for `np.squeeze`: axes of size 1 removed."""
    ones = [i for i, n in enumerate(a.shape) if not never_negative(n - 2)]
    gone = ones if axis is None else axes_of("np.squeeze", axis, a.shape)
    for i in gone:
        if a.shape[i] != 1:
            raise refusal("drop axes of size 1 only", f"axis {i} of {shown(a.shape)}", otherwise="np.squeeze")
    return SymbolicArray([n for i, n in enumerate(a.shape) if i not in gone], a.dtype)


@rule(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> SymbolicArray:
    """The rule for `np.broadcast_to`: an array repeated along axes of size 1."""
    wanted = as_tuple(shape)
    refuse_misfit("np.broadcast_to", shape_of(array), wanted)
    return SymbolicArray(wanted, dtype_of(array))


@rule(np.atleast_1d, np.atleast_2d)
def atleast(f: Any, a: SymbolicArray) -> SymbolicArray:
    """The rule for `np.atleast_1d` and `np.atleast_2d`."""
    ndim = 1 if f is np.atleast_1d else 2
    return SymbolicArray((1,) * (ndim - a.ndim) + a.shape, a.dtype)


@rule(np.shape, np.ndim, np.size)
def attribute(f: Any, a: SymbolicArray, axis: int | None = None) -> Any:
    """The rule for `np.shape`, `np.ndim` and `np.size`, and for the size of one axis."""
    return getattr(a, f.__name__) if axis is None else a.shape[normalized("np.size", axis, a.shape)]


@rule(np.concatenate)
def concatenate(
    arrays: Sequence[Any], axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    """The rule for `np.concatenate`: arrays joined along an axis; all other axes must agree."""
    shapes = [shape_of(a) if axis is not None else (count(shape_of(a)),) for a in arrays]
    _, i = along("np.concatenate", shapes[0], axis)
    if any(len(shape) != len(shapes[0]) or without(shape, i) != without(shapes[0], i) for shape in shapes):
        raise refusal(f"agree in all axes but axis {i}", shown(*shapes), otherwise="np.concatenate")
    refuse_mixing(*(shape[i] for shape in shapes))
    whole = without(shapes[0], i, sum(shape[i] for shape in shapes))
    return into(out, SymbolicArray(whole, dtype or common_dtype(arrays)), "np.concatenate")


@rule(np.stack)
def stack(
    arrays: Sequence[Any], axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    """The rule for `np.stack`: arrays of one shape joined along a new axis."""
    shapes = [shape_of(a) for a in arrays]
    if any(shape != shapes[0] for shape in shapes):
        raise refusal("stack arrays of one shape", shown(*shapes), otherwise="np.stack")
    i = normalized("np.stack", axis, (*shapes[0], 1))
    shape = (*shapes[0][:i], len(shapes), *shapes[0][i:])
    return into(out, SymbolicArray(shape, dtype or common_dtype(arrays)), "np.stack")


@rule(np.vstack)
def vstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The rule for `np.vstack`: arrays below each other; a vector is a row."""
    return np.concatenate([np.atleast_2d(a) for a in tup], dtype=dtype)


@rule(np.hstack)
def hstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The rule for `np.hstack`: arrays next to each other; vectors end to end."""
    arrays = [np.atleast_1d(a) for a in tup]
    return np.concatenate(arrays, axis=min(1, arrays[0].ndim - 1), dtype=dtype)


@rule(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    """The rule for `np.column_stack`: arrays next to each other; a vector is a column."""
    return np.concatenate([a if len(shape_of(a)) > 1 else np.atleast_2d(a).T for a in tup], axis=1)


@rule(np.split)
def split(ary: SymbolicArray, indices_or_sections: Any, axis: int = 0) -> list[SymbolicArray]:
    """The rule for `np.split`: an array split along an axis, into equal parts or at given indices."""
    i = normalized("np.split", axis, ary.shape)
    if isinstance(indices_or_sections, tuple | list | np.ndarray):
        places = as_tuple(indices_or_sections)
        cuts = (slice(start, stop) for start, stop in zip([None, *places], [*places, None], strict=True))
        return [ary[(*[slice(None)] * i, cut)] for cut in cuts]
    part = divided(ary.shape[i], indices_or_sections)
    if part is None:
        rule = f"cut an axis that {indices_or_sections} divides"
        raise refusal(rule, f"axis {i} of {shown(ary.shape)}", "Cut at m // 2 with [m // 2]?", otherwise="np.split")
    refuse_mixing(ary.shape[i])
    return [SymbolicArray(without(ary.shape, i, part), ary.dtype) for _ in range(indices_or_sections)]


@rule(np.repeat)
def repeat(a: SymbolicArray, repeats: Any, axis: int | None = None) -> SymbolicArray:
    """The rule for `np.repeat`: each entry several times."""
    shape, i = along("np.repeat", a.shape, axis)
    if shape_of(repeats):
        raise uncovered(np.repeat, "with repeats for each entry")
    return SymbolicArray(without(shape, i, shape[i] * repeats), a.dtype)


@rule(np.tile)
def tile(A: SymbolicArray, reps: Any) -> SymbolicArray:
    """The rule for `np.tile`: the whole array several times."""
    times = as_tuple(reps)
    ndim = max(len(times), A.ndim)
    pairs = list(zip((1,) * (ndim - A.ndim) + A.shape, (1,) * (ndim - len(times)) + times, strict=True))
    refuse_mixing(*(n for n, often in pairs if often != 1))
    return SymbolicArray([n * often for n, often in pairs], A.dtype)


@rule(np.pad)
def pad(array: SymbolicArray, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> SymbolicArray:
    """The rule for `np.pad`: more entries before and after, along each axis."""
    given = as_tuple(pad_width)
    if not any(map(is_several, given)):  # one width, or a pair (before, after), for all axes
        given = (given,)
    pairs = [(as_tuple(each) * 2)[:2] for each in (given * array.ndim if len(given) == 1 else given)]
    if isinstance(pad_width, dict) or len(pairs) != array.ndim:
        raise uncovered(np.pad, "with these widths")
    for n, pair in zip(array.shape, pairs, strict=True):
        if pair != (0, 0):
            refuse_mixing(n)
        if not all(never_negative(width) for width in pair):
            raise refusal("add entries", f"widths {pair}", otherwise="np.pad")
    return SymbolicArray(
        [n + before + after for n, (before, after) in zip(array.shape, pairs, strict=True)], array.dtype
    )
