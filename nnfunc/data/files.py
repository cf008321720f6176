"""Bytes from a file, plain or gzipped, never more of them than are expected."""

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from nnfunc.errors import DataError

LIMIT = 2**31 - 1
"""Bytes of the largest data file that is read into memory."""

PIECE = 2**20
"""Bytes of one read. One large read would take memory for all that it asks for, however short the file is."""


def read_bytes(path: Path, most: int = LIMIT) -> bytes:
    """What is in a file, decompressed where its name ends in .gz; at most `most` bytes and one more.

    Raises:
        DataError: it is missing, cannot be read, or is not whole.
    """
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as file:
                return _read(cast("BinaryIO", file), most + 1)
        with path.open("rb") as file:
            return _read(file, most + 1)
    except FileNotFoundError as error:
        raise DataError(f"{path}: file must exist; got nothing there. Is the path right?") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{path}: must be a whole gzip file; got {error}. Copy or download it again?") from error
    except OSError as error:
        raise DataError(f"{path}: must be a readable file; got {error.strerror or error}.") from error


def _read(file: BinaryIO, most: int) -> bytes:
    pieces: list[bytes] = []
    while most > 0 and (piece := file.read(min(PIECE, most))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)
