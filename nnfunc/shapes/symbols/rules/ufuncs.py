"""Elementwise functions: ufuncs and their methods, which share a few rules, also those on the last axes (`matmul`).

`where`, `clip`, `round` and the like are not ufuncs, and have separate rules.
"""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnfunc.shapes.symbols.arrays import (
    Shape,
    SymbolicArray,
    dtypes_of_ufunc,
    made,
    refuse_mixing,
    resulting_dtype,
    shape_of,
    shown,
)
from nnfunc.shapes.symbols.axes import broadcast, into, normalized
from nnfunc.shapes.symbols.protocol import refusal, rule, sides, transposed
from nnfunc.shapes.symbols.rules.reductions import reduced_shape
from nnfunc.shapes.symbols.sizes import AnySize, Size, terms_of
from nnfunc.tracing.source import name_of

WHOLE: dict[Any, Callable[[Any, Any], Any]] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.floor_divide: lambda a, b: a // b,
    np.remainder: operator.mod,
}  # fmt: skip
"""The operators that compute these ufuncs on sizes and whole numbers."""


@rule("__call__")
def call(
    ufunc: np.ufunc,
    *inputs: Any,
    out: Any = None,
    where: Any = True,
    dtype: Any = None,
    casting: str = "same_kind",
    order: str = "K",
    subok: bool = True,
) -> Any:
    """The rule for a call of a ufunc: `np.add(a, b)`, and `a + b`."""
    if ufunc in WHOLE and all(terms_of(x) is not None for x in inputs):
        return WHOLE[ufunc](*(x if type(x) is Size else operator.index(x) for x in inputs))
    name, shapes = name_of(ufunc), list(map(shape_of, inputs))
    shape = _on_last_axes(ufunc, shapes) if ufunc.signature else broadcast(name, *shapes, shape_of(where))
    outs = out or (None,) * ufunc.nout  # NumPy passes it as a tuple
    pairs = zip(outs, dtypes_of_ufunc(ufunc, inputs, dtype), strict=True)
    written = tuple(into(target, made(shape, each), name, repeated=True) for target, each in pairs)
    return written[0] if ufunc.nout == 1 else written


def _on_last_axes(ufunc: np.ufunc, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of the result by the signature, such as (n?,k),(k,p?)->(n?,p?); an axis with ? may be absent."""
    *given, result = [re.findall(r"(\w+)(\??)", axes) for axes in re.findall(r"\(([^)]*)\)", str(ufunc.signature))]
    sizes: dict[str, AnySize] = {}
    leading: list[Shape] = []
    for axes, shape in zip(given, shapes, strict=True):
        present = [axis for axis, optional in axes if not optional or len(shape) >= len(axes)]
        if len(shape) < len(present):
            raise refusal(f"take arrays of {len(present)} axes or more", shown(*shapes), otherwise=name_of(ufunc))
        leading.append(shape[: len(shape) - len(present)])
        for axis, size in zip(present, shape[len(shape) - len(present) :], strict=True):
            if sizes.setdefault(axis, size) != size:
                rule = f"multiply rows by columns of the same size; {sizes[axis]} is not {size}"
                raise refusal(rule, shown(*shapes), _remedy(shapes), otherwise=name_of(ufunc))
    kept = [axis for axis, _ in result if axis in sizes]
    refuse_mixing(*(size for axis, size in sizes.items() if axis not in kept))
    return broadcast(name_of(ufunc), *leading) + tuple(sizes[axis] for axis in kept)


def _remedy(shapes: Sequence[Shape]) -> str:
    """Suggest the product that would fit, if it is clear which one is meant."""
    left, right = shapes
    a, b = sides() or ("", "")
    if not a or not len(left) == len(right) == 2:
        return ""
    if left[0] == right[0]:
        return f"Write {transposed(a)} @ {b}?"
    if left[1] == right[1]:
        return f"Write {a} @ {transposed(b)}?"
    return f"Write {b} @ {a}?" if left[0] == right[1] else ""


@rule("outer")
def outer(ufunc: np.ufunc, a: Any, b: Any, *, out: Any = None, dtype: Any = None) -> Any:
    """The rule for `np.add.outer(a, b)` and the like: each entry of a with each entry of b."""
    result = made(shape_of(a) + shape_of(b), dtypes_of_ufunc(ufunc, (a, b), dtype)[0])
    return into(out and out[0], result, f"{name_of(ufunc)}.outer")


@rule("reduce")
def reduce(
    ufunc: np.ufunc,
    a: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """The rule for `np.add.reduce(a)` and the like."""
    name = f"{name_of(ufunc)}.reduce"
    shape = reduced_shape(name, shape_of(a), axis, keepdims=keepdims, where=where)
    return into(out and out[0], made(shape, ufunc.reduce(np.ones(1, a.dtype), dtype=dtype).dtype), name)


@rule("accumulate")
def accumulate(ufunc: np.ufunc, a: SymbolicArray, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """The rule for `np.add.accumulate(a)` and the like: cumulative sums along an axis."""
    name = f"{name_of(ufunc)}.accumulate"
    refuse_mixing(a.shape[normalized(name, axis, a.shape)])
    return into(out and out[0], made(a.shape, ufunc.accumulate(np.ones(1, a.dtype), dtype=dtype).dtype), name)


@rule(np.where)
def where(condition: Any, x: Any = None, y: Any = None) -> SymbolicArray:
    """The rule for `np.where(condition, x, y)`."""
    if x is None or y is None:
        raise refusal("have two values, because the entries of the condition are not known", "one argument")
    return SymbolicArray(
        broadcast("np.where", *map(shape_of, (condition, x, y))), resulting_dtype(np.where, condition, x, y)
    )


@rule(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    """The rule for `np.clip(a, least, most)`."""
    bounds = [bound for bound in (a_min, a_max, min, max) if bound is not None]
    shape = broadcast("np.clip", *map(shape_of, (a, *bounds)))
    return into(out, made(shape, resulting_dtype(np.clip, a, *(bounds * 2)[:2])), "np.clip")


@rule(np.round, np.around)
def rounded(f: Any, a: Any, decimals: int = 0, out: Any = None) -> Any:
    """The rule for `np.round(a, decimals)`."""
    return into(out, made(a.shape, resulting_dtype(f, a, decimals)), name_of(f))


@rule(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> SymbolicArray:
    """The rule for `np.nan_to_num`: NaN and ∞ replaced by numbers."""
    return made(x.shape, x.dtype)


@rule(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> SymbolicArray:
    """The rule for `np.isclose`: whether entries are nearly equal."""
    return made(broadcast("np.isclose", *map(shape_of, (a, b))), np.bool_)
