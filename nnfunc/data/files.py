"""Bytes from a file, plain or gzipped, never more of them than are expected."""

import gzip
import zlib
from pathlib import Path

from nnfunc.errors import DataError

LIMIT = 2**31 - 1
"""Bytes of the largest data file that is read into memory."""


def read_bytes(path: Path, most: int = LIMIT) -> bytes:
    """What is in a file, decompressed where its name ends in .gz; at most `most` bytes and one more.

    Raises:
        DataError: it is missing, cannot be read, or is not whole.
    """
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as file:
                return file.read(most + 1)
        with path.open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError as error:
        raise DataError(f"{path}: file must exist; got nothing there. Is the path right?") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{path}: must be a whole gzip file; got {error}. Copy or download it again?") from error
    except OSError as error:
        raise DataError(f"{path}: must be a readable file; got {error.strerror or error}.") from error
