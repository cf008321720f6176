"""JAX: row-major, compiled, the parameters donated; samples are gathered inside the compiled function.

Jit is one call per step, Scan one per epoch: `lax.scan` over the batches, and the last batch, which may be smaller.
"""

import importlib
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarking.contestants import MakePredictor, MakeTrainer, Predictor
from benchmarking.workloads import Samples, Weights, Workload, order_of

os.environ["JAX_PLATFORMS"] = "cpu"
jax: Any = importlib.import_module("jax")
jnp: Any = importlib.import_module("jax.numpy")


def _parameters(weights: Weights) -> Any:
    """W n_in×n_out and b of each layer, copies: the old ones may have been donated."""
    return [(jnp.array(W.T), jnp.array(b[:, 0])) for W, b in weights]


def _logits(parameters: Any, x: Any) -> Any:
    *hidden, (last_w, last_b) = parameters
    for w, b in hidden:
        x = jax.nn.relu(x @ w + b)
    return x @ last_w + last_b


def _loss(parameters: Any, X: Any, y: Any) -> Any:
    return -jnp.take_along_axis(jax.nn.log_softmax(_logits(parameters, X)), y[:, None], axis=1).mean()


class _Trainer:
    """The data, the parameters and a step on some samples."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        self._X, self._y = jnp.asarray(samples.floats()), jnp.asarray(samples.y.astype(np.int32))
        self._m, self._batch, self._α = len(samples.y), workload.batch, workload.learning_rate
        self._start = weights
        self.reset()

    def reset(self) -> None:
        self._rng = np.random.default_rng(0)
        self._parameters = jax.block_until_ready(_parameters(self._start))

    def _order(self) -> Any:
        return order_of(self._rng, self._m).astype(np.int32)

    def _step(self, parameters: Any, X: Any, y: Any) -> Any:
        def updated(p: Any, g: Any) -> Any:
            return p - self._α * g

        return jax.tree.map(updated, parameters, jax.grad(_loss)(parameters, X, y))

    def _gathered(self, parameters: Any, X: Any, y: Any, indices: Any) -> Any:
        return self._step(parameters, X[indices], y[indices])

    def weights(self) -> Weights:
        return [(np.array(W).T, np.array(b)[:, None]) for W, b in self._parameters]


class Jit(_Trainer):
    """One compiled call for each step."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        super().__init__(workload, weights, samples)
        self._compiled = jax.jit(self._step if workload.batch is None else self._gathered, donate_argnums=0)

    def epoch(self) -> None:
        parameters = self._parameters
        if self._batch is None:
            parameters = self._compiled(parameters, self._X, self._y)
        else:
            order = self._order()
            for start in range(0, self._m, self._batch):
                parameters = self._compiled(parameters, self._X, self._y, order[start : start + self._batch])
        self._parameters = jax.block_until_ready(parameters)


class Scan(_Trainer):
    """One compiled call for each epoch."""

    def __init__(self, workload: Workload, weights: Weights, samples: Samples) -> None:
        super().__init__(workload, weights, samples)
        self._compiled = jax.jit(self._all, donate_argnums=0)

    def _all(self, parameters: Any, X: Any, y: Any, batches: Any, rest: Any) -> Any:
        def step(parameters: Any, indices: Any) -> tuple[Any, None]:
            return self._gathered(parameters, X, y, indices), None

        parameters, _ = jax.lax.scan(step, parameters, batches)
        return self._gathered(parameters, X, y, rest) if len(rest) else parameters

    def epoch(self) -> None:
        assert self._batch is not None
        order, whole = self._order(), self._m // self._batch * self._batch
        batches, rest = order[:whole].reshape(-1, self._batch), order[whole:]
        after = self._compiled(self._parameters, self._X, self._y, batches, rest)
        self._parameters = jax.block_until_ready(after)


def predictor(weights: Weights, samples: Samples) -> Predictor:
    """The network and argmax, compiled."""
    parameters, X = _parameters(weights), jnp.asarray(samples.floats())

    def classes(parameters: Any, X: Any) -> Any:
        return _logits(parameters, X).argmax(axis=1)

    compiled = jax.jit(classes)
    return lambda: jax.block_until_ready(compiled(parameters, X))


TRAINERS: Mapping[str, MakeTrainer] = {"JAX jit": Jit, "JAX scan": Scan}
PREDICTORS: Mapping[str, MakePredictor] = {"JAX jit": predictor}
