"""The task of a network: a data set that has been checked, once, to fit its inputs, outputs and cost."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from nnfunc.activations import SIGMOID, SOFTMAX
from nnfunc.base.array import Array
from nnfunc.base.errors import DataError, ShapeError
from nnfunc.costs import BINARY_CROSS_ENTROPY, CROSS_ENTROPY
from nnfunc.data.dataset import Dataset
from nnfunc.data.encoding import check_labels, labels_of, targets
from nnfunc.model.checks import pixels_or_input
from nnfunc.model.params import Params
from nnfunc.tiling.metrics import confusion_matrix

ROUNDING = 1e-3
"""The largest difference from 1 that the sum of a sample's targets may have."""

Kind: TypeAlias = Literal["classes", "labels", "values"]
"""The kind of targets: one class per sample, labels that a sample may have together, or values."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A data set for a network, with samples that fit its inputs and targets that it can learn.

    Attributes:
        data: the samples.
        kind: the kind of their targets.
        n_out: the number of outputs of the network.
        dtype: the dtype of the network.
        y: m labels, or the whole Y in the dtype of the network.
    """

    data: Dataset
    kind: Kind
    n_out: int
    dtype: np.dtype[Any]
    y: Array

    @property
    def m(self) -> int:
        """The number of samples."""
        return self.data.m

    @property
    def classes(self) -> int:
        """The number of classes in the confusion matrix: for labels 2, no and yes; for values 0."""
        return {"values": 0, "labels": 2, "classes": max(self.n_out, 2)}[self.kind]

    def targets(self, samples: slice | Array = slice(None)) -> Array:
        """Return Y of some of the samples, n_out×m."""
        return targets(self.y[..., samples], self.n_out, self.dtype)

    def confusion(self, samples: slice, A: Array) -> Array:
        """Return the confusion matrix of some of the samples, with A, the network's outputs for them."""
        if self.kind == "values":
            return np.zeros((0, 0), np.intp)
        y = self.data.y[..., samples]
        if self.kind == "labels":
            true, found = (np.greater(x, 0.5).ravel().astype(np.intp) for x in (y, A))
        else:
            true, found = y if y.ndim == 1 else labels_of(y), labels_of(A)
        return confusion_matrix(true, found, self.classes)


def task_of(where: str, params: Params, data: Any, name: str = "data") -> Task:
    """Return a data set as the task of a network, after checking that it fits.

    Raises:
        ShapeError: it is not a data set, its samples do not fit the network, or its targets have other rows.
        DataError: a label is outside the classes, or the targets are not probabilities where the cost needs them.
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
