import gzip
import hashlib
import http.server
import pickle
import runpy
import struct
import threading
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nnfunc as nn
from nnfunc.data.arrays import read_npz
from nnfunc.data.idx import IMAGES, LABELS, map_idx
from nnfunc.data.images import read_image
from nnfunc.data.mnist import EMBEDDED, download_mnist
from nnfunc.data.table import Label, read_table
from tests.places import ROOT

SCRIPT = ROOT / "scripts" / "make_mnist_subset.py"
PIXELS = ",".join(["7"] * 784)
HEADER = "label," + ",".join(f"pixel{i}" for i in range(784))


def idx(magic: int, shape: tuple[int, ...], content: bytes) -> bytes:
    return struct.pack(f">{1 + len(shape)}I", magic, *shape) + content


def images_file(m: int) -> bytes:
    return idx(IMAGES, (m, 28, 28), bytes(m * 784))


def write(path: Path, content: bytes | bytearray | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def message_of(f: Callable[[], object], error: type[nn.NnfuncError] = nn.DataError) -> str:
    with pytest.raises(error) as info:
        f()
    assert type(info.value) is error
    return str(info.value)


# Dataset


def test_samples_are_contiguous_and_read_only() -> None:
    X = np.arange(12, dtype=np.float32).reshape(3, 4)
    data = nn.Dataset(X, np.arange(4))
    assert data.X.T.flags.c_contiguous
    assert np.array_equal(data.X, X)
    for x in (data.X, data.y):
        assert not x.flags.writeable


def test_images_are_not_copied() -> None:
    images = np.zeros((5, 4, 4), np.uint8)
    assert np.shares_memory(nn.Dataset(nn.to_columns(images), np.zeros(5, int)).X, images)


X3 = np.zeros((2, 3), np.float32)
y3 = np.array([0, 1, 2])


def with_value(value: float) -> nn.Array:
    X = X3.copy()
    X[1, 2] = value
    return X


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (np.zeros((3, 28, 28)), y3, nn.ShapeError,
         "X must be n×m, one sample per column; got X (3×28×28). Pass nn.to_columns(images)?"),
        (np.zeros(3), y3, nn.ShapeError, "X must be n×m, one sample per column; got X (3)."),
        ([[0.0]], y3, nn.ShapeError,
         "X must be a NumPy array; got a value of type list. Pass np.asarray(X)?"),
        (np.zeros((2, 0)), np.zeros(0, int), nn.DataError,
         "X must have at least one sample and one feature; got X (2×0)."),
        (np.zeros((0, 3)), y3, nn.DataError,
         "X must have at least one sample and one feature; got X (0×3)."),
        (np.zeros((2, 3), int), y3, nn.ShapeError,
         "X must be uint8 pixels, float32 or float64; got int64. "
         "Pass X.astype(np.float32), or np.uint8 for pixels 0..255?"),
        (with_value(np.nan), y3, nn.DataError, "X must be finite; got nan at feature 1 of sample 2."),
        (with_value(np.inf), y3, nn.DataError, "X must be finite; got inf at feature 1 of sample 2."),
        (X3, y3[:2], nn.DataError, "y must have one label per column of X (2×3); got y (2). Pass X.T?"),
        (X3, np.zeros((3, 10)), nn.DataError, "y must have one label per column of X (2×3); got y (3×10). Pass y.T?"),
        (X3, np.zeros((1, 1, 3)), nn.ShapeError, "y must be m labels, or n_out×m targets; got y (1×1×3)."),
        (X3, np.zeros(3), nn.ShapeError,
         "labels must be integers; got float64. Pass y[None] for values to learn, or y.astype(np.intp) for classes?"),
        (X3, np.array([0, -2, 1]), nn.DataError, "labels must count from 0; got -2 at sample 1."),
        (X3, np.full((1, 3), np.nan), nn.DataError, "targets must be finite; got NaN or ∞."),
        (X3, np.zeros((0, 3)), nn.DataError, "y must have at least one target per sample; got y (0×3)."),
        (X3, np.array([["a", "b", "c"]]), nn.ShapeError,
         "targets must be real numbers; got <U1. Pass y.astype(np.float32)?"),
    ],
)  # fmt: skip
def test_bad_data_are_refused(X: Any, y: nn.Array, error: type[nn.NnfuncError], message: str) -> None:
    assert message_of(lambda: nn.Dataset(X, y), error) == f"data: {message}"


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (np.array([2, 0, 1]), [2, 0, 1]),
        (np.array([[0.1, 0.9, 0.2], [0.8, 0.05, 0.3], [0.1, 0.05, 0.5]]), [1, 0, 2]),
        (np.array([[0.9, 0.5, 0.0]]), [1, 0, 0]),
    ],
)
def test_labels_come_from_classes_or_targets(y: nn.Array, labels: list[int]) -> None:
    assert nn.Dataset(X3, y).labels.tolist() == labels


