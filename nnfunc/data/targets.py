"""A data set for a network: whether its samples enter it, and the Y that its outputs should be."""

from typing import Any, Literal

import numpy as np

from nnfunc.activations import SIGMOID, SOFTMAX
from nnfunc.array import Array
from nnfunc.boundary import pixels_or_input_fit
from nnfunc.columns import check_labels, targets
from nnfunc.costs import BINARY_CROSS_ENTROPY, CROSS_ENTROPY
from nnfunc.data.dataset import Dataset
from nnfunc.errors import DataError, ShapeError
from nnfunc.params import Params

ROUNDING = 1e-3
"""How far the targets of a sample may be from a sum of 1."""


def check_data(where: str, params: Params, data: Any, name: str = "data") -> None:
    """Refuse data that a network cannot learn from.

    Raises:
        ShapeError: it is no data set, or its samples do not enter the network, or its targets have other rows.
        DataError: a label is outside the classes, or the targets are no probabilities where the cost needs them.
    """
    if not isinstance(data, Dataset):
        raise ShapeError(
            f"{where}: {name} must be nn.Dataset; got a value of type {type(data).__name__}. Pass nn.Dataset(X, y)?"
        )
    pixels_or_input_fit(where, params, data.X)
    if data.y.ndim == 1:
        check_labels(data.y, params.sizes[-1])
        return
    Y = targets_of(params, data)
    if params.cost in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY) and not (Y.min() >= 0 and Y.max() <= 1):
        raise DataError(f"{where}: targets of {params.cost} must be 0..1; got {Y.min()}..{Y.max()}.")
    if params.cost == CROSS_ENTROPY and (off := np.abs(Y.sum(axis=0) - 1)).max() > ROUNDING:
        i = int(off.argmax())
        raise DataError(
            f"{where}: targets of cross_entropy must sum to 1 in each column; got {Y[:, i].sum()} at sample {i}. "
            f"Use output='sigmoid' for several labels?"
        )


def kind_of(params: Params, data: Dataset) -> Literal["classes", "labels", "values"]:
    """What the targets are: one class of each sample, labels that it may have together, or values."""
    if params.output == SIGMOID and params.sizes[-1] > 1 and data.y.ndim == 2:
        return "labels"
    is_class = data.y.ndim == 1 or params.output in (SOFTMAX, SIGMOID)
    return "classes" if params.names_classes and is_class else "values"


def targets_of(params: Params, data: Dataset, samples: slice = slice(None)) -> Array:
    """Y, n_out×m, of some samples of data that were checked, in the dtype of params."""
    return targets(data.y[..., samples], params.sizes[-1], params.dtype)
