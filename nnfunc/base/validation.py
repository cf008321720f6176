"""Validation of settings: whole numbers, real numbers and names from a table, with one error sentence for each."""

import dataclasses
from collections.abc import Callable, Iterable
from functools import partial
from sys import float_info
from typing import Any, Self, TypeGuard, cast

import numpy as np

from nnfunc.base.errors import SettingError
from nnfunc.base.guesses import meant

LARGEST = 2**31 - 1
"""The largest whole number allowed as a setting."""


def whole_number(where: str, name: str, value: Any, least: int = 1) -> int:
    """Return a setting as a Python int, which does not overflow like NumPy's narrow ones.

    Raises:
        SettingError: it is not a whole number from `least` to LARGEST.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        raise SettingError(f"{where}: {name} must be a whole number from {least}; got {value!r}.")
    if value > LARGEST:
        raise SettingError(f"{where}: {name} must be at most {LARGEST}; got {value!r}.")
    return int(cast("int", value))


def is_number(value: Any) -> TypeGuard[int | float]:
    """Return whether a value is a real number of Python or NumPy, finite or not; a bool is not."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def is_finite(value: Any) -> bool:
    """Return whether a number is finite as a float.

    Only an int is compared with the largest float, which a narrow NumPy float cannot represent.
    """
    return bool(np.isfinite(value)) if type(value) is not int else value <= float_info.max


def number(where: str, name: str, value: Any, least: float = 0.0, below: float = float("inf")) -> float:
    """Return a setting as a float.

    Raises:
        SettingError: it is not a finite number from `least` on and below `below`.
    """
    if not (is_number(value) and least <= value < below and is_finite(value)):
        most = "a finite number" if below == float("inf") else f"below {below:g}"
        raise SettingError(f"{where}: {name} must be {least:g} or more and {most}; got {value!r}.")
    return float(value)


def positive(where: str, name: str, value: Any) -> float:
    """Return a setting as a float.

    Raises:
        SettingError: it is not a finite number above 0.
    """
    if not (is_number(value) and value > 0 and is_finite(value)):
        raise SettingError(f"{where}: {name} must be a finite number above 0; got {value!r}.")
    return float(value)


def passes(check: Callable[..., Any], **limits: float) -> dict[str, Any]:
    """Return the metadata of a dataclass field: `check(where, name, value, **limits)` returns the value to store.

    rate: float = field(metadata=passes(positive))
    """
    return {"check": partial(check, **limits)}


def check_fields(where: str, given: Any) -> None:
    """Check the fields of a frozen dataclass in order and store what the checks return; a default of None is kept.

    Raises:
        SettingError: a field does not pass its check.
    """
    for field in dataclasses.fields(given):
        check, value = field.metadata.get("check"), getattr(given, field.name)
        if check is not None and (value is not None or field.default is not None):
            object.__setattr__(given, field.name, check(where, field.name, value))


class Numbers:
    """A base class for frozen dataclasses of numbers, which are checked and converted to Python's at construction."""

    def __new__(cls, *given: object, **named: object) -> Self:  # noqa: ARG004
        """Refuse a number passed by position for a keyword-only field.

        Raises:
            SettingError: there is one, or there are more numbers than fields.
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
    """Return the error for a name that is not in a table; it suggests the known name that is meant."""
    names = sorted(known)
    likely = meant(name, names)
    remedy = f" Did you mean {likely!r}?" if likely else ""
    return SettingError(f"{where}: {what} must be one of {', '.join(names)}; got {name!r}.{remedy}")
