"""A network on a data set."""

import operator
from collections.abc import Sequence
from functools import partial, reduce

import numpy as np
from jaxtyping import Float, Int, Real

from nnfunc.array import Array, Scalar
from nnfunc.columns import labels_of, pixels_to_floats
from nnfunc.costs import COSTS, mean
from nnfunc.data.dataset import Dataset
from nnfunc.data.targets import check_data, targets_of
from nnfunc.metrics import Evaluation, confusion_matrix
from nnfunc.network import forward
from nnfunc.params import Params
from nnfunc.recording import recorded
from nnfunc.shapes import checked
from nnfunc.tiling import in_lanes, processors


@checked("")
def evaluate(params: Params, data: Dataset) -> Evaluation:
    """The mean cost and the confusion matrix, computed tile by tile.

    A network that names no classes (one output that is no probability) has a cost, but an empty confusion matrix.

    Raises:
        ShapeError: the samples do not enter the network.
        DataError: a label is outside its classes.
    """
    check_data("evaluate", params, data)
    lanes = in_lanes(partial(_lane, params, data, data.labels), data.m, params.size, processors())
    total, confusion = (reduce(operator.add, part) for part in zip(*lanes, strict=True))
    return Evaluation(total / data.m, confusion)


def _lane(params: Params, data: Dataset, labels: Array, lane: Sequence[slice]) -> tuple[float, Array]:
    """Σ over the tiles of a lane of the costs of their samples, and their confusion matrix."""
    classes = max(params.sizes[-1], 2) if params.names_classes else 0
    total, confusion = 0.0, np.zeros((classes, classes), np.intp)
    for tile in lane:
        J, predicted = outcome(params, data.X[:, tile], targets_of(params, data, tile))
        total += (tile.stop - tile.start) * float(J)
        if classes:
            confusion += confusion_matrix(labels[tile], predicted, classes)
    return total, confusion


@recorded
@checked("n_in m n_out")
def outcome(params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"]) -> tuple[Scalar, Int[Array, " m"]]:
    """The mean cost of a few samples, and the class that each is taken for."""
    cache = forward(params, pixels_to_floats(X, params.dtype))
    last = cache.layers[-1]
    return mean(COSTS[params.cost].losses(last.Z, last.A, Y)), labels_of(last.A)
