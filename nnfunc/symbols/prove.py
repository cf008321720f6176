"""`prove`: run a function once on arrays without entries, and so check its shapes for every size at once."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from jaxtyping import AnnotationError, Float, TypeCheckError
from numpy.typing import DTypeLike

from nnfunc import tree
from nnfunc.array import Array
from nnfunc.errors import ShapeError
from nnfunc.shapes import checked
from nnfunc.symbols.arguments import arguments, shape_from
from nnfunc.symbols.arrays import SymbolicArray, separate
from nnfunc.symbols.random import has_symbol
from nnfunc.symbols.rules import lent
from nnfunc.symbols.sizes import names_in


def symbolic(axes: str, dtype: DTypeLike = np.float32) -> Array:
    """An array of which only dtype and shape are known: `"784 m"` has 784 rows and m columns, for every m.

    A name stands for every size from 2 on, and the same name for the same size. Formulas (`"m+1"`, `"2*m"`) are sizes.

    Raises:
        ShapeError: an axis is no number, name or formula.
    """
    return cast("Array", SymbolicArray(shape_from(axes, {}), dtype))


def prove(f: Callable[..., Any], *args: Any, each: Sequence[str] = ()) -> None:
    """Prove the shapes of a function for all sizes: run it once on arrays that have only a dtype and a shape.

    The checks of `f`, and of all that it calls, see symbolic sizes; nothing is computed. Axes of different names never
    agree, as they would where their sizes happen to be equal.

    Args:
        f: pure function of arrays; checked as if it were decorated, if it is not.
        args: symbolic arrays, and whatever else it takes. Made from its annotations where none are given.
        each: axes whose entries are samples: f must treat each sample alone, so that nothing may be mixed along them.

    Raises:
        ShapeError: shapes do not fit for all sizes, or f does what no proof can follow: it branches on a size or on the
            entries of an array, or calls a function of NumPy that is not covered; or the checks are switched off.
    """
    _refuse_without_checks()
    checked_f = checked(f) if inspect.isfunction(f) and not hasattr(f, "__wrapped__") else f
    with lent():
        given = inspect.signature(f).bind(*args) if args else _made(f)
        _refuse_without_symbols(f, given, each)
        with separate(each):
            try:
                checked_f(*given.args, **given.kwargs)
            except (TypeCheckError, AnnotationError) as error:  # of a function with decorators of its own
                raise ShapeError(str(error)) from error


def _made(f: Callable[..., Any]) -> inspect.BoundArguments:
    given = inspect.signature(f).bind_partial()
    given.arguments.update(arguments(f))
    return given


def _refuse_without_symbols(f: Callable[..., Any], given: inspect.BoundArguments, each: Sequence[str]) -> None:
    values = tuple(given.arguments.values())
    if not any(has_symbol(leaf) for leaf in (*values, *tree.leaves(values))):
        raise ShapeError(
            f"prove: {f.__name__} must be given symbols, or it would compute; got none. Pass nn.symbolic('784 m')?"
        )
    names = {name for leaf in tree.leaves(values) for size in leaf.shape for name in names_in(size)}
    for name in each:
        if name not in names:
            raise ShapeError(f"prove: each must name axes of the arguments, {', '.join(sorted(names))}; got {name!r}.")


@checked
def _of_equal_sizes(x: Float[Array, "n n"]) -> None:
    """Something that is refused where checks are made."""


def _refuse_without_checks() -> None:
    try:
        _of_equal_sizes(symbolic("n m"))
    except ShapeError:
        return
    raise ShapeError(
        "prove: the checks must be on, for a proof is nothing but checks; got them switched off. "
        "Unset JAXTYPING_DISABLE, and run Python without -O."
    )
