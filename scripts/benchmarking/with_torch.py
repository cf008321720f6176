"""PyTorch: on all cores, samples gathered by `index_select` from a tensor, without a DataLoader.

Eager is `nn.Sequential`, `F.cross_entropy` and `optim.SGD`. Compiled is the whole step as one function, gathering and
update included, its gradient by `torch.func.grad`: twice as fast on small batches as a compiled loss with a separate
optimizer, which is slower there than eager.
"""

import importlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from benchmarking.contestants import MakePredictor, MakeTrainer, Predictor
from benchmarking.machine import cores
from benchmarking.workloads import Samples, Weights, Workload, order_of

os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"  # no pool of processes, which would outlast the compilation
torch: Any = importlib.import_module("torch")
torch.set_num_threads(cores())
F: Any = torch.nn.functional


def _tensors(weights: Weights) -> list[Any]:
    """W and b of each layer in turn, copies."""
    return [torch.tensor(array) for W, b in weights for array in (W, b[:, 0])]


def _model(weights: Weights) -> Any:
    modules: list[Any] = []
    for W, _ in weights:
        modules += [torch.nn.Linear(W.shape[1], W.shape[0]), torch.nn.ReLU()]
    model = torch.nn.Sequential(*modules[:-1])
    _set(model, weights)
    return model


def _set(model: Any, weights: Weights) -> None:
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), _tensors(weights), strict=True):
            parameter.copy_(value)


def _as_arrays(tensors: list[Any]) -> Weights:
    arrays = [tensor.detach().numpy().copy() for tensor in tensors]
    return [(W, b[:, None]) for W, b in zip(arrays[::2], arrays[1::2], strict=True)]


class _Data:
    """The samples, and their indices batch by batch."""

    def __init__(self, workload: Workload, samples: Samples) -> None:
        self.X, self.y = torch.from_numpy(samples.floats()), torch.from_numpy(samples.y.astype(np.int64))
        self.batch = workload.batch
        self.reset()

    def reset(self) -> None:
        self._rng = np.random.default_rng(0)

    def batches(self) -> Iterator[Any]:
        return iter(torch.from_numpy(order_of(self._rng, len(self.y))).split(self.batch))


class Eager:
    """As it is commonly written."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        self._data, self._start, self._model = _Data(workload, samples), weights, _model(weights)
        self._optimizer = torch.optim.SGD(self._model.parameters(), lr=workload.learning_rate)

    def reset(self) -> None:
        self._data.reset()
        _set(self._model, self._start)

    def epoch(self) -> None:
        X, y = self._data.X, self._data.y
        if self._data.batch is None:
            self._step(X, y)
            return
        for indices in self._data.batches():
            self._step(X.index_select(0, indices), y.index_select(0, indices))

    def _step(self, X: Any, y: Any) -> None:
        self._optimizer.zero_grad()
        F.cross_entropy(self._model(X), y).backward()
        self._optimizer.step()

    def weights(self) -> Weights:
        return _as_arrays(list(self._model.parameters()))


def _loss(parameters: list[Any], x: Any, y: Any) -> Any:
    for i in range(0, len(parameters) - 2, 2):
        x = F.relu(F.linear(x, parameters[i], parameters[i + 1]))
    return F.cross_entropy(F.linear(x, *parameters[-2:]), y)


class Compiled:
    """The whole step in one compiled function."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        α = workload.learning_rate

        def step(parameters: list[Any], X: Any, y: Any) -> list[Any]:
            gradients = torch.func.grad(_loss)(parameters, X, y)
            return [p - α * g for p, g in zip(parameters, gradients, strict=True)]

        def gathered(parameters: list[Any], X: Any, y: Any, indices: Any) -> list[Any]:
            return step(parameters, X.index_select(0, indices), y.index_select(0, indices))

        self._data, self._start = _Data(workload, samples), weights
        self._step = torch.compile(step if workload.batch is None else gathered, dynamic=False)
        self.reset()

    def reset(self) -> None:
        self._data.reset()
        self._parameters = _tensors(self._start)

    def epoch(self) -> None:
        X, y = self._data.X, self._data.y
        with torch.no_grad():
            if self._data.batch is None:
                self._parameters = self._step(self._parameters, X, y)
                return
            for indices in self._data.batches():
                self._parameters = self._step(self._parameters, X, y, indices)

    def weights(self) -> Weights:
        return _as_arrays(self._parameters)


def _classes(model: Any, X: Any) -> Any:
    return model(X).argmax(dim=1)


def eager_predictor(weights: Weights, samples: Samples) -> Predictor:
    """The model and argmax, in inference mode."""
    return _predictor(_model(weights), _classes, samples)


def compiled_predictor(weights: Weights, samples: Samples) -> Predictor:
    """The same, compiled."""
    return _predictor(_model(weights), torch.compile(_classes, dynamic=False), samples)


def _predictor(model: Any, classes: Any, samples: Samples) -> Predictor:
    X = torch.from_numpy(samples.floats())

    def predict() -> Any:
        with torch.inference_mode():
            return classes(model, X)

    return predict


TRAINERS: Mapping[str, MakeTrainer] = {"torch eager": Eager, "torch.compile": Compiled}
PREDICTORS: Mapping[str, MakePredictor] = {"torch eager": eager_predictor, "torch.compile": compiled_predictor}
