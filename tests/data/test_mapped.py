"""Data that are mapped, not read: nothing is copied, of IDX files, of folders, and of more than fits into memory."""

import gc
import gzip
import io
import runpy
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nnfunc as nn
from nnfunc.data.idx import IMAGES, LABELS, map_idx
from nnfunc.data.mapped import NAMES
from nnfunc.data.npy import map_samples, map_targets
from tests.data.files import BROKEN_IMAGES, FILES, idx, images_file, message_of, npy, without, write, x6, y6
from tests.places import ROOT

SCRIPTS = ROOT / "scripts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of .npy files, six training and two test samples of 20 features."""
    for name, x in zip(NAMES, (x6, y6, x6[:2], y6[:2]), strict=True):
        npy(tmp_path / name, x)
    return tmp_path


def anonymous() -> int:
    """Bytes of anonymous memory of this process."""
    (line,) = (s for s in Path("/proc/self/status").read_text().splitlines() if s.startswith("RssAnon:"))
    return int(line.split()[1]) * 1024


linux = pytest.mark.skipif(sys.platform != "linux", reason="RssAnon is Linux's")


# Dataset


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_a_data_set_of_a_map_is_a_plain_view_of_it(tmp_path: Path, dtype: type[np.generic]) -> None:
    npy(tmp_path / "x.npy", x6.astype(dtype))
    npy(tmp_path / "y.npy", y6)
    x, y = (np.load(tmp_path / name, mmap_mode="r") for name in ("x.npy", "y.npy"))
    data = nn.Dataset(x.T, y)
    for view, whole in ((data.X, x), (data.y, y)):
        assert type(view) is np.ndarray
        assert np.shares_memory(view, whole)
        assert not view.flags.writeable
    assert data.X.T.flags.c_contiguous
    part = data.take(slice(2, 4))
    assert np.shares_memory(part.X, x)
    del x, y, data, view, whole
    (tmp_path / "x.npy").unlink()
    gc.collect()
    assert np.array_equal(part.X.T, x6[2:4])
    assert part.y.tolist() == [2, 3]


def test_a_data_set_of_images_in_a_map(tmp_path: Path) -> None:
    images = np.memmap(write(tmp_path / "x", images_file(3)), np.uint8, "r", 16, (3, 28, 28))
    assert np.shares_memory(nn.Dataset(nn.to_columns(images), y6[:3]).X, images)


def test_what_does_not_lie_well_is_copied() -> None:
    buffer = np.zeros(4 * 24 + 1, np.uint8)
    askew = buffer[1:].view(np.float32).reshape(6, 4).T
    assert not askew.flags.aligned
    for X in (askew, np.arange(24, dtype=np.float32).reshape(4, 6)):
        data = nn.Dataset(X, y6)
        assert not np.shares_memory(data.X, X)
        assert data.X.flags.aligned
        assert data.X.T.flags.c_contiguous
        assert np.array_equal(data.X, X)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_search_for_nan_takes_little_memory(value: float, order: Any) -> None:
    X, y = np.zeros((500, 20_000), np.float32, order=order), np.zeros((20, 20_000), np.float32)
    tracemalloc.start()
    try:
        X[300, 19_000] = X[301, 19_000] = X[7, 19_999] = value
        message = message_of(lambda: nn.Dataset(X, y))
        assert message == f"data: X must be finite; got {value} at feature 300 of sample 19000."
        X[:] = 0
        y[3, 19_999] = value
        assert message_of(lambda: nn.Dataset(np.asfortranarray(X), y)) == "data: targets must be finite; got NaN or ∞."
        copied = 0 if order == "F" else X.nbytes
        assert tracemalloc.get_traced_memory()[1] < copied + 4_000_000
    finally:
        tracemalloc.stop()


def test_any_entry_of_any_piece_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnfunc.data.dataset.PIECE", 8)
    for X in (np.zeros((3, 7)), np.zeros((20, 3))):
        for i, j in np.ndindex(X.shape):
            bad = X.copy()
            bad[i, j] = np.nan
            message = message_of(partial(nn.Dataset, bad, np.zeros(bad.shape[1], int)))
            assert message == f"data: X must be finite; got nan at feature {i} of sample {j}."


# IDX


