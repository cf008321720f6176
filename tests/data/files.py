"""Small files of data in every format, whole and broken, and what is said of them."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.data.idx import IMAGES, LABELS

X3 = np.zeros((2, 3), np.float32)
y3 = np.array([0, 1, 2])
x6 = np.random.default_rng(0).integers(0, 256, (6, 20), np.uint8)
y6 = np.array([0, 1, 2, 3, 4, 5], np.uint8)

PIXELS = ",".join(["7"] * 784)
HEADER = "label," + ",".join(f"pixel{i}" for i in range(784))


def message_of(f: Callable[[], object], error: type[nn.NnfuncError] = nn.DataError) -> str:
    with pytest.raises(error) as info:
        f()
    assert type(info.value) is error
    return str(info.value)


def write(path: Path, content: bytes | bytearray | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def npy(path: Path, x: Any, *, version: tuple[int, int] = (1, 0)) -> Path:
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.asanyarray(x), version)
    return path


def without(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).unlink()
    return folder


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def png(path: Path, x: nn.Array) -> Path:
    Image = pytest.importorskip("PIL.Image")
    Image.fromarray(x).save(path)
    return path


def csv(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def idx(magic: int, shape: tuple[int, ...], content: bytes) -> bytes:
    return struct.pack(f">{1 + len(shape)}I", magic, *shape) + content


def images_file(m: int) -> bytes:
    return idx(IMAGES, (m, 28, 28), bytes(m * 784))


FILES = {
    "train-images-idx3-ubyte": images_file(3),
    "train-labels-idx1-ubyte": idx(LABELS, (3,), bytes([0, 1, 2])),
    "t10k-images-idx3-ubyte": images_file(2),
    "t10k-labels-idx1-ubyte": idx(LABELS, (2,), bytes([3, 4])),
}


BROKEN_IMAGES: list[tuple[bytes, str]] = [
    (b"", "must begin with a magic number of 4 bytes; got 0 bytes. Is it empty?"),
    (images_file(2)[:9], "must have a header of 16 bytes; got 9 bytes. Is it truncated?"),
    (images_file(2)[:-1], "must hold the 1568 bytes of 2×28×28 after its header; got fewer. "
                          "Copy or download it again?"),
    (images_file(2) + b"x", "must hold the 1568 bytes of 2×28×28 after its header; got more. "
                            "Copy or download it again?"),
    (idx(LABELS, (3,), b"abc"), "magic number must be 2051 (images); got 2049. Is this the label file?"),
]  # fmt: skip
"""IDX files that are no images, and what is said of them, read or mapped."""


NUMBERS = "must hold whole numbers 0..255, the same number in each row; got"
CSV_FAULTS = [
    pytest.param("", "must have at least one row; got an empty file.", id="empty"),
    pytest.param("\n \n\n", "must have at least one row; got an empty file.", id="blanks"),
    pytest.param(csv(HEADER), "must have at least one row; got only a header.", id="header"),
    pytest.param(csv(HEADER, "", ""), "must have at least one row; got only a header.", id="header, blank lines"),
    pytest.param(b"\xff\xfe1\x00,\x00", "must be text; got bytes that are not. Is this the right file?", id="UTF-16"),
    pytest.param(csv(f"3,{PIXELS[2:]}"), "must have a label column; got 784 columns. Are these images to predict?",
                 id="784 columns"),
    pytest.param(csv(PIXELS[2:]), "rows must have 784 columns of pixels, or one more with the label; got 783.", id="783 columns"),
    pytest.param(csv(f"1,2,{PIXELS}"), "rows must have 784 columns of pixels, or one more with the label; got 786.",
                 id="786 columns"),
    pytest.param(csv(HEADER, f"3,{PIXELS}", f"3,{PIXELS[2:]}"), f"{NUMBERS} 784 instead of 785 in line 3.",
                 id="ragged"),
    pytest.param(csv(HEADER, "", f"3,{PIXELS}", "", f"3,{PIXELS},7"), f"{NUMBERS} 786 instead of 785 in line 5.",
                 id="ragged, blank lines"),
    *(
        pytest.param(csv(HEADER, f"3,{PIXELS}", f"3,{PIXELS[2:]},{cell}"), f"{NUMBERS} {what} in line 3, column 785.",
                     id=cell or "blank")
        for cell, what in [("x", "'x'"), ("", "a blank"), ("256", "'256'"), ("-1", "'-1'"), ("3.5", "'3.5'"),
                           ("nan", "'nan'"), ("1e1", "'1e1'"), ("'", '"\'"'), ("9" * 50, f"'{'9' * 20}…'")]
    ),
    pytest.param(csv(f"3,x,{PIXELS[2:]}", f"3,{PIXELS}"), f"{NUMBERS} 'x' in line 1, column 2.", id="text in line 1"),
    pytest.param(csv("", HEADER, "", f"x,{PIXELS}"), f"{NUMBERS} 'x' in line 4, column 1.", id="text, blank lines"),
    pytest.param(csv(f"3;{PIXELS.replace(',', ';')}"), f"{NUMBERS} '3;7;7;7;7;7;7;7;7;7;…' in line 1, column 1.",
                 id="semicolons"),
]  # fmt: skip
