"""Folders of training and test data that are memory-mapped, not read, for data larger than memory."""

from pathlib import Path
from typing import Literal

from nnfunc.base.errors import DataError
from nnfunc.data.dataset import Dataset
from nnfunc.data.idx import read_pair
from nnfunc.data.npy import map_samples, map_targets

NAMES = ("x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy")

IDX_PARTS = {"train": "train", "test": "t10k"}
"""The names of the parts in MNIST's file names."""


def load_mapped(path: str | Path) -> tuple[Dataset, Dataset]:
    """Memory-map training and test data: a step reads only the samples it uses, and they need not stay in memory.

    Do not write to the files while the data are in use: a change to a file changes the data, and truncating one ends
    the program (SIGBUS). To replace a file, write another one and rename it.

    Args:
        path: a folder of x_train.npy, y_train.npy, x_test.npy and y_test.npy, samples first (x m×n, or m images;
            y m labels, or m×n_out targets), or of MNIST's four IDX files, of which those in .gz are read into memory.

    Raises:
        DataError: the folder or a file is missing or broken, or the numbers of samples and labels differ.
    """
    folder = Path(path)
    return map_part(folder, "train"), map_part(folder, "test")


def map_part(folder: Path, part: Literal["train", "test"]) -> Dataset:
    """Memory-map the training or the test data alone; only the files of this part must exist."""
    if not folder.is_dir():
        raise DataError(
            f"{folder}: must be a folder of .npy or IDX files; got {'a file' if folder.exists() else 'nothing there'}."
        )
    if not _holds_npy(folder):
        return read_pair(folder, IDX_PARTS[part], mapped=True)
    x, y = folder / f"x_{part}.npy", folder / f"y_{part}.npy"
    for file in (x, y):
        if not file.is_file():
            raise DataError(f"{folder}: must contain {', '.join(NAMES[:3])} and {NAMES[3]}; got no {file.name}.")
    X, targets = map_samples(x), map_targets(y)
    if X.shape[1] != targets.shape[-1]:
        raise DataError(
            f"{folder}: the numbers of samples and labels must be equal; "
            f"got {X.shape[1]} in {x.name} and {targets.shape[-1]} in {y.name}."
        )
    return Dataset(X, targets)


def _holds_npy(folder: Path) -> bool:
    """Return whether the data are in .npy files: those in NAMES, or, without any IDX file, others."""
    ours, idx = any((folder / name).exists() for name in NAMES), any(folder.glob("*-images?idx3-ubyte*"))
    if ours and idx:
        raise DataError(f"{folder}: must hold .npy or IDX files; got both. Move one kind to another folder?")
    return ours or (not idx and any(folder.glob("*.npy")))
