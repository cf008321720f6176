"""Arrays in .npz: their names and axes, and what is none."""

import pickle
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nnfunc.data.arrays import read_npz
from tests.data.files import X3, message_of, npz, write, y3


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
