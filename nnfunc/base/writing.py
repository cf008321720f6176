"""Writing files, whole or not at all, and locking the folder that they are written to."""

import contextlib
import errno
import os
import shutil
from collections.abc import Generator
from pathlib import Path

from nnfunc.base.errors import CheckpointError, SettingError

TEMPORARY = ".nnfunc-{}.tmp"
"""The name pattern of a file that is still being written."""

LOCK = ".lock"
"""The name of the file whose lock marks a folder as in use."""


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
        raise _unwritable(path, "a place", error) from error
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
        raise _unwritable(path, "a place", error) from error
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
        raise _unwritable(folder, "a folder", error) from error
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


@contextlib.contextmanager
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
        raise _unwritable(folder, "a folder", error) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingError(
                f"{folder}: must be a folder that no other run is writing to; got one that is in use. "
                f"Wait for that run, or choose another name?"
            ) from error
        except OSError as error:  # a network file system without locks, perhaps
            raise _unwritable(folder, "a folder", error) from error
        for path in folder.glob(TEMPORARY.format("*")):
            path.unlink(missing_ok=True)
        yield


def _unwritable(path: Path, what: str, error: Exception) -> CheckpointError:
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
