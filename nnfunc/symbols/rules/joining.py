"""Arrays joined, repeated and cut: `concatenate`, `stack`, `split`, `tile`, `pad`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfunc.symbols.arrays import (
    SymbolicArray,
    as_tuple,
    common_dtype,
    count,
    is_several,
    refuse_mixing,
    shape_of,
    shown,
)
from nnfunc.symbols.axes import along, into, normalized, without
from nnfunc.symbols.protocol import refusal, rule, uncovered
from nnfunc.symbols.sizes import divided, never_negative


@rule(np.concatenate)
def concatenate(
    arrays: Sequence[Any], axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    """One after the other along an axis; along the others all agree."""
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
    """Side by side along a new axis; all shapes agree."""
    shapes = [shape_of(a) for a in arrays]
    if any(shape != shapes[0] for shape in shapes):
        raise refusal("stack arrays of one shape", shown(*shapes), otherwise="np.stack")
    i = normalized("np.stack", axis, (*shapes[0], 1))
    shape = (*shapes[0][:i], len(shapes), *shapes[0][i:])
    return into(out, SymbolicArray(shape, dtype or common_dtype(arrays)), "np.stack")


@rule(np.vstack)
def vstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Below each other; a vector is a row."""
    return np.concatenate([np.atleast_2d(a) for a in tup], dtype=dtype)


@rule(np.hstack)
def hstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """Beside each other; vectors one after the other."""
    arrays = [np.atleast_1d(a) for a in tup]
    return np.concatenate(arrays, axis=min(1, arrays[0].ndim - 1), dtype=dtype)


@rule(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    """Beside each other; a vector is a column."""
    return np.concatenate([a if len(shape_of(a)) > 1 else np.atleast_2d(a).T for a in tup], axis=1)


@rule(np.split)
def split(ary: SymbolicArray, indices_or_sections: Any, axis: int = 0) -> list[SymbolicArray]:
    """Cut along an axis, into equal parts or at these places."""
    i = normalized("np.split", axis, ary.shape)
    n = ary.shape[i]
    whole: tuple[slice, ...] = (slice(None),) * i
    if isinstance(indices_or_sections, tuple | list | np.ndarray):
        places = as_tuple(indices_or_sections)
        cuts = [slice(start, stop) for start, stop in zip([None, *places], [*places, None], strict=True)]
        return [ary[(*whole, cut)] for cut in cuts]
    part = divided(n, indices_or_sections)
    if part is None:
        rule = f"cut an axis that {indices_or_sections} divides"
        raise refusal(rule, f"axis {i} of {shown(ary.shape)}", "Cut at m // 2 with [m // 2]?", otherwise="np.split")
    refuse_mixing(n)
    return [SymbolicArray(without(ary.shape, i, part), ary.dtype) for _ in range(indices_or_sections)]


@rule(np.repeat)
def repeat(a: SymbolicArray, repeats: Any, axis: int | None = None) -> SymbolicArray:
    """Each entry several times."""
    shape, i = along("np.repeat", a.shape, axis)
    if shape_of(repeats):
        raise uncovered(np.repeat, "with repeats for each entry")
    return SymbolicArray(without(shape, i, shape[i] * repeats), a.dtype)


@rule(np.tile)
def tile(A: SymbolicArray, reps: Any) -> SymbolicArray:
    """The whole array several times."""
    times = as_tuple(reps)
    ndim = max(len(times), A.ndim)
    pairs = list(zip((1,) * (ndim - A.ndim) + A.shape, (1,) * (ndim - len(times)) + times, strict=True))
    refuse_mixing(*(n for n, often in pairs if often != 1))
    return SymbolicArray([n * often for n, often in pairs], A.dtype)


@rule(np.pad)
def pad(array: SymbolicArray, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> SymbolicArray:
    """More entries before and after, along each axis."""
    given = as_tuple(pad_width)
    if not any(map(is_several, given)):  # one width, or before and after, for all axes
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
