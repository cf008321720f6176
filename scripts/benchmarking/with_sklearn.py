"""scikit-learn: `MLPClassifier.partial_fit` on float32, plain SGD.

The samples are shuffled outside, which is no slower than its own shuffling, so that it sees the order of the others.
"""

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarking.contestants import MakePredictor, MakeTrainer, Predictor
from benchmarking.workloads import Array, Samples, Weights, Workload, order_of

neural_network: Any = importlib.import_module("sklearn.neural_network")


def _classifier(weights: Weights, X: Array, y: Array, batch: int, α: float) -> Any:
    """With its own weights first, which are then overwritten: it has no way to be given them."""
    classifier = neural_network.MLPClassifier(
        [len(W) for W, _ in weights[:-1]],
        solver="sgd",
        alpha=0,
        batch_size=batch,
        learning_rate_init=α,
        momentum=0,
        nesterovs_momentum=False,
        shuffle=False,
        random_state=0,
    )
    classifier.partial_fit(X[:batch], y[:batch], classes=np.arange(10))
    _set(classifier, weights)
    return classifier


def _set(classifier: Any, weights: Weights) -> None:
    for coefficients, intercepts, (W, b) in zip(classifier.coefs_, classifier.intercepts_, weights, strict=True):
        coefficients[...], intercepts[...] = W.T, b[:, 0]  # in place: its optimizer has these arrays


class PartialFit:
    """An epoch for each call of `partial_fit`."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        self._X, self._y, self._batch, self._start = samples.floats(), samples.y, workload.batch, weights
        batch = len(self._y) if workload.batch is None else workload.batch
        self._classifier = _classifier(weights, self._X, self._y, batch, workload.learning_rate)
        self.reset()

    def reset(self) -> None:
        self._rng = np.random.default_rng(0)
        _set(self._classifier, self._start)

    def epoch(self) -> None:
        if self._batch is None:
            self._classifier.partial_fit(self._X, self._y)
            return
        order = order_of(self._rng, len(self._y))
        self._classifier.partial_fit(self._X[order], self._y[order])

    def weights(self) -> Weights:
        pairs = zip(self._classifier.coefs_, self._classifier.intercepts_, strict=True)
        return [(W.T.copy(), b[:, None].copy()) for W, b in pairs]


def predictor(weights: Weights, samples: Samples) -> Predictor:
    """`predict`."""
    X = samples.floats()
    some = np.resize(X, (10, X.shape[1])), np.arange(10)
    classifier = _classifier(weights, *some, batch=10, α=0.1)
    return lambda: classifier.predict(X)


TRAINERS: Mapping[str, MakeTrainer] = {"scikit-learn": PartialFit}
PREDICTORS: Mapping[str, MakePredictor] = {"scikit-learn": predictor}
