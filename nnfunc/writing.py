"""The one way in which a file is written: whole or not at all. And whose a folder is meanwhile."""

import contextlib
import os
from collections.abc import Callable, Generator
from pathlib import Path

from nnfunc.errors import CheckpointError, SettingError

TEMPORARY = ".tmp"
"""How the name of a file ends that is being written; it begins with a dot."""

LOCK = ".lock"
"""The file that says that a folder is in use."""


def write_whole(path: Path, content: bytes, *, check: Callable[[Path], object] | None = None) -> None:
    """Write a file whole or not at all: a temporary file in its folder, synced, takes its name.

    Args:
        path: of the file; what was there before stays as it is until the new one takes its name.
        content: of the file.
        check: reads what was written, before it takes the name, and raises where it is not what it should be.

    Raises:
        CheckpointError: the folder is missing or cannot be written to, or the disk is full.
    """
    path = path.resolve()
    temporary = path.with_name(f".{os.urandom(8).hex()}{TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if check is not None:
            check(temporary)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise CheckpointError(
            f"{path}: must be a place that can be written to; got {error.strerror or error}. Choose another path?"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder, if it is not there.

    Raises:
        CheckpointError: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CheckpointError(
            f"{folder}: must be a folder that can be written to; got {error.strerror or error}. Choose another path?"
        ) from error
    if not os.access(folder, os.W_OK):
        raise CheckpointError(f"{folder}: must be a folder that can be written to; got none. Choose another path?")


def check_writable(path: Path) -> None:
    """Refuse a path that `write_whole` could not write, before the work whose result is to go there.

    Raises:
        CheckpointError: the folder is missing or cannot be written to, or the path is a folder.
    """
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or path.is_dir():
        what = "a folder" if path.is_dir() else "no such folder"
        raise CheckpointError(
            f"{path}: must be a file in a folder that can be written to; got {what}. Choose another path?"
        )


@contextlib.contextmanager
def locked(folder: Path) -> Generator[None]:
    """Keep a folder for this process alone; what a process that died was writing there is deleted.

    The lock is the operating system's, which takes it from a process that dies. Windows has none.

    Raises:
        SettingError: another process, or another run of this one, has it.
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
        raise CheckpointError(
            f"{folder}: must be a folder that can be written to; got {error.strerror or error}. Choose another path?"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingError(
                f"{folder}: must be a folder that no other run is writing to; got one that is in use. "
                f"Wait for that run, or choose another name?"
            ) from error
        for path in folder.glob(f".*{TEMPORARY}"):
            path.unlink(missing_ok=True)
        yield


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
