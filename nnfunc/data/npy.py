"""Memory-mapped .npy files, samples first: never unpickled, and no header is trusted unchecked."""

import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nnfunc.base.array import Array, sizes_text
from nnfunc.base.errors import DataError
from nnfunc.base.npz import read_header
from nnfunc.base.reading import after_header, map_bytes
from nnfunc.data.encoding import to_columns

LONGEST = 2**16
"""The number of bytes within which the header of a file must end."""


class _File(NamedTuple):
    """A mapped file of which only the header has been read."""

    name: str
    content: Array
    start: int
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]


def map_samples(path: Path) -> Array:
    """Memory-map X, n×m, from an .npy of m×n or of m images.

    Raises:
        DataError: it is missing, not such an .npy, longer or shorter than its header says, or not contiguous.
    """
    file = _open(path)
    if file.dtype not in (np.dtype(np.uint8), np.dtype(np.float32), np.dtype(np.float64)):
        raise DataError(
            f"{file.name}: must hold uint8 pixels, float32 or float64; got {_kind(file.dtype)}. "
            f"Save x.astype(np.float32), or np.uint8 for pixels 0..255?"
        )
    if len(file.shape) not in (2, 3):
        raise DataError(f"{file.name}: must be m×n, or m×height×width images; got {sizes_text(file.shape)}.")
    x = _array(file)
    if not x.flags.c_contiguous:
        raise DataError(
            f"{file.name}: each sample must lie in one piece, to be mapped; got Fortran's order. "
            f"Save np.ascontiguousarray(x)?"
        )
    return to_columns(x) if x.ndim == 3 else x.T


def map_targets(path: Path) -> Array:
    """Memory-map y, m labels or n_out×m targets, from an .npy of m labels or of m×n_out targets.

    Raises:
        DataError: it is missing or not such an .npy, or shorter or longer than its header says.
    """
    file = _open(path)
    if len(file.shape) not in (1, 2):
        raise DataError(f"{file.name}: must be m labels, or m×n_out targets; got {sizes_text(file.shape)}.")
    kinds, what = ("iu", "integer labels") if len(file.shape) == 1 else ("biuf", "real targets")
    if file.dtype.kind not in kinds or not file.dtype.isnative:
        raise DataError(f"{file.name}: must hold {what}; got {_kind(file.dtype)}. Save y.astype(np.int64)?")
    return _array(file).T


def _open(path: Path) -> _File:
    content = map_bytes(path)
    head = io.BytesIO(content[:LONGEST].tobytes())
    try:
        shape, fortran, dtype = read_header(head)
    except Exception as error:  # NumPy's header reader raises a dozen kinds of errors
        start = head.getvalue()[:6]
        what = "a damaged one" if start == b"\x93NUMPY" else "a pickle" if start[:1] == b"\x80" else "something else"
        raise DataError(f"{path.name}: must be an .npy of a plain array; got {what}. Is it whole?") from error
    return _File(path.name, content, head.tell(), tuple(map(int, shape)), fortran, dtype)


def _array(file: _File) -> Array:
    """Return a view of the array, whose dtype and number of axes must have been checked."""
    if min(file.shape) < 1:
        raise DataError(f"{file.name}: each of its sizes must be 1 or more; got {sizes_text(file.shape)}.")
    content = after_header(file.name, file.content, file.start, file.shape, file.dtype.itemsize)
    if file.start % file.dtype.itemsize:  # not aligned: NumPy would copy all of it, again and again
        raise DataError(
            f"{file.name}: header must be a multiple of {file.dtype.itemsize} bytes; got {file.start}. "
            f"Save it with np.save?"
        )
    return content.view(file.dtype).reshape(file.shape, order="F" if file.fortran else "C")


def _kind(dtype: np.dtype[Any]) -> str:
    if dtype.hasobject:
        return "Python objects"
    if dtype.names or dtype.subdtype:
        return "a structured dtype"
    return str(dtype) if dtype.isnative else f"{dtype.newbyteorder('=')} in the other byte order"
