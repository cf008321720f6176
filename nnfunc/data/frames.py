"""Data sets from pandas or polars data frames: a row per sample, a column per feature and one for the label."""

from typing import Any

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError
from nnfunc.data.dataset import Dataset


def from_frame(frame: Any, *, label: str = "label") -> Dataset:
    """Convert a data frame to a data set: whole numbers 0..255 are pixels; float32 and float64 are used unchanged.

    Args:
        frame: a pandas or polars data frame, or any with columns that can be selected and converted by `to_numpy`.
        label: name of the column of the classes, counted from 0; all others are features, in their order.

    Raises:
        DataError: it is not a data frame, has no such column or two of the same name, or has features that are not
            numbers, or are whole numbers outside 0..255.
    """
    names: list[Any] = list(getattr(frame, "columns", ()))
    if not hasattr(frame, "to_numpy") or not names:
        raise DataError(
            f"from_frame: frame must be one of pandas or polars; got a value of type {type(frame).__name__}. "
            f"Pass nn.Dataset(X, y) for arrays?"
        )
    if label not in names:
        raise DataError(
            f"from_frame: frame must have a column {label!r}; got {', '.join(map(str, names[:5]))}, …. Pass label=…?"
        )
    if len(set(names)) < len(names):
        raise DataError(
            f"from_frame: column names must be unique; "
            f"got {next(name for name in names if names.count(name) > 1)!r} twice. Rename one?"
        )
    labels = np.asarray(frame[label].to_numpy())
    if labels.dtype.kind not in "iu":
        raise DataError(
            f"from_frame: column {label!r} must hold whole numbers, classes counted from 0; got {labels.dtype}. "
            f"Convert it first?"
        )
    features = np.asarray(frame[[name for name in names if name != label]].to_numpy())
    return Dataset(_samples(features).T, labels)


def _samples(x: Array) -> Array:
    if x.dtype.kind == "f":
        return x if x.dtype in (np.dtype(np.float32), np.dtype(np.float64)) else x.astype(np.float32)
    if x.dtype.kind not in "biu":
        raise DataError(f"from_frame: features must be numbers; got {x.dtype}. Convert or drop the other columns?")
    if x.size and (x.min() < 0 or x.max() > 255):
        raise DataError(
            f"from_frame: whole numbers must be pixels, 0..255; got {x.min()}..{x.max()}. "
            f"Convert them: frame.astype('float32')?"
        )
    return x.astype(np.uint8)
