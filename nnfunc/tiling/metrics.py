"""Metrics of predictions: the confusion matrix, and the accuracy, precision and recall computed from it."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, Integer

from nnfunc.base.array import Array
from nnfunc.shapes import checked
from nnfunc.tracing import tree


@checked
def confusion_matrix(
    labels: Integer[Array, " m"], predicted: Integer[Array, " m"], classes: int
) -> Int[Array, "{classes} {classes}"]:  # pyrefly: ignore[invalid-annotation]
    """Count the samples of each class (row) that were predicted as each class (column)."""
    return np.bincount(labels.astype(np.intp) * classes + predicted, minlength=classes**2).reshape(classes, classes)


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Evaluation(tree.Node):
    """The mean cost over a data set, and the confusion matrix: rows are true classes, columns predicted ones."""

    cost: float
    confusion: Int[Array, "classes classes"]

    @property
    def accuracy(self) -> float:
        """The share of samples that were predicted right, 0..1; NaN if the network does not name classes."""
        m = int(self.confusion.sum())
        return int(np.trace(self.confusion)) / m if m else math.nan

    @property
    def precision(self) -> Array:
        """The share of each class's predictions that are right; NaN for a class that was never predicted."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=0))

    @property
    def recall(self) -> Array:
        """The share of each class's samples that were found; NaN for a class without samples."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=1))


def _ratio(part: Array, whole: Array) -> Array:
    ratio: Array = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return ratio


def class_names(classes: int, digit: int | None) -> list[str]:
    """Return the names of the classes: their numbers, or, for the question "is it a 3?", "not 3" and "3"."""
    return [str(i) for i in range(classes)] if digit is None else [f"not {digit}", str(digit)]
