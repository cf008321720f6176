"""The folder of a training run: the settings that repeat it, the history of its figures, its model and checkpoint."""

import json
import platform
import tomllib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from nnfunc.base.errors import DataError, SettingError
from nnfunc.base.guesses import meant
from nnfunc.base.reading import read_text
from nnfunc.base.writing import TEMPORARY, make_folder, unwritable, write_whole

FORMAT = 1
"""The version of the settings file. Newer ones are refused."""

LARGEST = 2**20
"""The largest size of a settings file, in bytes."""

SETTINGS, HISTORY, MODEL, CHECKPOINT = "settings.toml", "history.csv", "model.npz", "checkpoint.npz"
"""The files of a run."""

LOCK = ".lock"
"""The name of the file whose lock marks a folder as in use."""


@contextmanager
def begun(folder: Path, settings: Mapping[str, Any], version: str) -> Generator[None]:
    """Create the folder of a new run, write its settings, and lock it while the context is open.

    Args:
        folder: must not contain another run; it is created if it does not exist.
        settings: numbers, texts, booleans, and lists of them; None is left out.
        version: of nnfunc.

    Raises:
        SettingError: the folder contains a run, or is locked by another one; or its path is not Unicode.
        CheckpointError: the folder cannot be created or written to.
    """
    content = _content(folder, settings, version)
    make_folder(folder)
    with locked(folder):
        if (folder / SETTINGS).exists():
            raise SettingError(
                f"{folder}: must be a folder without a run; got one with {SETTINGS}. "
                f"Choose another name, or resume with nnfunc train --resume {folder}?"
            )
        write_whole(folder / SETTINGS, content)
        yield


def rewrite_settings(folder: Path, settings: Mapping[str, Any], version: str) -> None:
    """Write the settings with which a run resumes: perhaps for more epochs, or with another version.

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
    """Read the settings of a run; lists become tuples.

    Args:
        path: the file, or the folder of the run.
        known: the names of all settings.

    Raises:
        DataError: the file is missing, not TOML, or of a newer version.
        SettingError: it has an unknown setting.
    """
    found, path = _content_of(path)
    settings = found["train"]
    for name in settings:
        if name not in known:
            likely = meant(name, known)
            remedy = f" Did you mean {likely!r}?" if likely else ""
            raise SettingError(f"{path.name}: settings must be options of nnfunc train; got {name!r}.{remedy}")
    return {name: tuple(cast("Any", value)) if isinstance(value, list) else value for name, value in settings.items()}


def read_versions(path: Path) -> dict[str, str]:
    """Read the versions of Python, NumPy and nnfunc that a run used, by name.

    Raises:
        DataError: the file is missing, not TOML, or of a newer version.
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


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Lock a folder against other runs, and delete the unfinished files of a process that died while writing there.

    The lock is the operating system's, which releases it when the process dies. On Windows nothing is locked.

    Raises:
        SettingError: another process, or another run in this one, holds the lock.
        CheckpointError: the folder cannot be written to.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        file = (folder / LOCK).open("a")
    except OSError as error:
        raise unwritable(folder, "a folder", error) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingError(
                f"{folder}: must be a folder that no other run is writing to; got one that is in use. "
                f"Wait for that run, or choose another name?"
            ) from error
        except OSError as error:  # a network file system without locks, perhaps
            raise unwritable(folder, "a folder", error) from error
        for path in folder.glob(TEMPORARY.format("*")):
            path.unlink(missing_ok=True)
        yield
