"""nnfunc through its public functions, with all checks: pixels in uint8, one sample per column."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import cast

import nnfunc as nn
from benchmarking.tasks import Array, Task, Weights

# jaxtyping imports JAX at its first check, if it finds it: 120 MB and a third of a second that nnfunc does not need.
sys.modules["jax"] = cast("ModuleType", None)


def train(task: Task) -> Iterator[Callable[[], Weights]]:
    """Train with `nn.train`, an epoch for each `next`."""
    params, data = nn.init(task.workload.sizes), nn.Dataset(task.X.T, task.y)
    α, batch = task.workload.learning_rate, task.workload.batch
    yield partial(weights_of, params)
    for epoch in nn.train(params, data, learning_rate=α, batch=batch, epochs=10**9):
        yield partial(weights_of, epoch.params)


def weights_of(params: nn.Params) -> Weights:
    """Return W and b of each layer."""
    return [(layer.W, layer.b) for layer in params.layers]


def predict(task: Task) -> Callable[[], Array]:
    """Return a function that calls `nn.predict` on floats."""
    return partial(nn.predict, nn.init(task.workload.sizes), task.floats().T)
