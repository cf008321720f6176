"""`checked` enforces annotations by jaxtyping and beartype, compiled at the first call, with readable errors."""

import dataclasses
import functools
import inspect
import weakref
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, get_type_hints, overload

import numpy as np
from beartype import BeartypeConf, beartype
from jaxtyping import Float, TypeCheckError, jaxtyped  # pyright: ignore[reportUnknownVariableType]

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError, ShapeError
from nnfunc.shapes.messages import rephrase

typechecker = beartype(conf=BeartypeConf(is_pep484_tower=True))
"""beartype, configured to accept an int as a float, like every static checker."""

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")


@overload
def checked(f: F, /) -> F: ...


@overload
def checked(dims: str, /) -> Callable[[F], F]: ...


def checked(f: Any, /) -> Any:
    """Enforce the jaxtyping annotations of a function, or of the fields of a frozen dataclass.

    Like `@jaxtyped(typechecker=beartype)`, but compiled at the first call, because decorating takes about 2 ms; an int
    is accepted as a float, and every failure is one sentence. `JAXTYPING_DISABLE=1` and `python -O` switch it off.
    `@checked("n m")` also names the dimensions for pyrefly, which then checks the shapes without running the function;
    nothing else reads these names.

    Raises:
        ShapeError: when called: an argument, a field or the result does not match its annotation.
        SettingError: it decorates something else, or, when called: an annotation has an unknown name.
    """
    if isinstance(f, str):
        return checked
    if inspect.iscoroutinefunction(f):
        raise SettingError(f"checked: it must stand above a function that is not async; got {f.__name__}.")
    is_fit = f.__name__ != "<lambda>" if inspect.isfunction(f) else inspect.isclass(f) and dataclasses.is_dataclass(f)
    if not is_fit:
        remedy = "Add @dataclass(frozen=True)?" if inspect.isclass(f) else "Put it below @classmethod or @property?"
        raise SettingError(
            f"checked: it must stand directly above a function with a name, or above @dataclass; got {f!r}. {remedy}"
        )
    return _around(f, _checked_function)


def _around(f: Any, wrap: Callable[[Any, str], Any]) -> Any:
    """Return the wrapped function, or the class with its constructor wrapped."""
    if not inspect.isclass(f):
        return wrap(f, f.__name__)
    cls: Any = f
    cls.__init__ = wrap(cls.__init__, cls.__name__)
    return cls


def _checked_function(f: Callable[P, R], where: str) -> Callable[P, R]:
    @functools.cache
    def compiled() -> Callable[P, R]:
        _refuse_open_names(f, where)
        return jaxtyped(f, typechecker=typechecker)

    @functools.wraps(f)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return compiled()(*args, **kwargs)
        except TypeCheckError as error:
            if not str(error).partition("\n")[0].endswith(f" {f.__module__}.{f.__qualname__}."):
                raise  # it comes from an inner function that uses jaxtyping directly
            raise ShapeError(rephrase(where, inspect.signature(f), args, kwargs, str(error))) from error

    _enforced.add(wrapper)
    return wrapper


_enforced: "weakref.WeakSet[Callable[..., Any]]" = weakref.WeakSet()


@checked
def _of_equal_sizes(x: Float[Array, "n n"]) -> None:
    """Do nothing; a call with a 1×2 array fails only if checks are on."""


def checks_are_on() -> bool:
    """Return whether annotations are enforced: `JAXTYPING_DISABLE=1` and `python -O` switch that off."""
    try:
        _of_equal_sizes(np.ones((1, 2)))
    except ShapeError:
        return True
    return False


def is_checked(f: Callable[..., Any]) -> bool:
    """Return whether a function is decorated with `checked`, perhaps below other decorators."""
    inner = getattr(f, "__wrapped__", None)
    return f in _enforced or (inner is not None and is_checked(inner))


def _refuse_open_names(f: Callable[..., Any], where: str) -> None:
    """Refuse an annotation that cannot be resolved, which would switch off the checks of this function."""
    try:
        get_type_hints(f)
    except (NameError, AttributeError, SyntaxError) as error:
        raise SettingError(
            f"{where}: its annotations must use names defined in its module; got {error}. "
            f"Is one misspelt, or imported in a function or under TYPE_CHECKING only?"
        ) from None


def _bind(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        inspect.signature(f).bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{f.__name__}: {error}. Its arguments are {inspect.signature(f)}.") from None


def checked_with(check: Callable[..., None]) -> Callable[[F], F]:
    """Return a decorator that runs `check(name, *arguments)` before `checked` enforces the annotations.

    Annotations do not see the sizes in a dataclass that a function receives, and they can be switched off; the check
    sees these sizes, and always runs.
    """

    def before(f: Callable[P, R], where: str) -> Callable[P, R]:
        @functools.wraps(f)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                check(where, *args, **kwargs)
            except ShapeError:
                raise
            except TypeError:
                _bind(f, args, kwargs)  # a missing or unknown argument is an error of f, not of its check
                raise
            return f(*args, **kwargs)

        return wrapper

    return lambda f: _around(checked(f), before)