@pytest.mark.parametrize("read", [map_samples, map_targets, map_idx])
def test_a_file_that_cannot_be_mapped(tmp_path: Path, read: Callable[[Path], object]) -> None:
    nothing = tmp_path / "x"
    assert message_of(lambda: read(nothing)) == f"{nothing}: file must exist; got nothing there. Is the path right?"
    assert message_of(lambda: read(tmp_path)) == f"{tmp_path}: must be a readable file; got Is a directory."


@given(m=st.integers(0, 5), size=st.integers(0, 6))
def test_idx_is_mapped_as_it_is_read(tmp_path_factory: pytest.TempPathFactory, m: int, size: int) -> None:
    x = np.random.default_rng(0).integers(0, 256, (m, size, 3), np.uint8)
    path = tmp_path_factory.getbasetemp() / "x"
    for content in (idx(IMAGES, x.shape, x.tobytes()), idx(LABELS, (m,), bytes(m))):
        read, found = nn.read_idx(write(path, content)), map_idx(path)
        assert np.array_equal(found, read)
        assert (found.shape, found.flags.writeable) == (read.shape, False)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        *BROKEN_IMAGES,
        (idx(IMAGES, (2**32 - 1, 2**32 - 1, 2**32 - 1), b""),
         f"must hold the {(2**32 - 1)**3} bytes of 4294967295×4294967295×4294967295 after its header; got fewer. "
         "Copy or download it again?"),
    ],
)  # fmt: skip
def test_broken_idx_is_not_mapped(tmp_path: Path, content: bytes, message: str) -> None:
    path = write(tmp_path / "x-idx3-ubyte", content)
    assert message_of(lambda: map_idx(path, magic=IMAGES)) == f"x-idx3-ubyte: {message}"


# a folder


def test_a_folder_of_npy_files(folder: Path) -> None:
    training, test = nn.load_mapped(folder)
    assert np.array_equal(training.X.T, x6)
    assert (training.y.tolist(), test.y.tolist()) == ([0, 1, 2, 3, 4, 5], [0, 1])
    assert np.array_equal(test.X, training.X[:, :2])
    assert training.X.T.flags.c_contiguous
    assert np.array_equal(nn.load_mapped(str(folder))[0].X, training.X)


def test_data_stay_when_the_files_are_replaced(folder: Path) -> None:
    training, _ = nn.load_mapped(folder)
    npy(folder / "new", 255 - x6).replace(folder / "x_train.npy")
    (folder / "y_train.npy").unlink()
    gc.collect()
    assert np.array_equal(training.X.T, x6)
    assert training.y.tolist() == y6.tolist()


def test_a_folder_of_idx_files_is_mapped_or_read(tmp_path: Path) -> None:
    for name, content in FILES.items():
        write(tmp_path / name, content)
    for _ in range(2):
        training, test = nn.load_mapped(tmp_path)
        assert (training.X.shape, training.y.tolist()) == ((784, 3), [0, 1, 2])
        assert (test.X.shape, test.y.tolist()) == ((784, 2), [3, 4])
        for path in tmp_path.glob("train-*"):  # one part plain, one in .gz
            write(path.with_name(f"{path.name}.gz"), gzip.compress(path.read_bytes()))
            path.unlink()


ALL = "must contain x_train.npy, y_train.npy, x_test.npy and y_test.npy; got no"
LACKING: list[tuple[Callable[[Path], Path], str]] = [
    (lambda folder: folder / "x_train.npy", "must be a folder of .npy or IDX files; got a file."),
    (lambda folder: folder / "nothing", "must be a folder of .npy or IDX files; got nothing there."),
    (lambda folder: without(folder, "x_test.npy"), f"{ALL} x_test.npy."),
    (lambda folder: without(folder, "y_train.npy"), f"{ALL} y_train.npy."),
    (lambda folder: (folder / "x_train.npy").rename(folder / "X.npy").parent, f"{ALL} x_train.npy."),
    (lambda folder: npy(without(folder, *NAMES) / "X.npy", x6).parent, f"{ALL} x_train.npy."),
    (lambda folder: without(folder, *NAMES),
     "must contain train-images-idx3-ubyte, or the same with .gz; got no such file. "
     "Download them with 'nnfunc data mnist'?"),
    (lambda folder: write(folder / "t10k-images.idx3-ubyte", images_file(1)).parent,
     "must hold .npy or IDX files; got both. Move one kind to another folder?"),
    (lambda folder: npy(folder / "y_train.npy", y6[:5]).parent,
     "the numbers of samples and labels must be equal; got 6 in x_train.npy and 5 in y_train.npy."),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), LACKING, ids=range(len(LACKING)))
