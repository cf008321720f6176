"""How shapes combine: what is repeated along which axis, and what fits into what."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfunc.array import sizes_text
from nnfunc.symbols.arrays import Shape, SymbolicArray, shape_of, shown
from nnfunc.symbols.sizes import AnySize
from nnfunc.symbols.source import refusal


def broadcast(name: str, *shapes: Shape) -> Shape:
    """The shape to which these are repeated: along each axis, counted from the last, all sizes are equal or 1.

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
    """What would make two shapes fit: an axis kept by a sum, or a transpose."""
    if len(shapes) != 2:
        return ""
    short, long = sorted(shapes, key=len)
    if len(short) + 1 == len(long) and any(_fit((*short[:i], 1, *short[i:]), long) for i in range(len(long))):
        return f"Keep the axis of {sizes_text(short)} with keepdims=True?"
    if len(short) == len(long) == 2 and (_fit(short[::-1], long) or _fit(short, long[::-1])):
        return "Transpose one of them?"
    return ""


def _fit(a: Shape, b: Shape) -> bool:
    return all(x in (y, 1) or y == 1 for x, y in zip(a, b, strict=True))


def refuse_misfit(name: str, shape: Shape, target: Shape, *, repeated: bool = True) -> None:
    """Refuse to write a value of this shape into another one, `repeated` along its axes where it is smaller.

    Raises:
        ShapeError: it does not fit.
    """
    padded = (1,) * (len(target) - len(shape)) + shape
    fits = len(padded) == len(target) and all(n in (1, m) for n, m in zip(padded, target, strict=True))
    if not (fits if repeated else shape == target):
        raise refusal(f"fit into {shown(target)}", shown(shape), otherwise=name)


def into(target: Any, result: SymbolicArray, name: str, *, repeated: bool = False) -> Any:
    """The result, written into `target` where that is given; `repeated` along its axes where it is larger.

    Raises:
        ShapeError: it does not fit in there, or `target` is read-only.
    """
    if target is None or (type(target) is SymbolicArray and target.is_scalar):  # s += 1 makes a new scalar
        return result
    refuse_misfit(name, result.shape, shape_of(target), repeated=repeated)
    if not target.flags.writeable:
        raise refusal("write to an array that may be written to", f"{target}, read-only", otherwise=name)
    if not np.can_cast(result.dtype, target.dtype, "same_kind"):
        raise refusal(f"have a dtype that {target.dtype} can hold", result.dtype, otherwise=name)
    return target
