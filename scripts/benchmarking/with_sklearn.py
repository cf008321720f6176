"""scikit-learn: `MLPClassifier.partial_fit` on float32, plain SGD.

The samples are shuffled outside, so that it sees them in the same order as the others; its shuffling is no faster.
"""

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarking.tasks import Array, Task, Weights

neural_network: Any = importlib.import_module("sklearn.neural_network")


def _classifier(task: Task, X: Array) -> Any:
    """Create a classifier and overwrite its initial weights: it has no parameter for them."""
    classifier = neural_network.MLPClassifier(
        task.workload.sizes[1:-1],
        solver="sgd",
        alpha=0,
        batch_size=task.workload.batch or len(X),
        learning_rate_init=task.workload.learning_rate,
        momentum=0,
        nesterovs_momentum=False,
        shuffle=False,
        random_state=0,
    )
    some = X[: classifier.batch_size]
    classifier.partial_fit(some, np.arange(len(some)) % 10, classes=np.arange(10))
    for coefficients, intercepts, (W, b) in zip(classifier.coefs_, classifier.intercepts_, task.weights, strict=True):
        coefficients[...], intercepts[...] = W.T, b[:, 0]  # in place: its optimizer holds these arrays
    return classifier


def train(task: Task) -> Iterator[Callable[[], Weights]]:
    """Train with `partial_fit`, an epoch for each call."""
    X, y = task.floats(), task.y
    classifier = _classifier(task, X)
    for order in task.orders():
        yield partial(_weights, classifier)
        some = slice(None) if order is None else order
        classifier.partial_fit(X[some], y[some])


def _weights(classifier: Any) -> Weights:
    return [(W.T.copy(), b[:, None].copy()) for W, b in zip(classifier.coefs_, classifier.intercepts_, strict=True)]


def predict(task: Task) -> Callable[[], Any]:
    """Return a function that calls `predict`."""
    X = task.floats()
    return partial(_classifier(task, X).predict, X)
