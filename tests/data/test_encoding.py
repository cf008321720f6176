import numpy as np
import pytest
from hypothesis import given, strategies as st

import nnfunc as nn
from nnfunc.data.encoding import targets


def test_each_image_is_one_column() -> None:
    images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    X = nn.to_columns(images)
    assert X.shape == (12, 2)
    assert X[:, 1].tolist() == list(range(12, 24))
    assert np.shares_memory(X, images)


def test_pixels_become_0_to_1() -> None:
    X = np.array([[0, 51, 255]], np.uint8)
    assert np.allclose(nn.scale(X), [[0, 0.2, 1]], rtol=1e-7)
    assert nn.scale(X).dtype == np.float32
    assert nn.scale(X, np.float64).tolist() == [[0, 0.2, 1]]


def test_y_4_is_1_in_the_entry_of_index_4() -> None:
    assert nn.one_hot(np.array([4])).T.tolist() == [[0, 0, 0, 0, 1, 0, 0, 0, 0, 0]]


@given(st.lists(st.integers(0, 6), min_size=1))
def test_one_hot_and_back(labels: list[int]) -> None:
    Y = nn.one_hot(np.array(labels), 7, np.float64)
    assert Y.shape == (7, len(labels))
    assert Y.argmax(axis=0).tolist() == labels
    assert Y.sum() == len(labels)


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_outside_the_classes_is_refused(label: int) -> None:
    with pytest.raises(nn.DataError, match=f"labels must be 0..2; got {label} at sample 1"):
        nn.one_hot(np.array([0, label]), 3)


def test_is_it_a_3() -> None:
    assert nn.is_digit(np.array([3, 1, 3, 8], np.uint8), 3).tolist() == [[1, 0, 1, 0]]


def test_targets_of_every_kind_of_y() -> None:
    assert targets(np.array([0, 2]), 3, np.float32).tolist() == [[1, 0], [0, 0], [0, 1]]
    assert targets(np.array([0, 1], np.uint8), 1, np.float32).tolist() == [[0, 1]]
    given = np.array([[0.5, 1.0]], np.float32)
    assert targets(np.array([[1, 0]]), 1, np.float32).dtype == np.float32
    assert targets(given, 1, np.float32).dtype == np.float32
    assert targets(given, 1, np.float32).tolist() == [[0.5, 1]]
