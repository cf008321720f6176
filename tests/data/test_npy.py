"""Arrays in .npy that are mapped: no header is believed, and nothing is unpickled."""

import io
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nnfunc as nn
from nnfunc.data.npy import map_samples, map_targets
from tests.data.files import message_of, npy, write, x6, y6


def with_header(path: Path, header: str, content: bytes = bytes(120), version: bytes = b"\1\0") -> Path:
    """An .npy with this text as its header, which ends where np.save would end it."""
    sizes = 2 if version == b"\1\0" else 4
    text = header.encode().ljust(118 - sizes + 1) + b"\n"
    return write(path, b"\x93NUMPY" + version + len(text).to_bytes(sizes, "little") + text + content)


def described(descr: str = "'|u1'", shape: str = "(6, 20)", order: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_samples_in_npy(tmp_path: Path, dtype: type[np.generic], version: tuple[int, int]) -> None:
    x = x6.astype(dtype)
    path = npy(tmp_path / "x.npy", x, version=version)
    X = map_samples(path)
    assert X.shape == (20, 6)
    assert X.dtype == dtype
    assert np.array_equal(X, x.T)
    assert np.shares_memory(nn.Dataset(X, y6).X, X)
    assert np.array_equal(map_samples(npy(path, x.reshape(6, 4, 5))), X)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.int64, np.uint64])
def test_labels_in_npy(tmp_path: Path, dtype: type[np.generic]) -> None:
    y = map_targets(npy(tmp_path / "y.npy", y6.astype(dtype)))
    assert y.tolist() == [0, 1, 2, 3, 4, 5]
    assert y.dtype == dtype


@pytest.mark.parametrize("order", ["C", "F"])
def test_targets_in_npy(tmp_path: Path, order: Any) -> None:
    targets = np.asarray(np.random.default_rng(0).random((6, 3)), order=order)
    assert np.array_equal(map_targets(npy(tmp_path / "y.npy", targets)), targets.T)


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (1, 1)])
def test_one_sample_or_feature_lies_in_any_order(tmp_path: Path, shape: tuple[int, int]) -> None:
    path = with_header(tmp_path / "x.npy", described(shape=str(shape), order="True"), bytes(range(shape[0] * shape[1])))
    assert np.array_equal(map_samples(path), np.arange(shape[0] * shape[1]).reshape(shape).T)


