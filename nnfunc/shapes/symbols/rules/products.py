"""Products that are not ufuncs: `dot`, `inner`, `outer`, `tensordot`, `einsum`."""

from typing import Any

import numpy as np

from nnfunc.shapes.symbols.arrays import Shape, SymbolicArray, common_dtype, count, made, refuse_mixing, shape_of, shown
from nnfunc.shapes.symbols.axes import axes_of, into
from nnfunc.shapes.symbols.protocol import refusal, rule, uncovered
from nnfunc.shapes.symbols.sizes import AnySize


@rule(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """The rule for `np.dot`: a scaled array, a matrix product, or a sum over a's last axis and b's last but one."""
    left, right = shape_of(a), shape_of(b)
    if not left or not right:
        return made(left or right, common_dtype((a, b)))
    if len(left) <= 2 and len(right) <= 2:
        return np.matmul(a, b, out=out)
    return into(out, made(*_contracted(a, b, (-1, -1 if len(right) == 1 else -2))), "np.dot")


@rule(np.inner)
def inner(a: Any, b: Any) -> Any:
    """The rule for `np.inner`: a sum over the last axes of both."""
    return made(*_contracted(a, b, (-1, -1))) if shape_of(a) and shape_of(b) else dot(a, b)


@rule(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    """The rule for `np.vdot`: a sum over all entries of both."""
    return np.dot(np.ravel(a), np.ravel(b))


@rule(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """The rule for `np.outer`: each entry of a times each entry of b."""
    return into(out, SymbolicArray((count(shape_of(a)), count(shape_of(b))), common_dtype((a, b))), "np.outer")


@rule(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> SymbolicArray:
    """The rule for `np.tensordot`: a sum over some axes of both."""
    return SymbolicArray(*_contracted(a, b, axes))


def _contracted(a: Any, b: Any, axes: Any) -> tuple[Shape, np.dtype[Any]]:
    left, right, name = shape_of(a), shape_of(b), "np.tensordot"
    of_left, of_right = (tuple(range(-axes, 0)), tuple(range(axes))) if isinstance(axes, int) else axes
    first, second = axes_of(name, of_left, left), axes_of(name, of_right, right)
    if [left[i] for i in first] != [right[j] for j in second]:
        raise refusal("sum over axes of equal size", shown(left, right), otherwise=name)
    refuse_mixing(*(left[i] for i in first))
    kept = [n for i, n in enumerate(left) if i not in first] + [n for j, n in enumerate(right) if j not in second]
    return tuple(kept), common_dtype((a, b))


@rule(np.einsum)
def einsum(subscripts: Any, *operands: Any, out: Any = None, dtype: Any = None, optimize: Any = False) -> Any:
    """The rule for `np.einsum("ij,jk->ik", a, b)`: each letter has one size."""
    if not isinstance(subscripts, str) or "." in subscripts:
        raise uncovered(np.einsum, "without letters for all axes")
    given, arrow, result = subscripts.replace(" ", "").partition("->")
    if not arrow:  # the letters that occur once, in alphabetical order
        result = "".join(sorted(c for c in set(given) - {","} if given.count(c) == 1))
    shapes, letters = [shape_of(x) for x in operands], given.split(",")
    if [len(word) for word in letters] != [len(shape) for shape in shapes]:
        raise refusal("name each axis of each array by a letter", shown(*shapes), otherwise="np.einsum")
    if len(set(result)) < len(result) or not set(result) <= set(given):
        raise refusal(
            "use each letter of the result once, and only letters of the operands", result, otherwise="np.einsum"
        )
    sizes: dict[str, AnySize] = {}
    for letter, n in zip("".join(letters), sum(shapes, ()), strict=True):
        if sizes.setdefault(letter, n) == 1:
            sizes[letter] = n
        elif n not in (1, sizes[letter]):
            rule = f"give the axis {letter} one size; {sizes[letter]} is not {n}"
            raise refusal(rule, shown(*shapes), otherwise="np.einsum")
    refuse_mixing(*(n for letter, n in sizes.items() if letter not in result))
    return into(out, made([sizes[c] for c in result], dtype or common_dtype(operands)), "np.einsum")
