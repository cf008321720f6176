"""Writing files, whole or not at all."""

import contextlib
import errno
import os
import shutil
from pathlib import Path

from nnfunc.base.errors import CheckpointError

TEMPORARY = ".nnfunc-{}.tmp"
"""The name pattern of a file that is still being written."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: write, sync and read back a temporary file next to it, then rename that.

    Raises:
        CheckpointError: the folder is missing or not writable, the disk is full, or other bytes are read back.
    """
    try:
        path = path.resolve()
        if path.is_symlink():  # a cycle of links, which newer Pythons resolve without an error
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "Is a directory" if path.is_dir() else "Is a device")
    except (OSError, RuntimeError, ValueError) as error:  # cycles of links, and names that no file can have
        raise unwritable(path, "a place", error) from error
    temporary = path.with_name(TEMPORARY.format(os.urandom(8).hex()))
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if temporary.read_bytes() != content:
            raise CheckpointError(f"{path}: must be read back as written; got different bytes. Is the disk failing?")
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, "a place", error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def make_folder(folder: Path) -> None:
    """Create a folder if it does not exist.

    Raises:
        CheckpointError: it cannot be created or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, "a folder", error) from error
    if not os.access(folder, os.W_OK):
        raise CheckpointError(f"{folder}: must be a folder that can be written to; got none. Choose another path?")


def check_writable(path: Path) -> None:
    """Refuse a path that `write_whole` could not write to; call it before the work whose result is to be saved there.

    Raises:
        CheckpointError: the folder is missing or not writable, or the path is a folder.
    """
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or path.is_dir():
        raise CheckpointError(
            f"{path}: must be a file in a folder that can be written to; "
            f"got {'a folder' if path.is_dir() else 'no such folder'}. Choose another path?"
        )


def unwritable(path: Path, what: str, error: Exception) -> CheckpointError:
    """Return the error for a path that cannot be written to."""
    name = str(path).encode(errors="backslashreplace").decode()
    return CheckpointError(
        f"{name}: must be {what} that can be written to; got {getattr(error, 'strerror', None) or error}. "
        f"Choose another path?"
    )


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
