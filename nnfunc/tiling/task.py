"""What a network is to learn of a data set: asked once, at the door."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from nnfunc.activations import SIGMOID, SOFTMAX
from nnfunc.base.array import Array
from nnfunc.base.errors import DataError, ShapeError
from nnfunc.costs import BINARY_CROSS_ENTROPY, CROSS_ENTROPY
from nnfunc.data.dataset import Dataset
from nnfunc.data.encoding import check_labels, labels_of, targets
from nnfunc.model.fits import pixels_or_input
from nnfunc.model.params import Params
from nnfunc.tiling.metrics import confusion_matrix

ROUNDING = 1e-3
"""How far the targets of a sample may be from a sum of 1."""

Kind: TypeAlias = Literal["classes", "labels", "values"]
"""One class of each sample, labels that it may have together, or values."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A data set for a network, whose samples enter it and whose targets it can learn.

    Attributes:
        data: the samples.
        kind: what their targets are.
        n_out: outputs of the network.
        dtype: of the network.
        y: m labels, or Y as a whole in the dtype of the network.
    """

    data: Dataset
    kind: Kind
    n_out: int
    dtype: np.dtype[Any]
    y: Array

    @property
    def m(self) -> int:
        """Number of samples."""
        return self.data.m

    @property
    def classes(self) -> int:
        """Classes that are told apart: of labels no and yes, of values none."""
        return {"values": 0, "labels": 2, "classes": max(self.n_out, 2)}[self.kind]

    def targets(self, samples: slice | Array = slice(None)) -> Array:
        """Y of some of the samples, n_out×m."""
        return targets(self.y[..., samples], self.n_out, self.dtype)

    def confusion(self, samples: slice, A: Array) -> Array:
        """How often each class was taken for each, where A is what the network says of some of the samples."""
        if self.kind == "values":
            return np.zeros((0, 0), np.intp)
        y = self.data.y[..., samples]
        if self.kind == "labels":
            true, found = (np.greater(x, 0.5).ravel().astype(np.intp) for x in (y, A))
        else:
            true, found = y if y.ndim == 1 else labels_of(y), labels_of(A)
        return confusion_matrix(true, found, self.classes)


def task_of(where: str, params: Params, data: Any, name: str = "data") -> Task:
    """What a network is to learn of a data set.

    Raises:
        ShapeError: it is no data set, or its samples do not enter the network, or its targets have other rows.
        DataError: a label is outside the classes, or the targets are no probabilities where the cost needs them.
    """
    if not isinstance(data, Dataset):
        raise ShapeError(
            f"{where}: {name} must be nn.Dataset; got a value of type {type(data).__name__}. Pass nn.Dataset(X, y)?"
        )
    pixels_or_input(where, params, data.X)
    n_out, y = params.sizes[-1], data.y
    if y.ndim == 1:
        check_labels(y, n_out)
    else:
        y = targets(y, n_out, params.dtype)
        _check_probabilities(where, params, y)
    return Task(data, _kind_of(params, data), n_out, params.dtype, y)


def _kind_of(params: Params, data: Dataset) -> Kind:
    if params.output == SIGMOID and params.sizes[-1] > 1 and data.y.ndim == 2:
        return "labels"
    is_class = data.y.ndim == 1 or params.output in (SOFTMAX, SIGMOID)
    return "classes" if params.names_classes and is_class else "values"


def _check_probabilities(where: str, params: Params, Y: Array) -> None:
    if params.cost in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY) and not (Y.min() >= 0 and Y.max() <= 1):
        raise DataError(f"{where}: targets of {params.cost} must be 0..1; got {Y.min()}..{Y.max()}.")
    if params.cost == CROSS_ENTROPY and (off := np.abs(Y.sum(axis=0) - 1)).max() > ROUNDING:
        i = int(off.argmax())
        raise DataError(
            f"{where}: targets of cross_entropy must sum to 1 in each column; got {Y[:, i].sum()} at sample {i}. "
            f"Use output='sigmoid' for several labels?"
        )
