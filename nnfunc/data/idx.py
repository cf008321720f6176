"""IDX files, the format of MNIST: a magic number, the sizes of the axes, and the bytes."""

import math
import struct
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError
from nnfunc.base.reading import LIMIT, after_header, map_bytes, read_bytes
from nnfunc.data.dataset import Dataset
from nnfunc.data.encoding import to_columns

IMAGES, LABELS = 2051, 2049
"""The magic numbers of arrays of unsigned bytes with three axes and with one axis."""

_KINDS = {IMAGES: "images", LABELS: "labels"}


def read_idx(path: str | Path, *, magic: int | None = None) -> UInt8[Array, "..."]:
    """Read the array in an IDX file, plain or .gz: images (m, height, width) or labels (m,), as uint8.

    Args:
        path: file to read.
        magic: the required magic number; by default that of images or that of labels.

    Raises:
        DataError: the file is missing, of another kind, or shorter or longer than its header says.
    """
    path = Path(path)
    shape, header = _shape(path.name, read_bytes(path, most=16), magic)
    size = math.prod(shape)
    if size > LIMIT:
        raise DataError(
            f"{path.name}: the sizes in its header must not exceed {LIMIT} bytes; got {shape}. Is it damaged? "
            f"If not, pass its folder, unpacked, to nn.load_mapped."
        )
    content = read_bytes(path, most=header + size)
    return after_header(path.name, np.frombuffer(content, np.uint8), header, shape).reshape(shape)


def map_idx(path: Path, *, magic: int | None = None) -> UInt8[Array, "..."]:
    """Memory-map the array in an IDX file; a .gz file is read instead."""
    if path.suffix == ".gz":
        return read_idx(path, magic=magic)
    content = map_bytes(path)
    shape, header = _shape(path.name, content[:16].tobytes(), magic)
    return after_header(path.name, content, header, shape).reshape(shape)


def _shape(name: str, start: bytes, magic: int | None) -> tuple[tuple[int, ...], int]:
    """Return the sizes of the axes, and the offset of the array in bytes."""
    if len(start) < 4:
        raise DataError(f"{name}: must begin with a magic number of 4 bytes; got {len(start)} bytes. Is it empty?")
    (found,) = struct.unpack(">I", start[:4])
    header = 4 + 4 * (found & 0xFF)  # the last byte of the magic number counts the axes
    if found in _KINDS and len(start) < header:
        raise DataError(f"{name}: must have a header of {header} bytes; got {len(start)} bytes. Is it truncated?")
    if found not in ([magic] if magic else _KINDS):
        wanted = " or ".join(f"{number} ({kind})" for number, kind in _KINDS.items() if magic in (None, number))
        remedy = f" Is this the {_KINDS[found][:-1]} file?" if found in _KINDS else " Is this an IDX file?"
        raise DataError(f"{name}: magic number must be {wanted}; got {found}.{remedy}")
    shape = struct.unpack(f">{header // 4 - 1}I", start[4:header])
    if 0 in shape and math.prod(n or 1 for n in shape) > LIMIT:  # too large for NumPy, although it has no entry
        raise DataError(f"{name}: the sizes in its header must be those of an array; got {shape}. Is it damaged?")
    return shape, header


def read_pair(folder: Path, part: str, *, mapped: bool = False) -> Dataset:
    """Read the images of a part, "train" or "t10k", with their labels; `mapped`: map those not in .gz."""
    if not folder.is_dir():
        raise DataError(
            f"{folder}: must be a folder of IDX files; got {'a file' if folder.exists() else 'nothing there'}."
        )
    images, labels = (
        _find(folder, f"{part}-images", "idx3-ubyte"),
        _find(folder, f"{part}-labels", "idx1-ubyte"),
    )
    read = map_idx if mapped else read_idx
    X, y = to_columns(read(images, magic=IMAGES)), read(labels, magic=LABELS)
    if X.shape[1] != len(y):
        raise DataError(
            f"{folder}: the numbers of images and labels must be equal; "
            f"got {X.shape[1]} in {images.name} and {len(y)} in {labels.name}."
        )
    return Dataset(X, y)


def _find(folder: Path, stem: str, kind: str) -> Path:
    for name in (f"{stem}-{kind}", f"{stem}.{kind}", f"{stem}-{kind}.gz", f"{stem}.{kind}.gz"):
        if (folder / name).is_file():
            return folder / name
    raise DataError(
        f"{folder}: must contain {stem}-{kind}, or the same with .gz; got no such file. "
        f"Download them with 'nnfunc data mnist'?"
    )
