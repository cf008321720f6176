"""Conversion of the options of `nnfunc train` to the settings of a run, and back."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin

from nnfunc.base.errors import SettingError
from nnfunc.cli.options import Generalisation, Network, Result, Steps
from nnfunc.files import runs
from nnfunc.tracing.tree import TYPE_OF

NOT_REPEATED = {"out", "run_folder", "config", "resume"}
"""Options that say where a run is, and where its settings come from: they are not settings themselves."""

KINDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", Path: "a path"}

MADE_FROM = {float: int, Path: str}
"""The types that a setting may have instead of its own: a whole number for a number, a text for a path."""

Group = TypeVar("Group")


def settings_of(groups: Sequence[Any]) -> dict[str, Any]:
    """Return all options that a run depends on, by name."""
    found = {name: value for group in groups for name, value in dataclasses.asdict(group).items()}
    data = found["data"] and str(Path(found["data"]).resolve())
    return {name: value for name, value in found.items() if name not in NOT_REPEATED} | {"data": data}


def groups_of(path: Path) -> tuple[Network, Steps, Generalisation, Result]:
    """Read the options that repeat a run.

    Raises:
        SettingError: they are not valid settings, or one has another type.
    """
    kinds: tuple[Any, ...] = (Network, Steps, Generalisation, Result)
    known = {field.name for kind in kinds for field in dataclasses.fields(kind)} - NOT_REPEATED
    given = runs.read_settings(path, known)
    return (
        _group(path, Network, given),
        _group(path, Steps, given),
        _group(path, Generalisation, given),
        _group(path, Result, given),
    )


def _group(path: Path, kind: type[Group], given: dict[str, Any]) -> Group:
    return kind(
        **{
            field.name: _value(path, field.name, given[field.name], field.type)
            for field in dataclasses.fields(cast("Any", kind))
            if field.name in given
        }
    )


def _value(path: Path, name: str, value: Any, hint: Any) -> Any:
    """Convert a setting to the type of its option: Annotated[T | None, …], or T."""
    hint = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    is_one = get_origin(hint) in (None, tuple) and not isinstance(hint, UnionType)
    options = [hint] if is_one else [one for one in get_args(hint) if one is not type(None)]
    fitting = [one for option in options if (one := _fitting(value, option)) is not None]
    if not fitting:
        raise SettingError(f"{path.name}: {name} must be {' or '.join(map(_text, options))}; got {value!r}.")
    return fitting[0]


def _fitting(value: Any, kind: Any) -> Any:
    """Return the value converted to a type, or None if it does not fit."""
    if getattr(kind, "__origin__", None) is tuple:
        inner = [one for one in get_args(kind) if one is not ...]
        items = [_fitting(item, inner[0]) for item in value] if TYPE_OF(value) is tuple else [None]
        is_long = ... in get_args(kind) or len(items) == len(inner)
        return tuple(items) if is_long and None not in items else None
    if isinstance(kind, type):
        return kind(value) if type(value) in (kind, MADE_FROM.get(kind)) else None
    return value if value in get_args(kind) else None  # a literal


def _text(kind: Any) -> str:
    if getattr(kind, "__origin__", None) is tuple:
        one, *rest = get_args(kind)
        return f"a list, each {KINDS[one]}" if ... in rest else f"a list of {1 + len(rest)}, each {KINDS[one]}"
    return KINDS[kind] if kind in KINDS else " or ".join(repr(one) for one in get_args(kind))
