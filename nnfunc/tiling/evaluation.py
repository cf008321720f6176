"""The evaluation of a network on a data set."""

import operator
from collections.abc import Sequence
from functools import partial, reduce

import numpy as np
from jaxtyping import Float, Int, Real

from nnfunc.base.array import Array, Scalar, shape_text
from nnfunc.base.errors import SettingError, ShapeError
from nnfunc.data.dataset import Dataset
from nnfunc.data.encoding import pixels_to_floats
from nnfunc.model.params import Params
from nnfunc.network import forward, mean_cost
from nnfunc.recording import recorded
from nnfunc.shapes import checked
from nnfunc.tiling.lanes import in_lanes, processors
from nnfunc.tiling.metrics import Evaluation
from nnfunc.tiling.prediction import answers
from nnfunc.tiling.task import Task, task_of


@checked
def evaluate(params: Params, data: Dataset, *, weights: Array | None = None) -> Evaluation:
    """Compute the mean cost and the confusion matrix, tile by tile.

    With several sigmoid outputs and targets, which are labels that a sample may have together, the matrix counts
    labels: 2×2, no and yes. For values (a single output that is not a probability, or targets of outputs that are not
    probabilities) there is a cost, but the matrix is empty.

    Args:
        params: network.
        data: samples with labels or targets.
        weights: w of each sample in J = 1/m Σ w · loss; by default 1 for all.

    Raises:
        ShapeError: the samples do not fit the network, or weights are not one per sample, in its dtype.
        DataError: a label is outside its classes.
    """
    task = task_of("evaluate", params, data)
    if weights is not None and (weights.shape != (data.m,) or weights.dtype != params.dtype):
        raise ShapeError(
            f"evaluate: weights must be {data.m} numbers in {params.dtype}, one per sample; got weights "
            f"({shape_text(weights)}, {weights.dtype})."
        )
    return evaluated(params, task, weights)


def evaluated(params: Params, task: Task, weights: Array | None = None) -> Evaluation:
    """Evaluate a network on samples that are known to fit it."""
    lanes = in_lanes(partial(_lane, params, task, weights), task.m, params.size, processors())
    total, confusion = (reduce(operator.add, part) for part in zip(*lanes, strict=True))
    return Evaluation(total / task.m, confusion)


@checked
def mistakes(params: Params, data: Dataset) -> Int[Array, " k"]:
    """Return the indices of the samples whose class is predicted wrong.

    The most probable predictions come first; if the outputs are not probabilities, the lowest indices do.

    Raises:
        SettingError: the outputs, or the targets, do not name classes.
        ShapeError: the samples do not fit the network.
        DataError: a label is outside its classes.
    """
    if (kind := task_of("mistakes", params, data).kind) != "classes":
        raise SettingError(f"mistakes: each sample must have one class; got {kind}. Look at nn.probabilities?")
    predicted, p = answers(params, data.X)
    wrong = np.flatnonzero(predicted != data.labels)
    return wrong[np.argsort(-p[wrong], kind="stable")]


def _lane(params: Params, task: Task, weights: Array | None, lane: Sequence[slice]) -> tuple[float, Array]:
    """Return Σ of the costs of the samples in a lane, and their confusion matrix, tile by tile."""
    total, confusion = 0.0, np.zeros((task.classes, task.classes), np.intp)
    for tile in lane:
        J, A = cost_and_output(
            params, task.data.X[:, tile], task.targets(tile), None if weights is None else weights[tile]
        )
        total += (tile.stop - tile.start) * float(J)
        confusion += task.confusion(tile, A)
    return total, confusion


@recorded
@checked
def cost_and_output(
    params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"], weights: Float[Array, " m"] | None
) -> tuple[Scalar, Float[Array, "n_out m"]]:
    """Compute the mean cost of a few samples, and A[L]."""
    cache = forward(params, pixels_to_floats(X, params.dtype))
    return mean_cost(params, cache, Y, weights), cache.output
