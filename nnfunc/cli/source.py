"""Data sets, networks and models, from the options that name them."""

from pathlib import Path
from typing import Any, cast

import numpy as np

from nnfunc.base.errors import DataError
from nnfunc.cli.options import Network
from nnfunc.data import (
    Dataset,
    arrays,
    idx,
    image_folders,
    load_mapped,
    load_mnist,
    mapped,
    mnist,
    read_csv,
    split,
    table,
)
from nnfunc.data.encoding import is_digit
from nnfunc.files.models import load_model
from nnfunc.files.runs import MODEL
from nnfunc.model.params import Params
from nnfunc.network import init

HELD_OUT = 1 / 6
"""The share of the samples that is held out for the test if the data have no test part."""


def data_and_params(chosen: Network, seed: int) -> tuple[Dataset, Dataset, Params]:
    """Return the training samples, the test samples, and the network before training."""
    digit = chosen.digit
    training, test = (for_digit(data, digit) for data in training_and_test(chosen.data, seed))
    hidden = chosen.hidden if chosen.hidden is not None else (10,) if digit is None else (32, 16)
    named = cast("Any", chosen)  # init refuses unknown names
    params = init(
        (training.X.shape[0], *hidden, 10 if digit is None else 1),
        activation=named.activation[0] if len(named.activation) == 1 else named.activation,
        output=named.output or ("softmax" if digit is None else "sigmoid"),
        cost=named.cost,
        seed=seed,
        dtype=np.float64 if training.X.dtype == np.float64 else np.float32,
    )
    return training, test, params


def training_and_test(path: Path | None, seed: int) -> tuple[Dataset, Dataset]:
    """Load both parts of a folder or of the embedded subset; of one file, a random sixth is held out for the test."""
    if path is None:
        return load_mnist()
    if path.is_dir() and not image_folders.is_by_class(path):
        return load_mapped(path)
    found = _read_file(path, table.PIXELS)
    if len(found) == 2:
        return found[0], found[1]
    if round(HELD_OUT * found[0].m) == 0:
        raise DataError(f"{path.name}: must hold at least 4 samples, one of them for the test; got {found[0].m}.")
    test, training = split(found[0], HELD_OUT, seed)
    return training, test


def test_part(path: Path | None, pixels: int) -> Dataset:
    """Load the test part of a folder, of a file of two parts or of the embedded subset; all of another file."""
    if path is None:
        return idx.read_pair(mnist.EMBEDDED, "t10k")
    if path.is_dir() and not image_folders.is_by_class(path):
        return mapped.map_part(path, "test")
    return _read_file(path, pixels)[-1]


def _read_file(path: Path, pixels: int) -> tuple[Dataset, ...]:
    if not path.exists():
        raise DataError(f"{path}: data must exist; got nothing there. Is the path right?")
    if path.is_dir():
        return (image_folders.read_images(path, pixels=pixels),)
    if path.suffix == ".npz":
        return arrays.read_npz(path)
    if path.name.removesuffix(".gz").endswith(".csv"):
        return (read_csv(path, pixels=pixels),)
    raise DataError(
        f"{path}: data must be a folder (of IDX or .npy files, of images by class), a .csv or an .npz; got another."
    )


def for_digit(data: Dataset, digit: int | None) -> Dataset:
    """Return the data set of the question "is it this digit?"; the data set itself if `digit` is None."""
    return data if digit is None else Dataset(data.X, is_digit(data.labels, digit))


def read_model(path: Path) -> tuple[Params, int | None]:
    """Read a model, which may be named by the folder of its run, and the digit that it looks for, or None."""
    params, about = load_model(path / MODEL if (path / MODEL).is_file() else path)
    digit = about.get("digit")
    return params, digit if isinstance(digit, int) else None
