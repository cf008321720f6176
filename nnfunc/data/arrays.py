"""Data sets in .npz files: X and y, one sample per column, or x_train, y_train, x_test and y_test, samples first."""

from pathlib import Path

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError
from nnfunc.base.npz import read_arrays
from nnfunc.base.reading import LIMIT
from nnfunc.data.dataset import Dataset
from nnfunc.data.encoding import to_columns


def read_npz(path: str | Path) -> tuple[Dataset, ...]:
    """Read one data set from X (n×m) and y, or two from x_train, y_train, x_test and y_test (samples first).

    Raises:
        DataError: the file is missing or damaged, or does not hold these arrays.
    """
    path = Path(path)
    arrays = read_arrays(path, DataError, most=LIMIT)
    if {"X", "y"} <= arrays.keys():
        return (Dataset(arrays["X"], arrays["y"]),)
    if {"x_train", "y_train", "x_test", "y_test"} <= arrays.keys():
        return tuple(Dataset(_columns(arrays[f"x_{part}"]), arrays[f"y_{part}"].T) for part in ("train", "test"))
    raise DataError(
        f"{path.name}: must hold X and y, or x_train, y_train, x_test and y_test; "
        f"got {', '.join(sorted(arrays)) or 'none'}."
    )


def _columns(images: Array) -> Array:
    return to_columns(images) if images.ndim == 3 else images.T
