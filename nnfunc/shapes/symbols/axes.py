"""Axes: how NumPy numbers them, broadcasting, and whether one shape fits into another."""

import operator
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from nnfunc.base.array import sizes_text
from nnfunc.shapes.symbols.arrays import Shape, SymbolicArray, as_tuple, count, refuse_mixing, shape_of, shown
from nnfunc.shapes.symbols.protocol import refusal
from nnfunc.shapes.symbols.sizes import AnySize


def normalized(name: str, axis: Any, shape: Shape) -> int:
    """Return the index of an axis, counted from the first one.

    Raises:
        ShapeError: there is no such axis.
    """
    if not isinstance(axis, int | np.integer) or not -len(shape) <= axis < len(shape):
        rule = f"name an axis of an array with {len(shape)} axes"
        raise refusal(rule, f"axis {axis} of {shown(shape)}", otherwise=name)
    return operator.index(cast("int", axis)) % len(shape)


def axes_of(name: str, axis: Any, shape: Shape) -> list[int]:
    """Return the indices of one axis, several, or all (None), counted from the first one.

    Raises:
        ShapeError: one of them does not exist, or is named twice.
    """
    if axis is None:
        return list(range(len(shape)))
    axes = [normalized(name, each, shape) for each in as_tuple(axis)]
    if len(set(axes)) < len(axes):
        raise refusal("name each axis once", f"axes {axis} of {shown(shape)}", otherwise=name)
    return axes


def along(name: str, shape: Shape, axis: Any) -> tuple[Shape, int]:
    """Return the shape and the axis of an operation that mixes entries along it; without an axis, of the flat array."""
    whole = shape if axis is not None else (count(shape),)
    i = normalized(name, 0 if axis is None else axis, whole)
    refuse_mixing(whole[i])
    return whole, i


def without(shape: Shape, i: int, *instead: Any) -> Shape:
    """Return the shape with one of its axes removed, or replaced by other sizes."""
    return (*shape[:i], *instead, *shape[i + 1 :])


def broadcast(name: str, *shapes: Shape) -> Shape:
    """Broadcast shapes: along each axis, counted from the last, all sizes must be equal or 1.

    Raises:
        ShapeError: they are not.
    """
    ndim = max(map(len, shapes), default=0)
    padded = [(1,) * (ndim - len(shape)) + shape for shape in shapes]
    return tuple(_common(name, sizes, shapes) for sizes in zip(*padded, strict=True))


def _common(name: str, sizes: Sequence[AnySize], shapes: Sequence[Shape]) -> AnySize:
    wide = [size for size in sizes if size != 1]
    for size in wide:
        if size != wide[0]:
            used = [shape for shape in shapes if shape]
            rule = f"combine axes that are equal or 1; {wide[0]} is not {size}"
            raise refusal(rule, shown(*used), _remedy(used), otherwise=name)
    return wide[0] if wide else 1


def _remedy(shapes: Sequence[Shape]) -> str:
    """Suggest what would make two shapes fit: an axis kept by a sum, or a transpose."""
    if len(shapes) != 2:
        return ""
    short, long = sorted(shapes, key=len)
    if len(short) + 1 == len(long) and any(_fit((*short[:i], 1, *short[i:]), long) for i in range(len(long))):
        return f"Keep the axis of {sizes_text(short)} with keepdims=True?"
    fits = len(short) == len(long) == 2 and (_fit(short[::-1], long) or _fit(short, long[::-1]))
    return "Transpose one of them?" if fits else ""


def _fit(a: Shape, b: Shape) -> bool:
    return all(x in (y, 1) or y == 1 for x, y in zip(a, b, strict=True))


def refuse_misfit(name: str, shape: Shape, target: Shape, *, repeated: bool = True) -> None:
    """Refuse to write a value of this shape into a target that it does not fit.

    With `repeated` the value may be broadcast; otherwise its shape must equal that of the target.

    Raises:
        ShapeError: it does not fit.
    """
    padded = (1,) * (len(target) - len(shape)) + shape
    fits = len(padded) == len(target) and all(n in (1, m) for n, m in zip(padded, target, strict=True))
    if not (fits if repeated else shape == target):
        raise refusal(f"fit into {shown(target)}", shown(shape), otherwise=name)


def into(target: Any, result: SymbolicArray, name: str, *, repeated: bool = False) -> Any:
    """Return `target` if it is given and the result can be written into it, the result if there is no target.

    With `repeated` the result may be broadcast to the target.

    Raises:
        ShapeError: the result does not fit by shape or dtype, or `target` is read-only.
    """
    if target is None or (type(target) is SymbolicArray and target.is_scalar):  # s += 1 creates a new scalar
        return result
    refuse_misfit(name, result.shape, shape_of(target), repeated=repeated)
    if not target.flags.writeable:
        raise refusal("write to a writable array", f"{target}, read-only", otherwise=name)
    if not np.can_cast(result.dtype, target.dtype, "same_kind"):
        raise refusal(f"have a dtype that {target.dtype} can hold", result.dtype, otherwise=name)
    return target
