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

    Of several sigmoid outputs with targets, which are labels that a sample may have together, the matrix counts labels:
    2×2, no and yes. What names no classes (one output that is no probability, or identity outputs with targets) has a
    cost, but an empty matrix.

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
    n_out = params.sizes[-1]
    several = params.output == "sigmoid" and n_out > 1 and data.y.ndim == 2
    values = not params.names_classes or (params.output == "identity" and data.y.ndim == 2)
    classes = 0 if values else 2 if several else max(n_out, 2)
    total, confusion = 0.0, np.zeros((classes, classes), np.intp)
    for tile in lane:
        Y = targets_of(params, data, tile)
        J, predicted, A = outcome(params, data.X[:, tile], Y)
        total += (tile.stop - tile.start) * float(J)
        if several:
            yes, found = (np.greater(x, 0.5).ravel().astype(np.intp) for x in (Y, A))
            confusion += confusion_matrix(yes, found, classes)
        elif classes:
            confusion += confusion_matrix(labels[tile], predicted, classes)
    return total, confusion


@recorded
@checked("n_in m n_out")
def outcome(
    params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"]
) -> tuple[Scalar, Int[Array, " m"], Float[Array, "n_out m"]]:
    """The mean cost of a few samples, the class that each is taken for, and A[L]."""
    cache = forward(params, pixels_to_floats(X, params.dtype))
    last = cache.layers[-1]
    return mean(COSTS[params.cost].losses(last.Z, last.A, Y)), labels_of(last.A), last.A
