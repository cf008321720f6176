"""Reading files, plain or gzipped, never more bytes than expected; or mapping them into memory."""

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
"""The size in bytes of the largest data file that is read into memory."""

PIECE = 2**20
"""The number of bytes per read: a single large read would allocate all that it requests, however short the file."""


def read_bytes(path: Path, most: int = LIMIT) -> bytes:
    """Return the content of a file, decompressed if its name ends in .gz.

    At most `most` + 1 bytes are read: one more than `most` tells the caller that the file is too long.

    Raises:
        DataError: it is missing, cannot be read, or is truncated.
    """
    with _errors_named(path):
        size_of(path)
        with cast("BinaryIO", gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as file:
            return _read(file, most + 1)


def size_of(path: Path) -> int:
    """Return the size of a file in bytes.

    Raises:
        OSError: it is missing, or a device, which has no end.
    """
    status = path.stat()
    if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
        raise OSError(errno.EINVAL, "Is a device")
    return status.st_size


def read_text(path: Path, most: int = LIMIT) -> str:
    """Return the UTF-8 text in a file, decompressed if its name ends in .gz.

    Raises:
        DataError: it is missing, cannot be read, is truncated, is not text, or has more than `most` bytes.
    """
    content = read_bytes(path, most)
    if len(content) > most:
        raise DataError(f"{path.name}: must not exceed {most} bytes; got more. Is this the right file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name}: must be text; got bytes that are not. Is this the right file?") from error


def map_bytes(path: Path) -> UInt8[Array, " n"]:
    """Map a plain file into memory: each page is read at its first access, and can be evicted again.

    The array keeps the file alive, even after its name is deleted or given to another file. But if the file itself is
    written to, the array changes, and if it is truncated, access to the missing part kills the program (SIGBUS).

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
    """Return a view of the bytes from `start` on, which must be exactly those of an array of this shape.

    Raises:
        DataError: there are fewer or more.
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
    except ValueError as error:  # a name that no file can have
        raise DataError(f"{str(path)!r}: must be the name of a file; got {error}. Is the path right?") from error


def _read(file: BinaryIO, most: int) -> bytes:
    pieces: list[bytes] = []
    while most > 0 and (piece := file.read(min(PIECE, most))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)
