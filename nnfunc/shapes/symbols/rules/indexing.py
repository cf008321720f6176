"""Parts of arrays: slices, single entries, `take`, diagonals; assignment to parts."""

from typing import Any, cast

import numpy as np

from nnfunc.base.errors import ShapeError
from nnfunc.shapes.symbols.arrays import (
    Shape,
    SymbolicArray,
    dtype_of,
    is_several,
    made,
    refuse_mixing,
    resulting_dtype,
    shape_of,
)
from nnfunc.shapes.symbols.axes import broadcast, into, normalized, without
from nnfunc.shapes.symbols.protocol import not_followed, refusal, rule
from nnfunc.shapes.symbols.sizes import AnySize, Size, never_negative, smaller
from nnfunc.tracing.source import name_of


@rule("[]")
def entries(a: SymbolicArray, key: Any) -> SymbolicArray:
    """The rule for `a[key]` with slices, None, `...`, whole numbers, and arrays of whole numbers."""
    given: list[Any] = list(cast("Any", key)) if type(key) is tuple else [key]
    sizes = iter(a.shape)
    parts: list[Shape] = []
    picks: list[int] = []  # the places of numbers and arrays among the parts
    arrays: list[Shape] = []
    for k in _one_for_each_axis(a, given):
        size = 1 if k is None else next(sizes)
        if k is None:
            parts.append((1,))
        elif isinstance(k, slice):
            parts.append((_length(size, k),))
        else:
            refuse_mixing(size)
            picks.append(len(parts))
            if _is_number(k):
                _check_inside(size, k)
            else:
                arrays.append(_index_shape(size, k))
    if arrays:  # adjacent indices keep their place, others come first
        parts.insert(picks[0] if len(set(picks)) == 1 else 0, broadcast("the indices", *arrays))
    shape: Shape = sum(parts, ())
    return SymbolicArray(shape, a.dtype, is_scalar=not shape and all(k is not ... for k in given))


def _one_for_each_axis(a: SymbolicArray, keys: list[Any]) -> list[Any]:
    """Return one key for each axis: full slices replace `...`, or the missing keys at the end; None is kept."""
    used = sum(k is not None and k is not ... for k in keys)
    if used > a.ndim:
        raise refusal(f"name at most {a.ndim} axes", f"{used} of them", otherwise="the index")
    dots = next((i for i, k in enumerate(keys) if k is ...), len(keys))
    return [*keys[:dots], *[slice(None)] * (a.ndim - used), *keys[dots + 1 :]]


def _is_number(k: Any) -> bool:
    return type(k) is Size or (isinstance(k, int | np.integer) and not isinstance(k, bool) and not shape_of(k))


def _check_inside(size: AnySize, k: Any) -> None:
    # the value of a symbolic scalar is not known
    if type(k) is not SymbolicArray and not never_negative(size - 1 - k if never_negative(k) else size + k):
        raise refusal(f"name an entry that each axis of {size} entries has", f"entry {k}", otherwise="the index")


def _index_shape(size: AnySize, k: Any) -> Shape:
    """Return the shape of an array of indices into an axis; their range is checked unless the array is symbolic."""
    dtype = dtype_of(k)
    if dtype.kind == "b":
        raise not_followed(
            "have a size that does not depend on the entries", "a mask of booleans", "Use np.where(mask, x, 0)?"
        )
    if dtype.kind not in "iu":
        raise refusal("be an index of whole numbers", repr(k), otherwise="the index")
    for i in (np.min(k), np.max(k)) if type(k) is not SymbolicArray and np.size(k) else ():
        _check_inside(size, int(i))
    return shape_of(k)


def _length(size: AnySize, k: Any) -> Any:
    """Return the number of entries of a slice, for all sizes."""
    if k == slice(None):
        return size
    refuse_mixing(size)
    step: Any = 1 if k.step is None else k.step
    if not any(type(x) is Size for x in (size, k.start, k.stop)):
        return len(range(*k.indices(size)))
    if type(step) is not int or (step < 0 and (k.start, k.stop) != (None, None)):
        raise _open_length(size, k)
    first, last = 0 if k.start is None else k.start, size if k.stop is None else k.stop
    begin, end = _bound(size, first), _bound(size, last)
    from_one_end = never_negative(first) == never_negative(last)
    if never_negative(end - begin) or (from_one_end and never_negative(last - first)):
        return -((begin - end) // abs(step))
    if never_negative(begin - end) or (from_one_end and never_negative(first - last)):
        return 0
    raise _open_length(size, k)


def _bound(size: AnySize, k: Any) -> Any:
    """Return the position of a slice bound, clipped to an axis of this size."""
    if never_negative(k):
        return smaller(k, size)
    if never_negative(-k - 1):
        return size - smaller(-k, size)
    raise _open_length(size, k)


def _open_length(size: AnySize, k: object) -> ShapeError:
    text = str(k).replace("slice", "").replace("None", "")
    return not_followed(
        "have a length that follows from the sizes", f"[{text}] of {size} entries", otherwise="the slice"
    )


@rule("[]=")
def write(a: SymbolicArray, key: Any, value: Any) -> None:
    """The rule for `a[key] = value`."""
    if getattr(key, "shape", None) == a.shape and key.dtype == np.bool_ and not shape_of(value):
        key = ...  # one value for all entries that a mask selects
    part = SymbolicArray(entries(a, key).shape, a.dtype)
    part.flags.writeable = a.flags.writeable
    into(part, SymbolicArray(shape_of(value), dtype_of(value)), "the assignment", repeated=True)


@rule(np.take)
def take(a: SymbolicArray, indices: Any, axis: Any = None, *, mode: str = "raise") -> Any:
    """The rule for `np.take(a, indices, axis)`."""
    whole = a.reshape(-1) if axis is None else a
    i = normalized("np.take", 0 if axis is None else axis, whole.shape)
    return whole[(*[slice(None)] * i, np.asarray(indices) if is_several(indices) else indices)]


@rule(np.take_along_axis)
def take_along_axis(arr: SymbolicArray, indices: Any, axis: Any = -1) -> SymbolicArray:
    """The rule for `np.take_along_axis`: one entry for each index along an axis; the other axes are broadcast."""
    i = normalized("np.take_along_axis", axis, arr.shape)
    refuse_mixing(arr.shape[i])
    wanted = _index_shape(arr.shape[i], indices)
    if len(wanted) != arr.ndim:
        raise refusal(f"have indices of {arr.ndim} axes", len(wanted), otherwise="np.take_along_axis")
    rest = broadcast("np.take_along_axis", without(arr.shape, i, 1), without(wanted, i, 1))
    return SymbolicArray(without(rest, i, wanted[i]), arr.dtype)


@rule(np.diag, np.diagonal, np.trace)
def diagonal(f: Any, a: SymbolicArray) -> SymbolicArray:
    """The rule for the diagonal of a matrix, its sum, or (`np.diag` of a vector) the matrix with this diagonal."""
    if f is np.diag and a.ndim == 1:
        return SymbolicArray(a.shape * 2, a.dtype)
    if a.ndim != 2:
        raise refusal("be taken of a matrix", a, otherwise=name_of(f))
    refuse_mixing(*a.shape)
    return made(() if f is np.trace else (smaller(*a.shape),), resulting_dtype(f, a))
