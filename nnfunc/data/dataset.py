"""A data set: the columns of X and their labels, and how it is split and cut into batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnfunc.array import Array, is_array, read_only, shape_text
from nnfunc.errors import DataError, SettingError, ShapeError


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """m samples: X is n×m, one sample per column; y holds m classes, counted from 0, or n_out×m targets.

    X is pixels 0..255 as uint8, which training and prediction scale to 0..1, or float32 or float64 as they are.
    X and y are read-only views of what was given; X is copied only where its samples are not contiguous in memory.

    Raises:
        ShapeError: X is no matrix, or y has neither m entries nor m columns, or a dtype is another one.
        DataError: there is no sample, the numbers of samples differ, a value is not finite, or a label is negative.
    """

    X: Array
    y: Array

    def __post_init__(self) -> None:
        _check_arrays(X=self.X, y=self.y)
        _check_X(self.X)
        _check_y(self.y, self.m)
        object.__setattr__(self, "X", read_only(np.asfortranarray(self.X)))
        object.__setattr__(self, "y", read_only(self.y))

    @property
    def m(self) -> int:
        """Number of samples."""
        return int(self.X.shape[1])

    @property
    def labels(self) -> Array:
        """The class of each sample: y itself, the row of its largest target, or 1 where a single target exceeds 0.5."""
        if self.y.ndim == 1:
            return self.y
        classes: Array = self.y.argmax(axis=0) if self.y.shape[0] > 1 else (self.y[0] > 0.5).astype(np.intp)
        return classes

    def take(self, samples: Array | slice) -> "Dataset":
        """The data set of some of the samples, by their numbers; of a slice it is a view."""
        return Dataset(self.X.T[samples].T, self.y[..., samples])


def _check_arrays(**given: object) -> None:
    for name, x in given.items():
        if not is_array(x):
            raise ShapeError(
                f"data: {name} must be a NumPy array; got a value of type {type(x).__name__}. Pass np.asarray({name})?"
            )


def _check_X(X: Array) -> None:
    if X.ndim != 2:
        remedy = " Pass nn.to_columns(images)?" if X.ndim == 3 else ""
        raise ShapeError(f"data: X must be n×m, one sample per column; got X ({shape_text(X)}).{remedy}")
    if 0 in X.shape:
        raise DataError(f"data: there must be at least one sample and one feature; got X ({shape_text(X)}).")
    if X.dtype.name not in ("uint8", "float32", "float64"):
        raise ShapeError(
            f"data: X must be uint8 pixels, float32 or float64; got {X.dtype}. "
            f"Pass X.astype(np.float32), or np.uint8 for pixels 0..255?"
        )
    if X.dtype != np.uint8 and not np.isfinite(X).all():
        row, column = (int(i) for i in np.argwhere(~np.isfinite(X))[0])
        raise DataError(f"data: X must be finite; got {X[row, column]} at feature {row} of sample {column}.")


def _check_y(y: Array, m: int) -> None:
    if y.ndim not in (1, 2):
        raise ShapeError(f"data: y must be m labels, or n_out×m targets; got y ({shape_text(y)}).")
    if y.shape[-1] != m:
        remedy = " Pass y.T?" if y.shape[0] == m else ""
        raise DataError(f"data: y must have one label per sample, {m}; got y ({shape_text(y)}).{remedy}")
    if y.ndim == 1 and y.dtype.kind not in "iu":
        raise ShapeError(
            f"data: labels must be integers; got {y.dtype}. Pass y.astype(np.intp), or y[None] for targets?"
        )
    if y.ndim == 1 and y.min() < 0:
        raise DataError(f"data: labels must count from 0; got {y.min()} at sample {int(y.argmin())}.")
    if y.ndim == 2 and len(y) == 0:
        raise DataError(f"data: there must be at least one target per sample; got y ({shape_text(y)}).")
    if y.ndim == 2 and y.dtype.kind not in "biuf":
        raise ShapeError(f"data: targets must be real numbers; got {y.dtype}. Pass y.astype(np.float32)?")
    if y.ndim == 2 and not np.isfinite(y).all():
        raise DataError("data: targets must be finite; got NaN or ∞.")


def split(data: Dataset, fraction: float, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Two data sets: `fraction` of the samples, drawn at random by the seed, and the others.

    Raises:
        SettingError: the fraction leaves one of the two without a sample.
    """
    size = round(fraction * data.m) if 0 < fraction < 1 else 0
    if not 0 < size < data.m:
        raise SettingError(
            f"split: fraction must be between 0 and 1 and leave samples in both parts of {data.m}; got {fraction}."
        )
    order = np.random.default_rng(seed).permutation(data.m)
    return data.take(order[:size]), data.take(order[size:])


def batches(m: int, size: int, rng: "np.random.Generator") -> Iterator[Array]:
    """The numbers 0 … m − 1 in random order, `size` at a time; the last batch has what remains."""
    order = rng.permutation(m)
    return (order[start : start + size] for start in range(0, m, size))