def numbered(m: int) -> nn.Dataset:
    """Sample i holds i, −i and has the label i."""
    return nn.Dataset(np.array([np.arange(m), -np.arange(m)], np.float64), np.arange(m))


def test_take_keeps_samples_and_labels_together() -> None:
    part = numbered(9).take(np.array([7, 2]))
    assert part.X.tolist() == [[7, 2], [-7, -2]]
    assert part.y.tolist() == [7, 2]


def test_take_of_a_slice_is_a_view() -> None:
    data = numbered(9)
    assert np.shares_memory(data.take(slice(2, 4)).X, data.X)


@pytest.mark.parametrize(("fraction", "size"), [(0.2, 2), (0.5, 5), (0.9, 9)])
def test_split_is_disjoint_and_complete(fraction: float, size: int) -> None:
    one, other = nn.split(numbered(10), fraction, seed=1)
    assert (one.m, other.m) == (size, 10 - size)
    assert sorted([*one.y, *other.y]) == list(range(10))
    assert np.array_equal(one.X[0], one.y)


def test_split_depends_on_the_seed_alone() -> None:
    first, again, other = (nn.split(numbered(50), 0.5, seed)[0].y.tolist() for seed in (3, 3, 4))
    assert first == again != other


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, 0.01, 0.99, float("nan")])
def test_split_leaves_no_part_empty(fraction: float) -> None:
    message = message_of(lambda: nn.split(numbered(10), fraction), nn.SettingError)
    assert message == (
        f"split: fraction must be between 0 and 1 and leave samples in both parts of 10; got {fraction}."
    )


@given(m=st.integers(1, 50), size=st.integers(1, 60))
def test_batches_hold_each_sample_once(m: int, size: int) -> None:
    parts = list(nn.batches(m, size, np.random.default_rng(0)))
    assert sorted(int(i) for part in parts for i in part) == list(range(m))
    assert {len(part) for part in parts[:-1]} <= {size}


# IDX


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


