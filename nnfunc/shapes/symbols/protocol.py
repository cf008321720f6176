"""NumPy's two dispatch protocols, the table of rules, and the errors that rules raise."""

import ast
import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from nnfunc.base.errors import ShapeError
from nnfunc.tracing import source, tree
from nnfunc.tracing.stand_in import Traced

Rule = TypeVar("Rule", bound=Callable[..., Any])

SHAPE_RULES: dict[Any, Callable[..., Any]] = {}
"""A table: NumPy function → the rule that computes the shape and dtype of its result.

All ufuncs share one rule for each method: "__call__", "reduce", "accumulate", "outer"; "[]" and "[]=" are indexing.
"""


class NotFollowedError(ShapeError):
    """A proof cannot follow what a function does; its shapes can be right or wrong."""


refusal = functools.partial(source.refusal, ShapeError)
"""The error for shapes that do not fit."""

not_followed = functools.partial(source.refusal, NotFollowedError)
"""The error for code that a proof cannot follow."""


def rule(*functions: Any) -> Callable[[Rule], Rule]:
    """Register a rule, which takes the function's arguments; one for several functions takes the function first."""

    def enter(f: Rule) -> Rule:
        for function in functions:
            SHAPE_RULES[function] = f if len(functions) == 1 else functools.partial(f, function)
        return f

    return enter


def follow(f: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the symbolic result of `f(*args, **kwargs)`.

    Raises:
        ShapeError: the shapes do not fit, or no rule covers `f`.
    """
    if f not in SHAPE_RULES:
        raise uncovered(f)
    return _apply(f, f, args, kwargs)


def _apply(key: Any, f: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        _signature(SHAPE_RULES[key]).bind(*args, **kwargs)
    except TypeError:
        raise uncovered(f, "with these arguments") from None
    return SHAPE_RULES[key](*args, **kwargs)


_signature = functools.cache(inspect.signature)


def uncovered(f: Any, with_what: str = "") -> NotFollowedError:
    """Return the error for a function that has no rule, or none for these arguments."""
    return not_followed(
        "use functions that a proof can follow",
        f"{' '.join((source.name_of(f), with_what)).rstrip()}, which none of its rules covers",
        "Prove the parts before and after it, or write it in covered ones.",
        otherwise=source.name_of(f),
    )


def has_symbol(x: Any) -> bool:
    """Return whether x is a symbol, or a tree that holds one."""
    return isinstance(x, Symbol) or any(map(has_symbol, tree.children(x) or ()))


class Symbol(Traced):
    """A value that NumPy cannot compute with: it dispatches each call to the rules instead."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Follow `ufunc(*inputs)`, or a method of it such as `reduce`."""
        if method not in SHAPE_RULES:
            raise uncovered(getattr(ufunc, method))
        return _apply(method, ufunc, (ufunc, *inputs), options)

    def __array_function__(self, f: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Follow any other NumPy function."""
        return follow(f, *args, **kwargs)


def sides() -> tuple[str, str] | None:
    """Return the source text of the two operands of the operator being evaluated, None if there is none."""
    match ast.parse(source.expression(source.caller()) or "").body:
        case [ast.Expr(ast.BinOp(left, _, right))]:
            return ast.unparse(left), f"({ast.unparse(right)})" if isinstance(right, ast.BinOp) else ast.unparse(right)
        case _:
            return None


def transposed(operand: str) -> str:
    """Return the source text of an operand's transpose: W.T for W, and W for W.T."""
    return operand.removesuffix(".T") if operand.endswith(".T") else f"{operand}.T"


def asked_by_user() -> bool:
    """Return whether the code that compares a symbol is the user's, not the library's or that of its checks."""
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    return not source.is_inside(frame) and not str(frame.f_globals.get("__name__")).startswith("nnfunc.")
