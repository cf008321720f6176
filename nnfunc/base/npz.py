"""Arrays from untrusted .npz files, read without pickle."""

import io
import warnings
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.errors import NnfuncError
from nnfunc.base.reading import size_of

RATIO = 1032
"""The largest ratio of unpacked to packed size: the maximum of deflate."""


def read_arrays(path: Path, error_class: type[NnfuncError], most: int | None = None) -> dict[str, Array]:
    """Return the arrays of an .npz file, read-only. Sizes are checked before memory is allocated.

    Args:
        path: file to read.
        error_class: raised for every error.
        most: upper limit of the arrays' total bytes, in addition to `RATIO` times the length of the file; by default
            that length, so that it must be uncompressed.

    Raises:
        error_class: the file is missing, damaged, or not an .npz of plain arrays.
    """
    try:
        length = size_of(path)
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            size, limit = sum(info.file_size for info in infos), min(most or length, RATIO * length)
            if size > limit:
                raise error_class(f"{path.name}: its arrays must not exceed {limit} bytes; got {size}. Is it damaged?")
            return {info.filename.removesuffix(".npy"): _array(_member(archive, info)) for info in infos}
    except FileNotFoundError as error:
        raise error_class(f"{path}: file must exist; got nothing there. Is the path right?") from error
    except NnfuncError:
        raise
    except OSError as error:
        raise error_class(f"{path}: must be a readable file; got {error.strerror or error}.") from error
    except Exception as error:  # zipfile, its decompressors and NumPy's header reader raise a dozen kinds
        raise error_class(
            f"{path.name}: must be an .npz of plain arrays; got {_kind(path)} ({error}). Is it whole?"
        ) from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return the content of a member, unpacked no further than the size that it states."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("its compression method is not one that NumPy uses")
    with archive.open(info) as file:
        return file.read(info.file_size)


def _array(content: bytes) -> Array:
    file = io.BytesIO(content)
    shape, fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape, order="F" if fortran else "C")


def read_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read an .npy header: shape, whether in Fortran order, and dtype. The array's bytes follow at the file's position.

    Raises:
        ValueError: it is not an .npy header, or of a version that plain arrays do not need; NumPy raises others too.
    """
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"array format {version}")
    with warnings.catch_warnings(action="ignore"):  # anything odd in a header is an error or harmless
        return _HEADERS[version](file)


_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except (OSError, ValueError):
        return "none"
    return "a damaged one" if start == b"PK" else "a pickle" if start[:1] == b"\x80" else "something else"
