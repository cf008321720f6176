"""Arrays joined, repeated and cut: `concatenate`, `stack`, `split`, `tile`, `pad`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfunc.symbols.arrays import Shape, SymbolicArray, as_tuple, product, refuse_mixing, shape_of, shown
from nnfunc.symbols.broadcasting import dtype_of, into
from nnfunc.symbols.protocol import rule
from nnfunc.symbols.rules.reductions import normalized
from nnfunc.symbols.sizes import divided
from nnfunc.symbols.source import refusal


@rule(np.concatenate)
def concatenate(
    arrays: Sequence[Any], axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    """One after the other along an axis; along the others all agree."""
    shapes = [shape_of(a) if axis is not None else (product(shape_of(a)),) for a in arrays]
    i = normalized("np.concatenate", 0 if axis is None else axis, shapes[0])
    rest = [(*shape[:i], *shape[i + 1 :]) for shape in shapes]
    if any(len(shape) != len(shapes[0]) for shape in shapes) or any(each != rest[0] for each in rest):
        raise refusal(f"agree in all axes but axis {i}", shown(*shapes), otherwise="np.concatenate")
    for shape in shapes:
        refuse_mixing(shape[i])
    whole = sum(shape[i] for shape in shapes)
    result = SymbolicArray((*shapes[0][:i], whole, *shapes[0][i + 1 :]), dtype or _common_dtype(arrays))
    return into(out, result, "np.concatenate")


def _common_dtype(arrays: Sequence[Any]) -> Any:
    return np.result_type(*map(dtype_of, arrays))


@rule(np.stack)
def stack(arrays: Sequence[Any], axis: int = 0, out: Any = None, **options: Any) -> Any:
    """Side by side along a new axis; all shapes agree."""
    shapes = [shape_of(a) for a in arrays]
    if any(shape != shapes[0] for shape in shapes):
        raise refusal("stack arrays of one shape", shown(*shapes), otherwise="np.stack")
    i = normalized("np.stack", axis, (*shapes[0], 1))
    result = SymbolicArray((*shapes[0][:i], len(shapes), *shapes[0][i:]), options.get("dtype") or _common_dtype(arrays))
    return into(out, result, "np.stack")


@rule(np.vstack, np.hstack, np.column_stack)
def stacked(f: Any, tup: Sequence[Any], **options: Any) -> Any:
    """Below each other, or beside each other."""
    shapes = [shape_of(a) for a in tup]
    if f is np.hstack:
        axis = 0 if len(shapes[0]) < 2 else 1
        return concatenate([_with_shape(a, s or (1,)) for a, s in zip(tup, shapes, strict=True)], axis)
    below = f is np.vstack
    flat = [(1, *(s or (1,))) if below else (*(s or (1,)), 1) for s in shapes]
    shapes = [two if len(s) < 2 else s for s, two in zip(shapes, flat, strict=True)]
    return concatenate([_with_shape(a, s) for a, s in zip(tup, shapes, strict=True)], 0 if below else 1)


def _with_shape(a: Any, shape: Shape) -> SymbolicArray:
    return SymbolicArray(shape, dtype_of(a))


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
    shape = (*ary.shape[:i], part, *ary.shape[i + 1 :])
    return [SymbolicArray(shape, ary.dtype) for _ in range(indices_or_sections)]


@rule(np.repeat)
def repeat(a: SymbolicArray, repeats: Any, axis: int | None = None) -> SymbolicArray:
    """Each entry several times."""
    shape = a.shape if axis is not None else (product(a.shape),)
    i = normalized("np.repeat", 0 if axis is None else axis, shape)
    refuse_mixing(shape[i])
    if shape_of(repeats):
        raise refusal("repeat each entry as often", "an array of repeats", otherwise="np.repeat")
    return SymbolicArray((*shape[:i], shape[i] * repeats, *shape[i + 1 :]), a.dtype)


@rule(np.tile)
def tile(A: SymbolicArray, reps: Any) -> SymbolicArray:
    """The whole array several times."""
    times = as_tuple(reps)
    ndim = max(len(times), A.ndim)
    shape, times = (1,) * (ndim - A.ndim) + A.shape, (1,) * (ndim - len(times)) + times
    for n, count in zip(shape, times, strict=True):
        if count != 1:
            refuse_mixing(n)
    return SymbolicArray([n * count for n, count in zip(shape, times, strict=True)], A.dtype)


@rule(np.pad)
def pad(array: SymbolicArray, pad_width: Any, mode: str = "constant", **options: Any) -> SymbolicArray:
    """More entries before and after, along each axis."""
    widths = np.broadcast_to(np.asarray(pad_width, dtype=object), (array.ndim, 2)).tolist()
    for n, (before, after) in zip(array.shape, widths, strict=True):
        if before != 0 or after != 0:
            refuse_mixing(n)
    return SymbolicArray(
        [n + before + after for n, (before, after) in zip(array.shape, widths, strict=True)], array.dtype
    )
