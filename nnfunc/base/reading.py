"""The one way in which a file is read: plain or gzipped, never more bytes than are expected; or mapped."""

import contextlib
import errno
import gzip
import math
import mmap
import stat
import zlib
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from jaxtyping import UInt8

from nnfunc.base.array import Array, sizes_text
from nnfunc.base.errors import DataError

LIMIT = 2**31 - 1
"""Bytes of the largest data file that is read into memory."""

PIECE = 2**20
"""Bytes of one read. One large read would take memory for all that it asks for, however short the file is."""


def read_bytes(path: Path, most: int = LIMIT) -> bytes:
    """What is in a file, decompressed where its name ends in .gz; at most `most` bytes and one more.

    Raises:
        DataError: it is missing, cannot be read, or is not whole.
    """
    with _errors_named(path):
        size_of(path)
        with cast("BinaryIO", gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as file:
            return _read(file, most + 1)


def size_of(path: Path) -> int:
    """Bytes of a file.

    Raises:
        OSError: it is missing, or a device, which has no end.
    """
    status = path.stat()
    if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
        raise OSError(errno.EINVAL, "Is a device")
    return status.st_size


def read_text(path: Path, most: int = LIMIT) -> str:
    """The text in a file, as UTF-8, decompressed where its name ends in .gz.

    Raises:
        DataError: it is missing, cannot be read, is not whole, is no text, or has more than `most` bytes.
    """
    content = read_bytes(path, most)
    if len(content) > most:
        raise DataError(f"{path.name}: must not exceed {most} bytes; got more. Is this the right file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name}: must be text; got bytes that are not. Is this the right file?") from error


def map_bytes(path: Path) -> UInt8[Array, " n"]:
    """What is in a plain file, mapped: each page is read when somebody looks at it, and need not stay in memory.

    The array keeps the file, also after its name is deleted or given to another file. But where the file itself is
    written to, the array changes, and where it is cut short, a look at what is gone ends the program (SIGBUS).

    Raises:
        DataError: it is missing or cannot be mapped.
    """
    with _errors_named(path), path.open("rb") as file:
        size_of(path)
        try:
            return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
        except ValueError:  # an empty file has no page to map
            return np.empty(0, np.uint8)


def after_header(name: str, content: Array, start: int, shape: Sequence[int], itemsize: int = 1) -> Array:
    """The bytes from `start` on, a view; as many as an array of this shape has.

    Raises:
        DataError: they are fewer or more.
    """
    size, found = math.prod(shape) * itemsize, content.size - start
    if found != size:
        raise DataError(
            f"{name}: must hold the {size} bytes of {sizes_text(shape)} after its header; "
            f"got {'fewer' if found < size else 'more'}. Copy or download it again?"
        )
    return content[start:]


@contextlib.contextmanager
def _errors_named(path: Path) -> Generator[None, None, None]:
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(f"{path}: file must exist; got nothing there. Is the path right?") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{path}: must be a whole gzip file; got {error}. Copy or download it again?") from error
    except OSError as error:
        raise DataError(f"{path}: must be a readable file; got {error.strerror or error}.") from error
    except ValueError as error:  # of a name that no file can have
        raise DataError(f"{str(path)!r}: must be the name of a file; got {error}. Is the path right?") from error


def _read(file: BinaryIO, most: int) -> bytes:
    pieces: list[bytes] = []
    while most > 0 and (piece := file.read(min(PIECE, most))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)
