"""How good predictions are: counts of classes, and what is read from them."""

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
    """Number of samples of each class (row) that were predicted as each class (column)."""
    return np.bincount(labels.astype(np.intp) * classes + predicted, minlength=classes**2).reshape(classes, classes)


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Evaluation(tree.Node):
    """The mean cost over a data set, and the confusion matrix: row the true class, column the predicted one."""

    cost: float
    confusion: Int[Array, "classes classes"]

    @property
    def accuracy(self) -> float:
        """Share of samples that were predicted right, 0..1; NaN where the network names no classes."""
        m = int(self.confusion.sum())
        return int(np.trace(self.confusion)) / m if m else math.nan

    @property
    def precision(self) -> Array:
        """For each class, the share of its predictions that are right; NaN where it was never predicted."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=0))

    @property
    def recall(self) -> Array:
        """For each class, the share of its samples that were found; NaN where there was none."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=1))


def _ratio(part: Array, whole: Array) -> Array:
    ratio: Array = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return ratio


def class_names(classes: int, digit: int | None) -> list[str]:
    """What the classes are called: by their numbers, or, of the question "is it a 3?", not 3 and 3."""
    return [str(i) for i in range(classes)] if digit is None else [f"not {digit}", str(digit)]
