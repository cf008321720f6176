"""Data sets: samples as the columns of X with their labels y, and how they are split and divided into batches."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from nnfunc.base.array import Array, read_only, shape_text
from nnfunc.base.errors import DataError, SettingError, ShapeError
from nnfunc.base.html import picture
from nnfunc.base.validation import whole_number
from nnfunc.data.encoding import labels_of
from nnfunc.model.checks import array_is
from nnfunc.tracing import tree

PIECE = 2**20
"""The number of entries tested for NaN and ∞ at a time: the test allocates a byte for each."""

SHOWN, SMALLEST, LARGEST = 20, 4, 100
"""The number of images that a notebook shows; the smallest and the largest side of an image in pixels."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dataset(tree.Node):
    """A set of m samples: X is n×m, one sample per column; y holds m classes, counted from 0, or n_out×m targets.

    X holds pixels 0..255 as uint8, which training and prediction scale to 0..1, or float32 or float64, used unchanged.
    X and y are read-only views of the arrays passed in, which must not be written to while the data set is in use. A
    memory map is viewed, too, so that nothing of it is held in memory. X is copied only if its samples are not
    contiguous or not aligned.

    Raises:
        ShapeError: X is not a matrix, y is neither a vector nor a matrix, or a dtype is not supported.
        DataError: there is no sample, the numbers of samples differ, a value is not finite, or a label is negative.
    """

    X: Array
    y: Array

    def __post_init__(self) -> None:
        array_is("data", "X", self.X)
        array_is("data", "y", self.y)
        _check_X(self.X)
        _check_y(self.y, *self.X.shape)
        object.__setattr__(self, "X", read_only(np.require(self.X, requirements=["F", "A", "E"])))
        object.__setattr__(self, "y", read_only(np.asarray(self.y)))

    @property
    def m(self) -> int:
        """The number of samples."""
        return int(self.X.shape[1])

    @property
    def labels(self) -> Array:
        """The class of each sample: y itself, the row of its largest target, or 1 where a single target exceeds 0.5."""
        return self.y if self.y.ndim == 1 else labels_of(self.y)

    def _repr_html_(self) -> str:
        side = side_of(self.X.shape[0])
        text = f"{self.m:,} samples of {self.X.shape[0]} features, {self.X.dtype}"
        if not side:
            return escape(text)
        first, labels = self.X[:, :SHOWN].astype(np.float64), self.labels[:SHOWN].tolist()
        first /= max(1, abs(first).max())
        darkest, span = first.min(), (first.max() - first.min()) or 1
        strip = ((first - darkest) / span * 255).T.reshape(-1, side, side)
        shown = picture(np.hstack(list(strip)), f"the first: {', '.join(map(str, labels))}")
        return f"{escape(text)}<br>{shown}<br>{escape(' '.join(map(str, labels)))}"

    def take(self, indices: Array | slice) -> "Dataset":
        """Return the data set of the samples with these indices; a view, for a slice without a step."""
        return Dataset(self.X.T[indices].T, self.y[..., indices])


def are_pixels(X: Array) -> bool:
    """Return whether X could hold grey levels: 0..255 as uint8, or scaled to 0..1."""
    return X.dtype == np.uint8 or bool(X.min() >= 0 and X.max() <= 1)


def side_of(n: int) -> int:
    """Return the side of the square image that n features form, in pixels; 0 if they are not taken for an image."""
    side = math.isqrt(n)
    return side if side**2 == n and SMALLEST <= side <= LARGEST else 0


def _check_X(X: Array) -> None:
    if X.ndim != 2:
        raise ShapeError(
            f"data: X must be n×m, one sample per column; got X ({shape_text(X)})."
            f"{' Pass nn.to_columns(images)?' if X.ndim == 3 else ''}"
        )
    if 0 in X.shape:
        raise DataError(f"data: X must have at least one sample and one feature; got X ({shape_text(X)}).")
    if X.dtype not in (np.dtype(np.uint8), np.dtype(np.float32), np.dtype(np.float64)):
        raise ShapeError(
            f"data: X must be uint8 pixels, float32 or float64; got {X.dtype}. "
            f"Pass X.astype(np.float32), or np.uint8 for pixels 0..255?"
        )
    check_finite(X)