MAPS = "each sample must lie in one piece, to be mapped; got Fortran's order. Save np.ascontiguousarray(x)?"
FLOATS = "Save x.astype(np.float32), or np.uint8 for pixels 0..255?"
PIXELS = "must hold uint8 pixels, float32 or float64; got"
AFTER = "must hold the 120 bytes of 6×20 after its header; got"
NO_NPY = "must be an .npy of a plain array; got"


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (x6.astype(np.int64), f"{PIXELS} int64. {FLOATS}"),
        (x6.astype(np.float16), f"{PIXELS} float16. {FLOATS}"),
        (x6.astype(np.float32).astype(">f4"), f"{PIXELS} float32 in the other byte order. {FLOATS}"),
        (x6.astype(bool), f"{PIXELS} bool. {FLOATS}"),
        (x6.astype(complex), f"{PIXELS} complex128. {FLOATS}"),
        (x6.astype("S3"), f"{PIXELS} |S3. {FLOATS}"),
        (np.zeros(6, [("a", "u1", (20,))]), f"{PIXELS} a structured dtype. {FLOATS}"),
        (np.array([[partial(int)]]), f"{PIXELS} Python objects. {FLOATS}"),
        (np.asfortranarray(x6), MAPS),
        (x6.reshape(6, 4, 5).T, MAPS),
        (y6, "must be m×n, or m×height×width images; got 6."),
        (x6.reshape(6, 4, 5, 1), "must be m×n, or m×height×width images; got 6×4×5×1."),
        (np.uint8(3), "must be m×n, or m×height×width images; got a scalar."),
        (x6[:0], "each of its sizes must be 1 or more; got 0×20."),
        (x6[:, :0], "each of its sizes must be 1 or more; got 6×0."),
    ],
)  # fmt: skip
def test_other_arrays_are_no_samples(tmp_path: Path, x: nn.Array, message: str) -> None:
    path = npy(tmp_path / "x.npy", x)
    assert message_of(lambda: map_samples(path)) == f"x.npy: {message}"


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (y6.astype(float), "must hold integer labels; got float64. Save y.astype(np.int64)?"),
        (y6.astype(">i8"), "must hold integer labels; got int64 in the other byte order. Save y.astype(np.int64)?"),
        (y6.astype(bool), "must hold integer labels; got bool. Save y.astype(np.int64)?"),
        (np.array(["a"]), "must hold integer labels; got <U1. Save y.astype(np.int64)?"),
        (np.array([["a"]]), "must hold real targets; got <U1. Save y.astype(np.int64)?"),
        (np.array([None]), "must hold integer labels; got Python objects. Save y.astype(np.int64)?"),
        (x6.reshape(6, 4, 5), "must be m labels, or m×n_out targets; got 6×4×5."),
        (y6[:0], "each of its sizes must be 1 or more; got 0."),
    ],
)  # fmt: skip
def test_other_arrays_are_no_labels(tmp_path: Path, y: nn.Array, message: str) -> None:
    path = npy(tmp_path / "y.npy", y)
    assert message_of(lambda: map_targets(path)) == f"y.npy: {message}"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (described(shape="(6, 19)"), "must hold the 114 bytes of 6×19 after its header; got more."),
        (described(shape="(7, 20)"), "must hold the 140 bytes of 7×20 after its header; got fewer."),
        (described("'<f4'"), "must hold the 480 bytes of 6×20 after its header; got fewer."),
        (described(shape=f"({2**40}, {2**40})"), f"must hold the {2**80} bytes of "),
        (described(shape=f"({2**32}, {2**32})"), f"must hold the {2**64} bytes of "),  # 0, in 64 bits
        (described(shape=f"({2**63}, 20)"), "must hold the "),
        (described(shape="(-6, -20)"), "each of its sizes must be 1 or more; got -6×-20."),
        (described(shape="(True, 120)"), None),
        (described(shape="(6L, 20L)"), None),  # as Python 2 wrote it
        (described(shape="(6, 20.0)"), f"{NO_NPY} a damaged one. Is it whole?"),
        (described(shape="(6, 10 * 2)"), f"{NO_NPY} a damaged one. Is it whole?"),
        (described(shape="6"), f"{NO_NPY} a damaged one. Is it whole?"),
        (described(shape="()"), "must be m×n, or m×height×width images; got a scalar."),
        (described(shape=f"({'1, ' * 70})"), f"must be m×n, or m×height×width images; got {'1×' * 69}1."),
        (described("'|O'"), f"{PIXELS} Python objects. {FLOATS}"),
        (described("[('a', '|O')]"), f"{PIXELS} Python objects. {FLOATS}"),
        (described("('|u1', (20,))", "(6,)"), f"{PIXELS} a structured dtype. {FLOATS}"),
        (described("'|V1'"), f"{PIXELS} |V1. {FLOATS}"),
        (described("'|V0'"), f"{PIXELS} |V0. {FLOATS}"),
        (described("'nonsense'"), f"{NO_NPY} a damaged one. Is it whole?"),
        (described("'|u1\\d'"), f"{NO_NPY} a damaged one. Is it whole?"),
        (described(order="1"), f"{NO_NPY} a damaged one. Is it whole?"),
        (described(order="True"), MAPS),
        (described() + "+1", f"{NO_NPY} a damaged one. Is it whole?"),
        ("__import__('os').abort()", f"{NO_NPY} a damaged one. Is it whole?"),
        ("{'descr': '|u1', 'shape': (6, 20)}", f"{NO_NPY} a damaged one. Is it whole?"),
        ("(" * 20_000, f"{NO_NPY} a damaged one. Is it whole?"),
        ("-" * 9_000 + "1", f"{NO_NPY} a damaged one. Is it whole?"),
        ("", f"{NO_NPY} a damaged one. Is it whole?"),
    ],
    ids=range(29),
)  # fmt: skip
@pytest.mark.parametrize("version", [b"\1\0", b"\2\0"])
def test_headers_that_lie(tmp_path: Path, header: str, message: str | None, version: bytes) -> None:
    path = with_header(tmp_path / "x.npy", header, x6.tobytes(), version)
    if message is None:
        assert np.array_equal(map_samples(path).ravel("F"), x6.ravel())
    else:
        assert message_of(lambda: map_samples(path)).startswith(f"x.npy: {message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "something else"),
        (b"hello", "something else"),
        (pickle.dumps([1]), "a pickle"),
        (b"\x93NUMPY", "a damaged one"),
        (b"\x93NUMPY\3\0" + bytes(200), "a damaged one"),
        (b"\x93NUMPY\2\0\xff\xff\xff\xff" + bytes(200_000), "a damaged one"),
        (b"PK\3\4", "something else"),
    ],
)
def test_other_files_are_no_npy(tmp_path: Path, content: bytes, message: str) -> None:
    path = write(tmp_path / "x.npy", content)
    assert message_of(lambda: map_samples(path)) == f"x.npy: {NO_NPY} {message}. Is it whole?"


