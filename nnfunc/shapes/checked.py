"""`checked`: jaxtyping and beartype, compiled at the first call, with errors that a person can read."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from beartype import beartype
from jaxtyping import TypeCheckError, jaxtyped  # pyright: ignore[reportUnknownVariableType]

from nnfunc.errors import ShapeError
from nnfunc.shapes.messages import rephrase

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")


def checked(f: F) -> F:
    """Enforce the jaxtyping annotations of a function, or of the fields of a frozen dataclass.

    The same as `@jaxtyped(typechecker=beartype)`, but compiled at the first call, because decorating costs
    about 2 ms, and with every failure as one sentence. `JAXTYPING_DISABLE=1` and `python -O` switch it off.

    Raises:
        ShapeError: when called: an argument, a field or the result is not what its annotation says.
    """
    if inspect.isclass(f):
        kind: Any = f
        kind.__init__ = _checked_function(kind.__init__, kind.__name__)
        return cast("F", kind)
    return cast("F", _checked_function(f, f.__name__))


def _checked_function(f: Callable[P, R], where: str) -> Callable[P, R]:
    compiled: list[Callable[P, R]] = []

    @functools.wraps(f)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if not compiled:
            compiled.append(jaxtyped(f, typechecker=beartype))
        try:
            return compiled[0](*args, **kwargs)
        except TypeCheckError as error:
            raise ShapeError(rephrase(where, inspect.signature(f), args, kwargs, str(error))) from error

    return wrapper


def first(check: Callable[..., None]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run `check` on the arguments before the function: for what annotations cannot see.

    The sizes in a dataclass are invisible to the annotations of the function that receives it, and
    annotations can be switched off; these checks see the first and stay in the second case.
    """

    def decorate(f: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(f)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            check(*args, **kwargs)
            return f(*args, **kwargs)

        return wrapper

    return decorate
