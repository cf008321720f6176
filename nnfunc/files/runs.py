"""A run is a folder: settings that repeat it, the history of its figures, its model, and where it stands."""

import json
import platform
import tomllib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import numpy as np

from nnfunc.base.errors import DataError, SettingError
from nnfunc.base.reading import read_text
from nnfunc.base.writing import locked, make_folder, write_whole

FORMAT = 1
"""Version of the settings file. A higher one is refused."""

LARGEST = 2**20
"""Bytes of the largest settings file."""

SETTINGS, HISTORY, MODEL, CHECKPOINT = "settings.toml", "history.csv", "model.npz", "checkpoint.npz"
"""What is in a run."""


@contextmanager
def begun(folder: Path, settings: Mapping[str, Any], version: str) -> Generator[None]:
    """The folder of a new run, with its settings, kept for this process.

    Args:
        folder: which must not hold another run; it is made if it is not there.
        settings: numbers, texts, truths, lists of them; None is left out.
        version: of nnfunc.

    Raises:
        SettingError: there is a run in the folder.
        CheckpointError: the folder cannot be made or written to.
    """
    content = _content(folder, settings, version)
    make_folder(folder)
    with locked(folder):
        if (folder / SETTINGS).exists():
            raise SettingError(
                f"{folder}: must be a folder without a run; got one with {SETTINGS}. "
                f"Choose another name, or go on with nnfunc train --resume {folder}?"
            )
        write_whole(folder / SETTINGS, content)
        yield


def rewrite_settings(folder: Path, settings: Mapping[str, Any], version: str) -> None:
    """Note with which settings a run goes on: it may be for more epochs, or with another version.

    Raises:
        CheckpointError: they cannot be written.
    """
    write_whole(folder / SETTINGS, _content(folder, settings, version))


def _content(folder: Path, settings: Mapping[str, Any], version: str) -> bytes:
    versions = {"python": platform.python_version(), "numpy": np.__version__, "nnfunc": version}
    lines = [
        f"# nnfunc train --config {SETTINGS}  repeats this run.",
        f"format = {FORMAT}",
        *("", "[versions]", *(f"{name} = {_toml(value)}" for name, value in versions.items())),
        *("", "[train]", *(f"{name} = {_toml(value)}" for name, value in settings.items() if value is not None)),
    ]
    try:
        return ("\n".join(lines) + "\n").encode()
    except UnicodeEncodeError as error:
        raise SettingError(
            f"{folder}: its settings must be Unicode text; got a path that is not. Rename it?"
        ) from error


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    items: Any = value
    if type(items) in (tuple, list):
        return f"[{', '.join(_toml(item) for item in items)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def read_settings(path: Path, known: set[str]) -> dict[str, Any]:
    """The settings of a run; lists as tuples.

    Args:
        path: the file, or the folder of the run.
        known: names of settings that there are.

    Raises:
        DataError: the file is missing, no TOML, or of a newer version.
        SettingError: it has a setting that there is not.
    """
    found, path = _content_of(path)
    settings = found["train"]
    for name in settings:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f" Did you mean {near[0]!r}?" if near else ""
            raise SettingError(f"{path.name}: settings must be options of nnfunc train; got {name!r}.{remedy}")
    return {name: tuple(cast("Any", value)) if isinstance(value, list) else value for name, value in settings.items()}


def read_versions(path: Path) -> dict[str, str]:
    """The versions with which a run was made, by name.

    Raises:
        DataError: the file is missing, no TOML, or of a newer version.
    """
    return {str(name): str(version) for name, version in _content_of(path)[0]["versions"].items()}


def _content_of(path: Path) -> tuple[dict[str, dict[str, Any]], Path]:
    path = path / SETTINGS if path.is_dir() else path
    try:
        content = tomllib.loads(read_text(path, most=LARGEST))
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{path}: settings must be TOML; got something else ({error}). Is this the right file?"
        ) from error
    found: Any = content.get("train", {})
    versions: Any = content.get("versions", {})
    version = content.get("format")
    if type(version) is not int or type(found) is not dict or type(versions) is not dict:
        raise DataError(
            f"{path.name}: must have a number 'format' and a table [train]; got another file. Is this a run's?"
        )
    if version > FORMAT:
        raise DataError(
            f"{path.name}: format must be {FORMAT} or below; got {version}, of a newer nnfunc. Upgrade nnfunc?"
        )
    return {"train": found, "versions": versions}, path