@pytest.mark.parametrize("end", range(0, 248, 13))
def test_a_truncated_npy_is_refused(tmp_path: Path, end: int) -> None:
    whole = npy(tmp_path / "x.npy", x6).read_bytes()
    path = write(tmp_path / "x.npy", whole[:end])
    what = "something else" if end < 6 else "a damaged one"
    expected = f"{NO_NPY} {what}. Is it whole?" if end < 128 else f"{AFTER} fewer. Copy or download it again?"
    assert message_of(lambda: map_samples(path)) == f"x.npy: {expected}"


def test_what_follows_an_npy_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.npy", npy(tmp_path / "x.npy", x6).read_bytes() + b"x")
    assert message_of(lambda: map_samples(path)) == f"x.npy: {AFTER} more. Copy or download it again?"


@pytest.mark.parametrize("padding", range(1, 9))
def test_floats_are_aligned(tmp_path: Path, padding: int) -> None:
    text = (described("'<f8'") + " " * (padding + 6)).encode()
    path = write(tmp_path / "x.npy", b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text + bytes(960))
    start = 10 + len(text)
    if start % 8:
        assert message_of(lambda: map_samples(path)) == (
            f"x.npy: header must be a multiple of 8 bytes; got {start}. Save it with np.save?"
        )
    else:
        assert map_samples(path).flags.aligned


class Touched:
    """Pickled, it would tell that it was unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return _touch, ("x",)


unpickled: list[str] = []


def _touch(name: str) -> object:
    unpickled.append(name)
    return None


@pytest.mark.parametrize("read", [map_samples, map_targets])
def test_npy_of_objects_is_never_unpickled(tmp_path: Path, read: Callable[[Path], object]) -> None:
    objects = np.array([[Touched()]], object)
    pickled = io.BytesIO()
    np.save(pickled, objects, allow_pickle=True)
    assert np.load(io.BytesIO(pickled.getvalue()), allow_pickle=True).shape == (1, 1)
    assert unpickled.pop() == "x"
    assert "Python objects" in message_of(lambda: read(write(tmp_path / "x.npy", pickled.getvalue())))
    assert unpickled == []


GOOD = {
    "pixels": (map_samples, x6),
    "images": (map_samples, x6.reshape(6, 4, 5)),
    "float32": (map_samples, x6.astype(np.float32)),
    "float64": (map_samples, x6.astype(np.float64)),
    "labels": (map_targets, y6),
    "wide labels": (map_targets, y6.astype(np.int64)),
    "targets": (map_targets, x6.astype(np.float32)),
}


def outcome(read: Callable[[Path], nn.Array], path: Path) -> tuple[nn.Array | None, str]:
    try:
        return read(path), ""
    except nn.DataError as error:
        return None, str(error)


@pytest.mark.parametrize("name", GOOD)
@settings(max_examples=400, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 127), st.integers(0, 255)), min_size=1, max_size=3))
def test_a_damaged_header_gives_the_same_values_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[int, int]]
) -> None:
    read, x = GOOD[name]
    path = npy(tmp_path_factory.getbasetemp() / "damaged.npy", x)
    content = bytearray(path.read_bytes())
    for position, byte in changes:
        content[position] = byte
    found, sentence = outcome(read, write(path, content))
    if found is None:
        assert sentence.startswith("damaged.npy: ")
        assert len(sentence) < 400
        return
    assert found.size == x.size
    if found.dtype == x.dtype:
        assert np.array_equal(found.T.ravel("A"), x.ravel())


@given(content=st.binary(max_size=300))
def test_anything_else_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    for start in (b"", b"\x93NUMPY\1\0", b"\x93NUMPY\1\0\x76\0"):
        message_of(partial(map_samples, write(folder / "any.npy", start + content)))