def check_finite(X: Array) -> None:
    """Raise if X contains NaN or ∞, testing a few samples at a time.

    Raises:
        DataError: it does.
    """
    if X.dtype != np.uint8 and (bad := _not_finite(X)):
        raise DataError(f"data: X must be finite; got {X[bad]} at feature {bad[0]} of sample {bad[1]}.")


def _not_finite(x: Array) -> tuple[int, int] | None:
    """Return the row and column of the first entry that is not finite, in the first column that has one."""
    size = max(1, PIECE // x.shape[0])
    for start in range(0, x.shape[1], size):
        finite = np.isfinite(x[:, start : start + size])
        if not finite.all():
            column, row = (int(i) for i in np.argwhere(~finite.T)[0])
            return row, start + column
    return None


def _check_y(y: Array, n: int, m: int) -> None:
    if y.ndim not in (1, 2):
        raise ShapeError(f"data: y must be m labels, or n_out×m targets; got y ({shape_text(y)}).")
    if y.shape[-1] != m:
        remedy = " Pass y.T?" if y.shape[0] == m else " Pass X.T?" if y.shape[-1] == n else ""
        raise DataError(f"data: y must have one label per column of X ({n}×{m}); got y ({shape_text(y)}).{remedy}")
    if y.ndim == 1 and y.dtype.kind not in "iu":
        raise ShapeError(
            f"data: labels must be integers; got {y.dtype}. "
            f"Pass y[None] for values to learn, or y.astype(np.intp) for classes?"
        )
    if y.ndim == 1 and y.min() < 0:
        raise DataError(f"data: labels must count from 0; got {y.min()} at sample {int(y.argmin())}.")
    if y.ndim == 2 and len(y) == 0:
        raise DataError(f"data: y must have at least one target per sample; got y ({shape_text(y)}).")
    if y.ndim == 2 and y.dtype.kind not in "biuf":
        raise ShapeError(f"data: targets must be real numbers; got {y.dtype}. Pass y.astype(np.float32)?")
    if y.ndim == 2 and _not_finite(y):
        raise DataError("data: targets must be finite; got NaN or ∞.")


def split(data: Dataset, fraction: float, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Return two data sets: `fraction` of the samples, drawn at random by the seed, and the others.

    Raises:
        SettingError: the fraction leaves one of the two without a sample.
    """
    size = round(fraction * data.m) if 0 < fraction < 1 else 0
    if not 0 < size < data.m:
        raise SettingError(
            f"split: fraction must be between 0 and 1 and leave samples in both parts of {data.m}; got {fraction}."
        )
    whole_number("split", "seed", seed, least=0)
    order = np.random.default_rng(seed).permutation(data.m)
    return data.take(order[:size]), data.take(order[size:])


def steps_per_epoch(m: int, batch: int | None) -> int:
    """Return the number of steps in an epoch of m samples: ⌈m / batch⌉, or 1 if `batch` is None, all samples."""
    return 1 if batch is None else -(-m // batch)


def batches(m: int, size: int, rng: "np.random.Generator") -> Iterator[Array]:
    """Return an iterator of the indices 0 … m − 1 in random order, `size` at a time; the last batch may be smaller."""
    size = whole_number("batches", "size", size)
    order = rng.permutation(m)
    return (order[start : start + size] for start in range(0, m, size))


def digest_of(data: Dataset) -> str:
    """Compute the SHA-256 of the samples and their targets, read a piece at a time."""
    digest = hashlib.sha256()
    for x in (data.X.T, data.y.T):
        digest.update(f"{x.dtype.str} {x.shape}".encode())
        size = max(1, PIECE * len(x) // x.size)
        for start in range(0, len(x), size):
            digest.update(np.ascontiguousarray(x[start : start + size]).data)
    return digest.hexdigest()