@pytest.mark.parametrize("read", [nn.read_idx, nn.read_csv, read_npz, read_image])
def test_a_missing_file_is_named(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "nowhere" / "x"
    assert message_of(lambda: read(path)) == f"{path}: file must exist; got nothing there. Is the path right?"


@pytest.mark.parametrize("read", [nn.read_idx, nn.read_csv, read_npz])
def test_a_folder_is_no_file(tmp_path: Path, read: Callable[[Path], object]) -> None:
    assert message_of(lambda: read(tmp_path)) == f"{tmp_path}: must be a readable file; got Is a directory."


# MNIST

FILES = {
    "train-images-idx3-ubyte": images_file(3),
    "train-labels-idx1-ubyte": idx(LABELS, (3,), bytes([0, 1, 2])),
    "t10k-images-idx3-ubyte": images_file(2),
    "t10k-labels-idx1-ubyte": idx(LABELS, (2,), bytes([3, 4])),
}


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
        f"{folder}: images and labels must be equally many; "
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


# CSV


def csv(*rows: str) -> str:
    return "\n".join(rows) + "\n"


LABEL_FIRST = (f"3,{PIXELS}", f"9,{PIXELS}")
LABEL_LAST = (f"{PIXELS},3", f"{PIXELS},9")
PIXEL_NAMES = HEADER.removeprefix("label,")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(csv(*LABEL_FIRST), id="no header"),
        pytest.param(csv(*LABEL_FIRST)[:-1], id="no newline at the end"),
        pytest.param(csv(HEADER, *LABEL_FIRST), id="Kaggle"),
        pytest.param(csv(f"{PIXEL_NAMES},Label", *LABEL_LAST), id="label last"),
        pytest.param(csv(*LABEL_FIRST).replace("\n", "\r\n"), id="CRLF"),
        pytest.param(csv(HEADER, *LABEL_FIRST).replace("\n", "\r"), id="CR"),
        pytest.param(csv("", HEADER, "", LABEL_FIRST[0], "", LABEL_FIRST[1], "", ""), id="blank lines"),
        pytest.param("\ufeff" + csv(HEADER, *LABEL_FIRST), id="BOM"),
        pytest.param(csv(HEADER, *LABEL_FIRST).replace(",", ", "), id="spaces"),
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_csv_in_all_its_forms(tmp_path: Path, name: str, content: str) -> None:
    path = write(tmp_path / name, gzip.compress(content.encode()) if name.endswith(".gz") else content)
    data = nn.read_csv(path)
    assert data.X.shape == (784, 2)
    assert (data.X == 7).all()
    assert data.y.tolist() == [3, 9]


@pytest.mark.parametrize(("label", "rows"), [("first", LABEL_FIRST), ("last", LABEL_LAST)])
def test_the_place_of_the_label_can_be_told(tmp_path: Path, label: Label, rows: tuple[str, ...]) -> None:
    assert nn.read_csv(write(tmp_path / "x.csv", csv(*rows)), label=label).y.tolist() == [3, 9]


def test_pixels_without_labels(tmp_path: Path) -> None:
    path = write(tmp_path / "test.csv", csv(PIXEL_NAMES, PIXELS, PIXELS, PIXELS))
    X, y = read_table(path)
    assert X.shape == (784, 3)
    assert y is None
    assert message_of(lambda: nn.read_csv(path)) == (
        "test.csv: must have a label column; got 784 columns. Are these images to predict?"
    )


NUMBERS = "must hold whole numbers 0..255, equally many in each row; got"
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


@pytest.mark.parametrize(("content", "message"), CSV_FAULTS)
def test_a_csv_fault_is_named_with_its_place(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = write(tmp_path / "x.csv", content)
    assert message_of(lambda: nn.read_csv(path)) == f"x.csv: {message}"


def test_csv_takes_memory_for_what_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", csv(*LABEL_FIRST))
    tracemalloc.start()
    try:
        nn.read_csv(path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


# .npz


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def test_npz_of_X_and_y(tmp_path: Path) -> None:
    (data,) = read_npz(npz(tmp_path / "x.npz", X=X3, y=y3))
    assert np.array_equal(data.X, X3)
    assert np.array_equal(data.y, y3)


def test_npz_of_training_and_test_images(tmp_path: Path) -> None:
    images = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    path = npz(tmp_path / "x.npz", x_train=images, y_train=y3, x_test=images[:2].reshape(2, 20), y_test=y3[:2])
    training, test = read_npz(path)
    assert training.X[:, 1].tolist() == images[1].ravel().tolist()
    assert np.array_equal(test.X, training.X[:, :2])
    assert test.y.tolist() == [0, 1]


def test_npz_has_samples_first_in_its_targets_too(tmp_path: Path) -> None:
    images, targets = np.zeros((3, 4, 5), np.uint8), np.eye(3)[:, :2]
    path = npz(tmp_path / "x.npz", x_train=images, y_train=targets, x_test=images[:2], y_test=targets[:2])
    training, test = read_npz(path)
    assert np.array_equal(training.y, targets.T)
    assert np.array_equal(test.y, targets[:2].T)


def test_npz_of_the_second_version(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        for name, x in (("X", X3), ("y", y3)):
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, x, version=(2, 0))
    (data,) = read_npz(tmp_path / "x.npz")
    assert np.array_equal(data.X, X3)
    assert np.array_equal(data.y, y3)


def test_npz_of_other_arrays(tmp_path: Path) -> None:
    path = npz(tmp_path / "x.npz", X=X3, b=y3)
    assert message_of(lambda: read_npz(path)) == (
        "x.npz: must hold X and y, or x_train, y_train, x_test and y_test; got X, b."
    )


@pytest.mark.parametrize("position", range(40, 400, 40))
def test_damaged_npz(tmp_path: Path, position: int) -> None:
    content = bytearray(npz(tmp_path / "x.npz", X=X3, y=y3).read_bytes())
    path = write(tmp_path / "x.npz", content[:position])
    assert message_of(lambda: read_npz(path)).startswith("x.npz: must be an .npz of plain arrays; got a damaged one (")


def test_npz_of_objects_is_never_unpickled(tmp_path: Path) -> None:
    path = npz(tmp_path / "x.npz", X=X3, y=np.array([partial(int), 1, 2], object))
    assert message_of(lambda: read_npz(path)) == (
        "x.npz: must be an .npz of plain arrays; got a damaged one (it holds Python objects). Is it whole?"
    )


def test_a_pickle_is_no_npz(tmp_path: Path) -> None:
    path = write(tmp_path / "x.npz", pickle.dumps({"X": 1}))
    assert message_of(lambda: read_npz(path)) == (
        "x.npz: must be an .npz of plain arrays; got a pickle (File is not a zip file). Is it whole?"
    )


# images


def png(path: Path, x: nn.Array) -> Path:
    Image = pytest.importorskip("PIL.Image")
    Image.fromarray(x).save(path)
    return path


def test_an_image_is_one_column(tmp_path: Path) -> None:
    grey = np.arange(784).reshape(28, 28).astype(np.uint8)
    X = read_image(png(tmp_path / "x.png", grey))
    assert X.shape == (784, 1)
    assert np.array_equal(X.ravel(), grey.ravel())


def test_colours_become_grey_levels(tmp_path: Path) -> None:
    white = np.full((28, 28, 3), 255, np.uint8)
    assert (read_image(png(tmp_path / "x.png", white)) == 255).all()


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((20, 30), np.uint8), "image must be 28×28 pixels; got 30×20. Resize it?"),
        (np.zeros((28, 28), np.uint16), "image must have 8 bits per pixel; got mode I;16. Convert it?"),
    ],
)
def test_another_image_is_refused(tmp_path: Path, image: nn.Array, message: str) -> None:
    path = png(tmp_path / "x.png", image)
    assert message_of(lambda: read_image(path)) == f"x.png: {message}"


