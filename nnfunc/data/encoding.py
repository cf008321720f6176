"""Pure functions that turn images and labels into the columns of X and Y."""

import operator
from typing import SupportsIndex

import numpy as np
from jaxtyping import Float, Integer, Shaped, UInt8
from numpy.typing import DTypeLike

from nnfunc.base.array import Array, shape_text
from nnfunc.base.errors import DataError, SettingError, ShapeError
from nnfunc.base.validation import whole_number
from nnfunc.shapes import checked


@checked
def to_columns(images: Shaped[Array, "m height width"]) -> Shaped[Array, "n m"]:
    """Return each image as one column: (m, 28, 28) → (784, m), a view if the images are contiguous."""
    X: Array = images.reshape(images.shape[0], images.shape[1] * images.shape[2]).T
    return X


@checked
def scale(X: UInt8[Array, "*shape"], dtype: DTypeLike = np.float32) -> Float[Array, "*shape"]:
    """Scale pixels 0..255 to 0..1 in `dtype`."""
    return X.astype(dtype) / 255


@checked
def one_hot(
    y: Integer[Array, " m"], classes: SupportsIndex = 10, dtype: DTypeLike = np.float32
) -> Float[Array, "{classes} m"]:  # pyrefly: ignore[invalid-annotation]
    """Return the one-hot Y: 1 in row y of each column, counted from 0, and 0 elsewhere.

    Raises:
        DataError: a label is not one of 0 … classes − 1.
    """
    n = whole_number("one_hot", "classes", classes)
    if (bad := np.flatnonzero((y < 0) | (y >= n))).size:
        raise DataError(f"one_hot: labels must be 0..{n - 1}; got {y[bad[0]]} at sample {bad[0]}.")
    Y: Float[Array, "classes m"] = np.equal(np.arange(n)[:, None], y).astype(dtype)
    return Y


@checked
def is_digit(y: Integer[Array, " m"], digit: SupportsIndex, dtype: DTypeLike = np.float32) -> Float[Array, "1 m"]:
    """Return the Y of the question "is it a 3?": 1 where the label is `digit`, else 0.

    Raises:
        SettingError: the digit is not one of 0..9.
    """
    wanted = operator.index(digit)
    if not 0 <= wanted <= 9:
        raise SettingError(f"is_digit: digit must be 0..9; got {digit}.")
    Y: Float[Array, "1 m"] = np.equal(y, wanted).astype(dtype)[None]
    return Y


def pixels_to_floats(X: Array, dtype: DTypeLike) -> Array:
    """Scale pixels to 0..1; return floats unchanged."""
    return scale(X, dtype) if X.dtype == np.uint8 else X


def labels_of(A: Array) -> Array:
    """Return the class of each column: the row of its largest entry, or 1 where a single entry is above 0.5."""
    labels: Array = A.argmax(axis=0) if A.shape[0] > 1 else np.greater(A[0], 0.5).astype(np.intp)
    return labels


def targets(y: Array, n_out: int, dtype: DTypeLike) -> Array:
    """Return Y, n_out×m, for the labels or targets of a data set.

    Labels become one-hot columns, or, for a single output, one row of 0 and 1.

    Raises:
        DataError: a label is outside the classes.
        ShapeError: the targets do not have one row per output of the network, or are floats of another dtype.
    """
    if y.ndim == 1:
        check_labels(y, n_out)
        return one_hot(y, n_out, dtype) if n_out > 1 else y.astype(dtype)[None]
    if y.shape[0] != n_out:
        raise ShapeError(f"data: y must have {n_out} rows, one per output; got y ({shape_text(y)}).")
    if y.dtype.kind == "f" and y.dtype != dtype:
        raise ShapeError(
            f"data: y must be {np.dtype(dtype)} like params; got y {y.dtype}. Pass y.astype(np.{np.dtype(dtype)})?"
        )
    return y.astype(dtype, copy=False)


def check_labels(y: Array, n_out: int) -> None:
    """Raise unless a network with n_out outputs can learn these labels.

    Raises:
        DataError: a label is outside the classes.
    """
    classes = max(n_out, 2)
    if y.max() >= classes:
        raise DataError(
            f"data: labels must be 0..{classes - 1}, as the network has {n_out} output{'s' * (n_out > 1)}; "
            f"got {y.max()} at sample {int(y.argmax())}."
            f"{'' if n_out > 1 else ' Make them with nn.is_digit(y, 3)?'}"
        )
