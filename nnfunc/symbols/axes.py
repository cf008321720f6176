"""Axes, as NumPy names them: one, several or all, counted from the first or from the last."""

import operator
from typing import Any, cast

import numpy as np

from nnfunc.symbols.arrays import Shape, as_tuple, count, refuse_mixing, shown
from nnfunc.symbols.source import refusal


def normalized(name: str, axis: Any, shape: Shape) -> int:
    """An axis counted from the first one.

    Raises:
        ShapeError: there is no such axis.
    """
    if not isinstance(axis, int | np.integer) or not -len(shape) <= axis < len(shape):
        rule = f"name an axis of an array with {len(shape)} axes"
        raise refusal(rule, f"axis {axis} of {shown(shape)}", otherwise=name)
    return operator.index(cast("int", axis)) % len(shape)


def axes_of(name: str, axis: Any, shape: Shape) -> list[int]:
    """One axis, several, or all (None), counted from the first one.

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
    """The shape and the axis along which something mixes the entries; in one row, where no axis is named."""
    whole = shape if axis is not None else (count(shape),)
    i = normalized(name, 0 if axis is None else axis, whole)
    refuse_mixing(whole[i])
    return whole, i


def without(shape: Shape, i: int, *instead: Any) -> Shape:
    """The shape with other sizes, or none, in place of one of its axes."""
    return (*shape[:i], *instead, *shape[i + 1 :])
