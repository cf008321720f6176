"""Whole numbers in a range, numbers, and names from a table, with the errors for all others."""

import dataclasses
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import partial
from sys import float_info
from typing import Any, Self, TypeGuard, cast

import numpy as np

from nnfunc.base.errors import SettingError

LARGEST = 2**31 - 1
"""The largest whole number that a setting may be."""


def whole_number(where: str, name: str, value: Any, least: int = 1) -> int:
    """A setting as an int of Python, which does not overflow as narrow ones of NumPy do.

    Raises:
        SettingError: it is not a whole number from `least` to LARGEST.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        raise SettingError(f"{where}: {name} must be a whole number from {least}; got {value!r}.")
    if value > LARGEST:
        raise SettingError(f"{where}: {name} must be at most {LARGEST}; got {value!r}.")
    return int(cast("int", value))


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number of Python or NumPy, and finite or not."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def is_finite(value: Any) -> bool:
    """Whether a number is one as a float; a narrow one of NumPy must not be compared with the largest."""
    return bool(np.isfinite(value)) if type(value) is not int else value <= float_info.max


def number(where: str, name: str, value: Any, least: float = 0.0, below: float = float("inf")) -> float:
    """A setting as a float from `least`, and below `below`.

    Raises:
        SettingError: it is no such number.
    """
    if not (is_number(value) and least <= value < below and is_finite(value)):
        most = "a finite number" if below == float("inf") else f"below {below:g}"
        raise SettingError(f"{where}: {name} must be {least:g} or more and {most}; got {value!r}.")
    return float(value)


def positive(where: str, name: str, value: Any) -> float:
    """A setting as a float above 0.

    Raises:
        SettingError: it is no such number.
    """
    if not (is_number(value) and value > 0 and is_finite(value)):
        raise SettingError(f"{where}: {name} must be a finite number above 0; got {value!r}.")
    return float(value)


def passes(check: Callable[..., Any], **limits: float) -> dict[str, Any]:
    """The metadata of a field that must pass a check of its place, its name and its value, which returns what is kept.

    rate: float = field(metadata=passes(positive))
    """
    return {"check": partial(check, **limits)}


def check_fields(where: str, given: Any) -> None:
    """Let the fields of a frozen dataclass pass their checks, in their order; None stays where it is the default.

    Raises:
        SettingError: one does not pass.
    """
    for field in dataclasses.fields(given):
        check, value = field.metadata.get("check"), getattr(given, field.name)
        if check is not None and (value is not None or field.default is not None):
            object.__setattr__(given, field.name, check(where, field.name, value))


class Numbers:
    """A frozen dataclass of numbers, which pass their checks, and are made those of Python, when it is made."""

    def __new__(cls, *given: object, **named: object) -> Self:  # noqa: ARG004
        """Refuse a number by position where only its name says which one is meant.

        Raises:
            SettingError: there is one.
        """
        fields = dataclasses.fields(cast("Any", cls))
        placed = [field.name for field in fields if not field.kw_only]
        if len(given) > len(placed):
            value = given[-1]
            rate = "" if placed else f"for the learning rate, nn.train(…, learning_rate={value!r})"
            if len(given) > len(fields):
                remedy = "" if fields else f" Pass, {rate}?"
                raise SettingError(f"{cls.__name__}: it must have at most {len(fields)} numbers; got {given}.{remedy}")
            name = fields[len(given) - 1].name
            remedy = f"Pass {name}={value!r}{', or, ' if rate else ''}{rate}?"
            raise SettingError(f"{cls.__name__}: {name} must be given by its name; got {value!r}. {remedy}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        check_fields(type(self).__name__, self)


def unknown(where: str, what: str, name: object, known: Iterable[str]) -> SettingError:
    """The error for a name that is not in a table, with the nearest name suggested."""
    names = sorted(known)
    near = get_close_matches(str(name).lower().replace("-", "_"), names, n=1)
    remedy = f" Did you mean {near[0]!r}?" if near else ""
    return SettingError(f"{where}: {what} must be one of {', '.join(names)}; got {name!r}.{remedy}")
