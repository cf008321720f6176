"""`prove`: run a function once on arrays without entries, and so check its shapes for every size at once."""

import inspect
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
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
    refuse_without_checks()
    found = _collected.get()
    try:
        _prove(f, args, each)
    except ShapeError as error:
        if found is None:
            raise
        found[f] = error
    else:
        if found is not None:
            found[f] = None


_collected: ContextVar[dict[Any, ShapeError | None] | None] = ContextVar("_collected", default=None)


@contextmanager
def collected() -> Generator[dict[Any, ShapeError | None]]:
    """Within: proofs do not raise; what they found is collected by function."""
    found: dict[Any, ShapeError | None] = {}
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


def _prove(f: Callable[..., Any], args: tuple[Any, ...], each: Sequence[str]) -> None:
    with lent():
        given, named = (args, {}) if args else arguments(f)
        _refuse_without_symbols((*given, *named.values()), each)
        with separate(each):
            try:
                _with_checks(f)(*given, **named)
            except TypeCheckError as error:  # of a function with a decorator of its own
                raise ShapeError(" ".join(str(error).splitlines()[:3])) from error
            except AnnotationError as error:
                raise ShapeError(_open_axis(f, error)) from error


def _with_checks(f: Callable[..., Any]) -> Callable[..., Any]:
    bare = inspect.isfunction(f) and f.__annotations__ and not hasattr(f, "__wrapped__")
    return checked(f) if bare else f


def _open_axis(f: Callable[..., Any], error: Exception) -> str:
    axis = re.search("'(.*?)'", str(error))
    return (
        f"{f.__name__}: each axis must follow from the axes of earlier arguments; got {axis[1] if axis else error}. "
        f"Name its axes in earlier arguments, and pass numbers for what is in braces: nn.prove({f.__name__}, …)."
    )


def _refuse_without_symbols(values: tuple[Any, ...], each: Sequence[str]) -> None:
    if not any(has_symbol(leaf) for leaf in (*values, *tree.leaves(values))):
        raise ShapeError(
            "prove: an argument must be symbolic, or all would be computed; got none. Pass nn.symbolic('784 m')?"
        )
    names = {name for leaf in tree.leaves(values) for size in leaf.shape for name in names_in(size)}
    for name in each:
        if name not in names:
            raise ShapeError(f"prove: each must name axes of the arguments, {', '.join(sorted(names))}; got {name!r}.")


@checked
def _of_equal_sizes(x: Float[Array, "n n"]) -> None:
    """Something that is refused where checks are made."""


def refuse_without_checks() -> None:
    """Refuse to prove anything while checks are switched off.

    Raises:
        ShapeError: they are.
    """
    try:
        _of_equal_sizes(symbolic("n m"))
    except ShapeError:
        return
    raise ShapeError(
        "prove: the checks must be on, for a proof is nothing but checks; got them switched off. "
        "Unset JAXTYPING_DISABLE, and run Python without -O."
    )
