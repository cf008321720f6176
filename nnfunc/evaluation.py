"""A network on a data set."""

import numpy as np

from nnfunc.columns import labels_of, pixels_to_floats
from nnfunc.data.dataset import Dataset
from nnfunc.data.targets import targets_for
from nnfunc.gradients import tiles
from nnfunc.metrics import Evaluation, confusion_matrix
from nnfunc.network import cost, forward
from nnfunc.params import Params
from nnfunc.shapes import checked


@checked("")
def evaluate(params: Params, data: Dataset) -> Evaluation:
    """The mean cost and the confusion matrix, computed tile by tile.

    A network that names no classes (one output that is no probability) has a cost, but an empty confusion matrix.

    Raises:
        ShapeError: the samples do not enter the network.
        DataError: a label is outside its classes.
    """
    Y, labels = targets_for("evaluate", params, data), data.labels
    classes = max(params.sizes[-1], 2) if params.names_classes else 0
    total, confusion = 0.0, np.zeros((classes, classes), np.intp)
    for tile in tiles(data.m):
        cache = forward(params, pixels_to_floats(data.X[:, tile], params.dtype))
        total += (tile.stop - tile.start) * cost(params, cache, Y[:, tile])
        if params.names_classes:
            confusion += confusion_matrix(labels[tile], labels_of(cache.output), classes)
    return Evaluation(total / data.m, confusion)
