"""PyTorch as it is commonly written, eager; samples are gathered with `index_select`, which is faster than indexing."""

import importlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarking.machine import cores
from benchmarking.tasks import Task, Weights

torch: Any = importlib.import_module("torch")
torch.set_num_threads(cores())


def _model(weights: Weights) -> Any:
    modules: list[Any] = []
    for W, b in weights:
        linear = torch.nn.Linear(W.shape[1], W.shape[0])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W))
            linear.bias.copy_(torch.from_numpy(b[:, 0]))
        modules += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


def _weights(model: Any) -> Weights:
    arrays = [parameter.detach().numpy().copy() for parameter in model.parameters()]
    return [(W, b[:, None]) for W, b in zip(arrays[::2], arrays[1::2], strict=True)]


def train(task: Task) -> Iterator[Callable[[], Weights]]:
    """Train a model with an optimizer and a loop."""
    X, y, model = torch.from_numpy(task.floats()), torch.from_numpy(task.y.astype(np.int64)), _model(task.weights)
    optimizer = torch.optim.SGD(model.parameters(), lr=task.workload.learning_rate)

    def step(X: Any, y: Any) -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(X), y).backward()
        optimizer.step()

    for order in task.orders():
        yield partial(_weights, model)
        if order is None:
            step(X, y)
            continue
        for indices in torch.from_numpy(order).split(task.workload.batch):
            step(X.index_select(0, indices), y.index_select(0, indices))


def predict(task: Task) -> Callable[[], Any]:
    """Return a function of the model and argmax, in inference mode."""
    X, model = torch.from_numpy(task.floats()), _model(task.weights)

    def classes() -> Any:
        with torch.inference_mode():
            return model(X).argmax(dim=1)

    return classes
