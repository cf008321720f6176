"""A network on a data set."""

import numpy as np

from nnfunc.boundary import data_fits
from nnfunc.columns import pixels_to_floats, targets
from nnfunc.data.dataset import Dataset
from nnfunc.gradients import tiles
from nnfunc.metrics import Evaluation, confusion_matrix
from nnfunc.network import cost, forward
from nnfunc.params import Params
from nnfunc.prediction import classes_of
from nnfunc.shapes import checked


@checked
def evaluate(params: Params, data: Dataset) -> Evaluation:
    """The mean cost and the confusion matrix, computed tile by tile.

    A network that names no classes (one output that is no probability) has a cost, but an empty confusion matrix.

    Raises:
        ShapeError: the samples do not enter the network.
        DataError: a label is outside its classes.
    """
    data_fits("evaluate", params, data.X)
    n_out = params.sizes[-1]
    classes = max(n_out, 2) if params.names_classes else 0
    total, confusion = 0.0, np.zeros((classes, classes), np.intp)
    for tile in tiles(data.m):
        part = data.take(tile)
        cache = forward(params, pixels_to_floats(part.X, params.dtype))
        total += part.m * cost(params, cache, targets(part.y, n_out, params.dtype))
        if params.names_classes:
            confusion += confusion_matrix(part.labels, classes_of(params, cache.output), classes)
    return Evaluation(total / data.m, confusion)
