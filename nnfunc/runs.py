"""A run is a folder: settings that repeat it, the history of its figures, its models, and what it ran on."""

import json
import platform
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import numpy as np

from nnfunc.errors import SettingError
from nnfunc.files import make_folder, write_whole

FORMAT = 1
"""Version of the settings file. A higher one is refused."""

SETTINGS, HISTORY, MODEL, CHECKPOINTS = "settings.toml", "history.csv", "model.npz", "checkpoints"
"""What is in a run."""


def begin(folder: Path, settings: Mapping[str, Any], version: str) -> None:
    """Make the folder of a run, with its settings and the versions of what it runs on.

    Args:
        folder: which must not hold another run.
        settings: numbers, texts, truths, lists of them; None is left out.
        version: of nnfunc.

    Raises:
        SettingError: there is a run in the folder.
        CheckpointError: the folder cannot be made or written to.
    """
    if (folder / SETTINGS).exists():
        raise SettingError(f"{folder}: must be a folder without a run; got one with {SETTINGS}. Choose another name?")
    versions = {"python": platform.python_version(), "numpy": np.__version__, "nnfunc": version}
    lines = [
        f"# nnfunc train --config {SETTINGS}  repeats this run.",
        f"format = {FORMAT}",
        *("", "[versions]", *(f"{name} = {_toml(value)}" for name, value in versions.items())),
        *("", "[train]", *(f"{name} = {_toml(value)}" for name, value in settings.items() if value is not None)),
    ]
    try:
        content = ("\n".join(lines) + "\n").encode()
    except UnicodeEncodeError as error:
        raise SettingError(
            f"{folder}: its settings must be Unicode text; got a path that is not. Rename it?"
        ) from error
    make_folder(folder)
    write_whole(folder / SETTINGS, content)


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
        SettingError: the file is missing, no TOML, of a newer version, or has a setting that there is not.
    """
    path = path / SETTINGS if path.is_dir() else path
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingError(f"{path}: settings must exist; got nothing there. Is the path right?") from error
    except (OSError, ValueError, RecursionError) as error:
        raise SettingError(f"{path}: settings must be readable TOML; got {error}.") from error
    found: Any = content.get("train", {})
    version = content.get("format")
    if type(version) is not int or type(found) is not dict:
        raise SettingError(f"{path.name}: must have a number 'format' and a table [train]; got another file.")
    if version > FORMAT:
        raise SettingError(
            f"{path.name}: format must be {FORMAT} or below; got {version}, of a newer nnfunc. Upgrade nnfunc?"
        )
    settings = cast("dict[str, Any]", found)
    for name in settings:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f" Did you mean {near[0]!r}?" if near else ""
            raise SettingError(f"{path.name}: settings must be options of nnfunc train; got {name!r}.{remedy}")
    return {name: tuple(cast("Any", value)) if isinstance(value, list) else value for name, value in settings.items()}