def test_a_folder_that_lacks_something(folder: Path, make: Callable[[Path], Path], message: str) -> None:
    path = make(folder)
    assert message_of(lambda: nn.load_mapped(path)) == f"{path}: {message}"


def test_an_npy_beside_idx_files_is_not_asked_for(tmp_path: Path) -> None:
    for name, content in FILES.items():
        write(tmp_path / name, content)
    npy(tmp_path / "mine.npy", x6)
    assert nn.load_mapped(tmp_path)[0].m == 3


@pytest.mark.parametrize(
    ("name", "x", "message"),
    [
        ("x_train.npy", np.full((6, 20), np.nan), "data: X must be finite; got nan at feature 0 of sample 0."),
        ("y_train.npy", y6.astype(int) - 1, "data: labels must count from 0; got -1 at sample 0."),
        ("y_test.npy", np.full((2, 3), np.inf), "data: targets must be finite; got NaN or ∞."),
    ],
)
def test_values_are_looked_at(folder: Path, name: str, x: nn.Array, message: str) -> None:
    npy(folder / name, x)
    assert message_of(lambda: nn.load_mapped(folder)) == message


def test_a_network_learns_the_same_from_a_map(folder: Path) -> None:
    training, test = nn.load_mapped(folder)
    params = nn.init((20, 7, 6))
    for batch in (None, 4):
        mapped, read = (
            list(nn.train(params, data, learning_rate=0.1, batch=batch, epochs=2, validation=test))[-1]
            for data in (training, nn.Dataset(x6.T.copy(order="F"), y6))
        )
        assert np.array_equal(mapped.params.layers[0].W, read.params.layers[0].W)
        assert mapped.cost == read.cost


# large


def sparse(path: Path, header: bytes, size: int) -> Path:
    """A file of zeros after a header, which takes no room on the disk."""
    write(path, header)
    with path.open("r+b") as file:
        file.truncate(len(header) + size)
    return path


@linux
def test_a_file_above_the_limit_of_those_that_are_read(tmp_path: Path) -> None:
    m = 3_000_000
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (m, 784)})
    before = anonymous()
    X = map_samples(sparse(tmp_path / "x.npy", header.getvalue(), m * 784))
    images = map_idx(sparse(tmp_path / "x", idx(IMAGES, (m, 28, 28), b""), m * 784))
    data = nn.Dataset(X, np.zeros(m, np.uint8)), nn.Dataset(nn.to_columns(images), np.zeros(m, np.uint8))
    assert [part.X.shape for part in data] == [(784, m)] * 2
    assert not data[0].X[:, -1000:].any()
    assert anonymous() - before < 20_000_000
    message = message_of(lambda: nn.read_idx(tmp_path / "x"))
    assert message == (
        "x: the sizes in its header must not exceed 2147483647 bytes; got (3000000, 28, 28). Is it damaged? "
        "If not, pass its folder, unpacked, to nn.load_mapped."
    )


@linux
def test_the_scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, report = (runpy.run_path(str(SCRIPTS / name)) for name in ("make_large.py", "larger_than_memory.py"))
    make["main"](tmp_path / "data", 12_345)
    training, test = nn.load_mapped(tmp_path / "data")
    assert (training.X.shape, training.y.shape, test.X.shape) == ((784, 12_345), (12_345,), (784, 2_000))
    assert np.unique(training.y).tolist() == list(range(10))
    params = nn.init((784, 10, 10))
    *_, last = nn.train(params, training, learning_rate=0.1, batch=32, epochs=2)
    assert nn.evaluate(last.params, test).accuracy > 0.7, "images and labels belong together"
    bits = (tmp_path / "data" / "x_train.npy").read_bytes()
    make["main"](tmp_path / "data", 12_345)
    assert (tmp_path / "data" / "x_train.npy").read_bytes() == bits
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == sorted(NAMES)
    report["main"](tmp_path / "data")
    rows = [line for line in capsys.readouterr().out.splitlines() if line.endswith("% |")]
    assert len(rows) == 2
    assert all(0 < float(row.split("|")[3]) < 1000 for row in rows)
