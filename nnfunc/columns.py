"""How images and labels become the columns of X and Y. Pure functions of arrays."""

import numpy as np
from jaxtyping import Float, Integer, Shaped, UInt8
from numpy.typing import DTypeLike

from nnfunc.array import Array
from nnfunc.errors import DataError, ShapeError
from nnfunc.shapes import checked


@checked
def to_columns(images: Shaped[Array, "m height width"]) -> Shaped[Array, "n m"]:
    """Each image as one column: (m, 28, 28) → (784, m), a view where the images are contiguous."""
    X: Array = images.reshape(images.shape[0], images.shape[1] * images.shape[2]).T
    return X


@checked
def scale(X: UInt8[Array, "*shape"], dtype: DTypeLike = np.float32) -> Float[Array, "*shape"]:
    """Pixels 0..255 to 0..1 in `dtype`."""
    scaled: Array = X.astype(dtype) / 255
    return scaled


@checked
def one_hot(y: Integer[Array, " m"], classes: int = 10, dtype: DTypeLike = np.float32) -> Float[Array, "{classes} m"]:
    """Y with 1 in row y of each column, counted from 0, and 0 elsewhere.

    Raises:
        DataError: a label is not one of 0 … classes − 1.
    """
    bad = (y < 0) | (y >= classes)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise DataError(f"one_hot: labels must be 0..{classes - 1}; got {y[first]} at sample {first}.")
    Y: Array = np.equal(np.arange(classes)[:, None], y).astype(dtype)
    return Y


@checked
def is_digit(y: Integer[Array, " m"], digit: int, dtype: DTypeLike = np.float32) -> Float[Array, "1 m"]:
    """The Y of "is it a 3?": 1 where the label is `digit`, else 0."""
    Y: Array = np.equal(y, digit).astype(dtype)[None]
    return Y


def pixels_to_floats(X: Array, dtype: DTypeLike) -> Array:
    """Pixels scaled to 0..1; floats unchanged."""
    return scale(X, dtype) if X.dtype == np.uint8 else X


def targets(y: Array, classes: int, dtype: DTypeLike) -> Array:
    """Y, classes×m, from the labels or targets of a data set.

    Labels become one-hot columns, or one row of 0 and 1 where there is one output.

    Raises:
        DataError: a label is outside the classes.
        ShapeError: the targets do not have as many rows as the network has outputs.
    """
    if y.ndim == 1 and classes == 1:
        if y.max(initial=0) > 1:
            raise DataError(
                f"data: labels must be 0 or 1 for a network of one output; got {y.max()}. "
                f"Make them with nn.is_digit(y, 3)?"
            )
        return y.astype(dtype)[None]
    if y.ndim == 1:
        return one_hot(y, classes, dtype)
    if y.shape[0] != classes:
        raise ShapeError(f"data: y must have {classes} rows, one per output; got y of {y.shape[0]} rows.")
    return y.astype(dtype)
