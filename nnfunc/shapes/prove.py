"""One proof: with checks on and NumPy's constructors accepting symbolic sizes, the function runs once on symbols."""

import functools
import inspect
import re
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np
from jaxtyping import AnnotationError, TypeCheckError

from nnfunc.base.errors import ShapeError
from nnfunc.shapes import checked, checks_are_on, is_checked
from nnfunc.shapes.symbols.arrays import separate
from nnfunc.shapes.symbols.protocol import NotFollowedError, has_symbol
from nnfunc.shapes.symbols.random import RandomSymbols
from nnfunc.shapes.symbols.rules import lent
from nnfunc.shapes.symbols.sizes import names_in
from nnfunc.shapes.symbols.symbolic_arguments import arguments
from nnfunc.tracing import tree


def prove(f: Callable[..., Any], args: tuple[Any, ...], each: Sequence[str] | str, caller: FrameType) -> None:
    """Do the work of `nnfunc.prove`, which the frame `caller` called."""
    refuse_without_checks()
    attempts = _collected.get()
    failure = None
    try:
        _prove(f, args, each)
    except Exception as error:
        if attempts is None:
            raise
        failure = error
    if attempts is not None:
        attempts.append(Attempt(f, args, caller, failure))


class Attempt(NamedTuple):
    """One proof: the function, its arguments, the frame that requested it, and the error if it failed."""

    f: Any
    args: tuple[Any, ...]
    caller: FrameType
    error: Exception | None


_collected: ContextVar[list[Attempt] | None] = ContextVar("_collected", default=None)


@contextmanager
def collected() -> Generator[list[Attempt]]:
    """Collect the outcomes of the proofs in the block, which do not raise."""
    attempts: list[Attempt] = []
    token = _collected.set(attempts)
    try:
        yield attempts
    finally:
        _collected.reset(token)


def _prove(f: Callable[..., Any], args: tuple[Any, ...], each: Sequence[str] | str) -> None:
    _refuse_what_would_not_run(f)
    with lent():
        given, named = (tuple(map(_symbolic, args)), {}) if args else arguments(f)
        _refuse_without_symbols((*given, *named.values()), each)
        with separate((each,) if isinstance(each, str) else each):
            try:
                _with_checks(f)(*given, **named)
            except TypeCheckError as error:  # it comes from a function that uses jaxtyping directly
                raise ShapeError(" ".join(str(error).splitlines()[:3])) from error
            except AnnotationError as error:
                raise NotFollowedError(_open_axis(f, error)) from error


def _symbolic(x: Any) -> Any:
    return RandomSymbols(x) if type(x).__name__ == "Generator" and isinstance(x, np.random.Generator) else x


def _with_checks(f: Any) -> Callable[..., Any]:
    """Return the function with its annotations enforced, whether it is decorated or not."""
    if isinstance(f, functools.partial):
        return functools.partial(_with_checks(f.func), *f.args, **f.keywords)
    if inspect.ismethod(f):
        return functools.partial(_with_checks(f.__func__), f.__self__)
    return checked(f) if inspect.isfunction(f) and f.__annotations__ and not is_checked(f) else f


def _refuse_what_would_not_run(f: Any) -> None:
    """Refuse functions whose call does not run their body, or whose checks see only one entry of a container."""
    bare = inspect.unwrap(f)
    if not callable(f) or inspect.isgeneratorfunction(bare) or inspect.iscoroutinefunction(bare):
        raise ShapeError(f"prove: f must be a plain function, not a generator or async function; got {f!r}.")
    for hint in _hints(bare).values():
        if _holds_many(hint):
            raise NotFollowedError(
                f"{bare.__name__}: all of its arrays must be checked; got {inspect.formatannotation(hint)}, of which a "
                f"check sees one entry, drawn at random. Use a tuple of fixed length, or a frozen dataclass?"
            )


def _hints(f: Any) -> dict[str, Any]:
    try:
        return get_type_hints(f)
    except (
        NameError,
        AttributeError,
        SyntaxError,
        TypeError,
    ):  # NumPy's own functions; or unknown names, which `checked` reports later
        return {}


def _holds_many(hint: Any) -> bool:
    """Return whether an annotation has annotated arrays in a list, a dict, or a tuple of any length."""
    kind, parts = get_origin(hint), get_args(hint)
    many = inspect.isclass(kind) and issubclass(kind, Collection) and (kind is not tuple or ... in parts)
    return any((many and hasattr(part, "dim_str")) or _holds_many(part) for part in parts)


def _open_axis(f: Callable[..., Any], error: Exception) -> str:
    axis = re.search("'(.*?)'", str(error))
    return (
        f"{f.__name__}: each axis must follow from the axes of earlier arguments; got {axis[1] if axis else error}. "
        f"Name its axes in earlier arguments, and pass numbers for what is in braces: nn.prove({f.__name__}, …)."
    )


def _refuse_without_symbols(values: tuple[Any, ...], each: Sequence[str] | str) -> None:
    if not has_symbol(values):
        raise ShapeError("prove: at least one argument must be symbolic; got none. Pass nn.symbolic('784 m')?")
    names = {name for leaf in tree.leaves(values) for size in leaf.shape for name in names_in(size)}
    for name in (each,) if isinstance(each, str) else each:
        if name not in names:
            raise ShapeError(f"prove: each must name axes of the arguments, {', '.join(sorted(names))}; got {name!r}.")


def refuse_without_checks() -> None:
    """Refuse to prove anything while checks are switched off.

    Raises:
        ShapeError: checks are switched off.
    """
    if not checks_are_on():
        raise ShapeError(
            "prove: checks must be on, because a proof consists of them; got checks switched off. "
            "Unset JAXTYPING_DISABLE, and run Python without -O."
        )
