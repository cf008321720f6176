"""JAX, row-major, compiled, with donated parameters: a call per epoch, with `lax.scan` over the batches."""

import importlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarking.tasks import Task, Weights

os.environ["JAX_PLATFORMS"] = "cpu"
jax: Any = importlib.import_module("jax")
jnp: Any = importlib.import_module("jax.numpy")


def _parameters(weights: Weights) -> Any:
    """Return W, n_in×n_out, and b of each layer: copies, for they are donated."""
    return [(jnp.array(W.T), jnp.array(b[:, 0])) for W, b in weights]


def _weights(parameters: Any) -> Weights:
    return [(np.array(W).T, np.array(b)[:, None]) for W, b in parameters]


def _logits(parameters: Any, x: Any) -> Any:
    *hidden, (last_w, last_b) = parameters
    for w, b in hidden:
        x = jax.nn.relu(x @ w + b)
    return x @ last_w + last_b


def _classes(parameters: Any, x: Any) -> Any:
    return _logits(parameters, x).argmax(axis=1)


def _loss(parameters: Any, X: Any, y: Any) -> Any:
    return -jnp.take_along_axis(jax.nn.log_softmax(_logits(parameters, X)), y[:, None], axis=1).mean()


def _step(parameters: Any, X: Any, y: Any, α: float) -> Any:
    gradients = jax.grad(_loss)(parameters, X, y)
    return [(w - α * dw, b - α * db) for (w, b), (dw, db) in zip(parameters, gradients, strict=True)]


def _epoch(parameters: Any, X: Any, y: Any, order: Any, batch: int, α: float) -> Any:
    """Take the steps of an epoch; the last batch may be smaller."""

    def step(parameters: Any, indices: Any) -> tuple[Any, None]:
        return _step(parameters, X[indices], y[indices], α), None

    whole = len(order) // batch * batch
    parameters, _ = jax.lax.scan(step, parameters, order[:whole].reshape(-1, batch))
    return step(parameters, order[whole:])[0] if whole < len(order) else parameters


_compiled_classes: Any = jax.jit(_classes)
_compiled_step: Any = jax.jit(_step, donate_argnums=0, static_argnums=3)
_compiled_epoch: Any = jax.jit(_epoch, donate_argnums=0, static_argnums=(4, 5))


def train(task: Task) -> Iterator[Callable[[], Weights]]:
    """Train with one call per epoch of batches, which is faster than one per step, or with one per full-batch step."""
    X, y, parameters = jnp.asarray(task.floats()), jnp.asarray(task.y.astype(np.int32)), _parameters(task.weights)
    batch, α = task.workload.batch, task.workload.learning_rate
    for order in task.orders():
        yield partial(_weights, jax.block_until_ready(parameters))
        if order is None:
            parameters = _compiled_step(parameters, X, y, α)
        else:
            parameters = _compiled_epoch(parameters, X, y, order.astype(np.int32), batch, α)


def predict(task: Task) -> Callable[[], Any]:
    """Return a compiled function of the network and argmax."""
    parameters, X = _parameters(task.weights), jnp.asarray(task.floats())
    return lambda: jax.block_until_ready(_compiled_classes(parameters, X))
