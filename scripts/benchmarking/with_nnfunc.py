"""nnfunc, by its public functions, with all checks: pixels as they are, uint8, one sample per column."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import cast

import nnfunc as nn
from benchmarking.contestants import MakePredictor, MakeTrainer, Predictor
from benchmarking.workloads import Samples, Weights, Workload
from nnfunc.convert import from_keras_weights

ENDLESS = 10**9

# jaxtyping imports JAX at its first check, if it finds it: 120 MB and a third of a second that nnfunc does not need.
sys.modules["jax"] = cast("ModuleType", None)


def _params(weights: Weights) -> nn.Params:
    return from_keras_weights([x for W, b in weights for x in (W.T, b[:, 0])])


def _weights(params: nn.Params) -> Weights:
    return [(layer.W, layer.b) for layer in params.layers]


class Train:
    """`nn.train`, an epoch for each `next`."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        self._workload, self._data = workload, nn.Dataset(samples.X.T, samples.y)
        self._start = self._params = _params(weights)
        self.reset()

    def reset(self) -> None:
        α, batch = self._workload.learning_rate, self._workload.batch
        self._epochs = nn.train(self._start, self._data, learning_rate=α, batch=batch, epochs=ENDLESS)

    def epoch(self) -> None:
        self._params = next(self._epochs).params

    def weights(self) -> Weights:
        return _weights(self._params)


class Descent:
    """`nn.gradient` of all samples, and `nn.update`."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        self._X, self._Y, self._α = samples.X.T, nn.one_hot(samples.y), workload.learning_rate
        self._start = _params(weights)
        self.reset()

    def reset(self) -> None:
        self._params = self._start

    def epoch(self) -> None:
        _, grads = nn.gradient(self._params, self._X, self._Y)
        self._params = nn.update(self._params, grads, self._α)

    def weights(self) -> Weights:
        return _weights(self._params)


def predictor(weights: Weights, samples: Samples) -> Predictor:
    """`nn.predict` of floats."""
    params, X = _params(weights), samples.floats().T
    return lambda: nn.predict(params, X)


TRAINERS: Mapping[str, MakeTrainer] = {"nnfunc": Train, "nnfunc gradient + update": Descent}
PREDICTORS: Mapping[str, MakePredictor] = {"nnfunc": predictor}
