"""Data sets: what they take and refuse, and their parts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nnfunc as nn
from tests.data.files import X3, message_of, y3


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