def test_a_text_is_no_image(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", "hello")
    assert message_of(lambda: read_image(path)) == "x.png: must be an image that Pillow can read; got something else."


def test_half_an_image_is_refused(tmp_path: Path) -> None:
    whole = png(tmp_path / "x.png", np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)).read_bytes()
    path = write(tmp_path / "x.png", whole[: len(whole) // 2])
    assert message_of(lambda: read_image(path)).startswith(f"{path}: must be a whole image; got ")


def test_a_folder_is_no_image(tmp_path: Path) -> None:
    assert message_of(lambda: read_image(tmp_path)) == f"{tmp_path}: must be a whole image; got Is a directory."


# download


class Server:
    """Serves the contents below /good/ as they are, below /wrong/ with another end, and nothing else."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        asked: list[str] = []
        self.asked = asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                _, mirror, name = self.path.split("/")
                content = contents[name] + b"?" * (mirror == "wrong")
                self.send_response(404 if mirror == "empty" else 200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


CONTENTS = {"a.gz": b"the first", "b.gz": b"the second"}
SHA256 = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}


@pytest.fixture
def server() -> Iterator[Server]:
    pytest.importorskip("pooch")
    started = Server(CONTENTS)
    yield started
    started.stop()


@pytest.mark.parametrize("progress", [False, True])
def test_mirrors_are_tried_in_order(server: Server, tmp_path: Path, progress: bool) -> None:
    mirrors = ["http://127.0.0.1:9/", f"{server.address}/empty/", f"{server.address}/good/", f"{server.address}/not/"]
    folder = download_mnist(tmp_path / "mnist", progress=progress, mirrors=mirrors, sha256=SHA256)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENTS
    assert server.asked == ["/empty/a.gz", "/good/a.gz", "/empty/b.gz", "/good/b.gz"]


def test_a_second_download_asks_nobody(server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        assert download_mnist(tmp_path, mirrors=[f"{server.address}/good/"], sha256=SHA256) == tmp_path
    assert len(server.asked) == len(CONTENTS)


def test_a_file_with_another_sum_is_refused(server: Server, tmp_path: Path) -> None:
    mirror = f"{server.address}/wrong/"
    message = message_of(lambda: download_mnist(tmp_path, mirrors=[mirror], sha256=SHA256))
    assert message.startswith(f"data mnist: a.gz must come whole from a mirror; got ValueError from {mirror}. ")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_downloaded_again(server: Server, tmp_path: Path) -> None:
    write(tmp_path / "a.gz", "damaged")
    download_mnist(tmp_path, mirrors=[f"{server.address}/good/"], sha256=SHA256)
    assert (tmp_path / "a.gz").read_bytes() == CONTENTS["a.gz"]


def test_a_download_needs_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("pooch")
    path = write(tmp_path / "x", "")
    assert message_of(lambda: download_mnist(path)) == (
        f"{path}: must be a folder for the files; got a file. Choose another path?"
    )
