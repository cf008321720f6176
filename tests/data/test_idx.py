"""IDX files, broken ones too, and the folder of four that MNIST is."""

import gzip
import runpy
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nnfunc as nn
from nnfunc.data.idx import IMAGES, LABELS, map_idx
from nnfunc.data.mnist import EMBEDDED
from tests.data.files import BROKEN_IMAGES, FILES, idx, images_file, message_of, write
from tests.places import ROOT

SCRIPT = ROOT / "scripts" / "make_mnist_subset.py"


@given(
    shape=st.one_of(st.tuples(st.integers(0, 9)), st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(0, 7))),
    compress=st.booleans(),
)
def test_idx_round_trip(tmp_path_factory: pytest.TempPathFactory, shape: tuple[int, ...], compress: bool) -> None:
    x = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    content = idx(IMAGES if len(shape) == 3 else LABELS, shape, x.tobytes())
    folder = tmp_path_factory.mktemp("idx")
    path = write(folder / "x.gz", gzip.compress(content)) if compress else write(folder / "x", content)
    read = nn.read_idx(path)
    assert read.dtype == np.uint8
    assert read.shape == shape
    assert np.array_equal(read, x)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *BROKEN_IMAGES,
        (b"%PDF-1.7", "magic number must be 2051 (images); got 626017350. Is this an IDX file?"),
        (idx(IMAGES, (2**31, 28, 28), b""), "the sizes in its header must not exceed 2147483647 bytes; "
                                            "got (2147483648, 28, 28). Is it damaged? "
                                            "If not, pass its folder, unpacked, to nn.load_mapped."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["x-idx3-ubyte", "x-idx3-ubyte.gz"])
def test_broken_idx_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = write(tmp_path / name, gzip.compress(content) if name.endswith(".gz") else content)
    assert message_of(lambda: nn.read_idx(path, magic=IMAGES)) == f"{name}: {message}"


@pytest.mark.parametrize("shape", [(0, 2**32 - 1, 2**32 - 1), (2**31, 0, 2**32 - 1), (2**32 - 1, 2**31, 0)])
@pytest.mark.parametrize("read", [nn.read_idx, map_idx])
def test_no_image_of_a_size_that_no_array_has(
    tmp_path: Path, read: Callable[[Path], object], shape: tuple[int, ...]
) -> None:
    path = write(tmp_path / "x", idx(IMAGES, shape, b""))
    assert message_of(lambda: read(path)) == (
        f"x: the sizes in its header must be those of an array; got {shape}. Is it damaged?"
    )


def test_images_are_no_labels(tmp_path: Path) -> None:
    path = write(tmp_path / "x", images_file(1))
    message = message_of(lambda: nn.read_idx(path, magic=LABELS))
    assert message == "x: magic number must be 2049 (labels); got 2051. Is this the image file?"


@pytest.mark.parametrize("name", ["x", "x.gz"])
@pytest.mark.parametrize("m", [2**31 - 1, 2**31, 2**32 - 1])
def test_a_false_header_takes_no_memory(tmp_path: Path, name: str, m: int) -> None:
    content = idx(LABELS, (m,), b"abc")
    path = write(tmp_path / name, gzip.compress(content) if name.endswith(".gz") else content)
    tracemalloc.start()
    try:
        message_of(lambda: nn.read_idx(path))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("end", [0, 5, 15, -4, -1])
def test_a_truncated_gzip_file_is_refused(tmp_path: Path, end: int) -> None:
    path = write(tmp_path / "x.gz", gzip.compress(images_file(2))[:end])
    message = message_of(lambda: nn.read_idx(path))
    assert "x.gz: must " in message


@pytest.mark.parametrize("position", [0, 12, 20, -6])
def test_a_corrupt_gzip_file_is_refused(tmp_path: Path, position: int) -> None:
    content = bytearray(gzip.compress(np.random.default_rng(0).bytes(2000)))
    content[position] ^= 0xFF
    path = write(tmp_path / "x.gz", content)
    message = message_of(lambda: nn.read_idx(path))
    assert message.startswith((f"{path}: must be a whole gzip file; got ", "x.gz: magic number must be "))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        write(tmp_path / name, content)
    return tmp_path


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("mark", ["-idx", ".idx"])
def test_a_folder_of_idx_files(tmp_path: Path, mark: str, compress: bool) -> None:
    for name, content in FILES.items():
        name = name.replace("-idx", mark) + ".gz" * compress
        write(tmp_path / name, gzip.compress(content) if compress else content)
    training, test = nn.load_mnist(tmp_path)
    assert (training.X.shape, training.y.tolist()) == ((784, 3), [0, 1, 2])
    assert (test.X.shape, test.y.tolist()) == ((784, 2), [3, 4])


def test_images_and_labels_are_equally_many(folder: Path) -> None:
    write(folder / "t10k-labels-idx1-ubyte", idx(LABELS, (5,), bytes(5)))
    assert message_of(lambda: nn.load_mnist(folder)) == (
        f"{folder}: the numbers of images and labels must be equal; "
        "got 2 in t10k-images-idx3-ubyte and 5 in t10k-labels-idx1-ubyte."
    )


@pytest.mark.parametrize("name", FILES)
def test_a_missing_part_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert message_of(lambda: nn.load_mnist(folder)) == (
        f"{folder}: must contain {name}, or the same with .gz; got no such file. "
        "Download them with 'nnfunc data mnist'?"
    )


def test_mnist_is_a_folder(folder: Path) -> None:
    file, nothing = folder / "t10k-labels-idx1-ubyte", folder / "nothing"
    assert message_of(lambda: nn.load_mnist(file)) == f"{file}: must be a folder of IDX files; got a file."
    assert message_of(lambda: nn.load_mnist(nothing)) == f"{nothing}: must be a folder of IDX files; got nothing there."


def test_the_embedded_subset(subset: tuple[nn.Dataset, nn.Dataset]) -> None:
    for data, m in zip(subset, (10_000, 2_000), strict=True):
        assert data.X.shape == (784, m)
        assert data.X.dtype == np.uint8
        assert data.X.max() == 255
        assert np.unique(data.y).tolist() == list(range(10))


def test_the_script_makes_the_embedded_subset(mnist_folder: Path, tmp_path: Path) -> None:
    script: dict[str, Any] = runpy.run_path(str(SCRIPT))
    script["main"].__globals__["EMBEDDED"] = tmp_path
    script["main"](mnist_folder)
    made = {path.name: gzip.decompress(path.read_bytes()) for path in tmp_path.iterdir()}
    assert made == {path.name: gzip.decompress(path.read_bytes()) for path in EMBEDDED.glob("*.gz")}
