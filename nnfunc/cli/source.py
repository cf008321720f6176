"""Data sets, by the path that `--data` names."""

from collections.abc import Mapping
from pathlib import Path

from nnfunc import DataError, Dataset, is_digit, load_mapped, load_mnist, read_csv, split
from nnfunc.data.arrays import read_npz
from nnfunc.data.folders import is_by_class, read_images
from nnfunc.data.mapped import map_part
from nnfunc.data.mnist import EMBEDDED, read_pair
from nnfunc.data.table import PIXELS
from nnfunc.runs import MODEL

HELD_OUT = 1 / 6
"""Share of the samples that are kept for the test where a file does not say which."""


def training_and_test(path: Path | None, seed: int) -> tuple[Dataset, Dataset]:
    """Both parts of a folder or of the embedded subset; of one file a random sixth is held out for the test."""
    if path is None:
        return load_mnist()
    if path.is_dir() and not is_by_class(path):
        return load_mapped(path)
    found = _read_file(path, PIXELS)
    if len(found) == 2:
        return found[0], found[1]
    if round(HELD_OUT * found[0].m) == 0:
        raise DataError(f"{path.name}: must hold at least 4 samples, one of them for the test; got {found[0].m}.")
    test, training = split(found[0], HELD_OUT, seed)
    return training, test


def test_part(path: Path | None, pixels: int) -> Dataset:
    """The test part of a folder, of a file of two parts or of the embedded subset; all of another file."""
    if path is None:
        return read_pair(EMBEDDED, "t10k")
    if path.is_dir() and not is_by_class(path):
        return map_part(path, "test")
    return _read_file(path, pixels)[-1]


def _read_file(path: Path, pixels: int) -> tuple[Dataset, ...]:
    if not path.exists():
        raise DataError(f"{path}: data must exist; got nothing there. Is the path right?")
    if path.is_dir():
        return (read_images(path, pixels=pixels),)
    if path.suffix == ".npz":
        return read_npz(path)
    if path.name.removesuffix(".gz").endswith(".csv"):
        return (read_csv(path, pixels=pixels),)
    raise DataError(
        f"{path}: data must be a folder (of IDX or .npy files, of images by class), a .csv or an .npz; got another."
    )


def for_digit(data: Dataset, digit: int | None) -> Dataset:
    """The question "is it this digit?" of a data set of digits; the data set itself where there is no such question."""
    return data if digit is None else Dataset(data.X, is_digit(data.labels, digit))


def digit_of(about: Mapping[str, str | int]) -> int | None:
    """The digit that a saved model looks for, if it looks for one."""
    digit = about.get("digit")
    return digit if isinstance(digit, int) else None


def model_of(path: Path) -> Path:
    """The file of a model, which may be named by the folder of its run."""
    return path / MODEL if (path / MODEL).is_file() else path
