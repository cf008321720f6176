"""The two protocols by which NumPy hands a call over to its arguments, led into one table of rules."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from nnfunc.symbols.source import refusal

Rule = TypeVar("Rule", bound=Callable[..., Any])

RULES: dict[Any, Callable[..., Any]] = {}
"""NumPy function, or name of a method of ufuncs → the rule that computes the shape and dtype of its result."""


def rule(*functions: Any) -> Callable[[Rule], Rule]:
    """Enter a rule, which takes what the function takes; one for several functions takes the function first."""

    def enter(f: Rule) -> Rule:
        for function in functions:
            RULES[function] = f if len(functions) == 1 else functools.partial(f, function)
        return f

    return enter


def follow(f: Any, *args: Any, **kwargs: Any) -> Any:
    """The symbolic result of `f(*args, **kwargs)`.

    Raises:
        ShapeError: the shapes do not fit, or no rule covers `f`.
    """
    if f not in RULES:
        raise uncovered(f)
    return RULES[f](*args, **kwargs)


def uncovered(f: Any) -> Exception:
    """The error for a function that has no rule."""
    return refusal(
        "use functions that a proof can follow",
        f"{name_of(f)}, which none of its rules covers",
        "Prove the parts before and after it, or write it in covered ones.",
        otherwise=name_of(f),
    )


def name_of(f: Any) -> str:
    """`np.sum`, `np.linalg.norm`."""
    module = str(getattr(f, "__module__", None) or "numpy")
    return f"{module.replace('numpy', 'np', 1)}.{getattr(f, '__name__', f)}"


class Symbol:
    """What NumPy must not compute with, but ask."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """`ufunc(*inputs)`, or a method of it such as `reduce`."""
        if method not in RULES:
            raise uncovered(getattr(ufunc, method))
        return RULES[method](ufunc, *inputs, **options)

    def __array_function__(self, f: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Any other function of NumPy."""
        return follow(f, *args, **kwargs)
