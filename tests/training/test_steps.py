"""One step and one mean cost: full batch, one batch of all samples and batches agree, whatever is asked for beside them."""

import dataclasses
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import OutputName
from nnfunc.data.loader import batches_at_once
from nnfunc.optimizers import plus_l2
from nnfunc.tracing import tree
from nnfunc.training.steps.descent import DROPOUT
from nnfunc.training.steps.regularisation import clipped, smoothed
from tests.networks import batch, small

M, SEED = 50, 4

OPTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "label_smoothing": {"label_smoothing": 0.2},
    "dropout": {"dropout": 0.3},
    "sample_weights": {"sample_weights": np.arange(M) / M},
    "class_weights": {"class_weights": "balanced"},
    "l2": {"l2": 0.05},
    "clip": {"clip": 0.05},
    "all of them": {
        "label_smoothing": 0.2,
        "dropout": 0.3,
        "sample_weights": np.arange(M) / M,
        "class_weights": {0: 3.0},
        "l2": 0.05,
        "clip": 0.05,
    },
}

OUTPUTS = {"softmax": 3, "sigmoid": 1}


def weights_of(y: nn.Array, options: dict[str, Any]) -> nn.Array | None:
    """The weights of the samples, of mean 1, as the options say."""
    by_class, weights = options.get("class_weights"), np.asarray(options.get("sample_weights", np.ones(M)))
    if by_class == "balanced":
        counts = np.bincount(y)
        weights = weights / counts[y]
    elif by_class is not None:
        weights = weights * np.where(y == 0, 3.0, 1.0)
    return None if not {"class_weights", "sample_weights"} & options.keys() else weights / weights.mean()


def by_hand(
    params: nn.Params, X: nn.Array, Y: nn.Array, number: int, parts: list[nn.Array], options: dict[str, Any]
) -> tuple[float, nn.Params]:
    """The running cost of an epoch of plain descent, and the parameters after it."""
    y = Y.argmax(axis=0) if len(Y) > 1 else Y[0].astype(int)
    weights, dropping, total = weights_of(y, options), np.random.default_rng([SEED, number, DROPOUT, 0]), 0.0
    aim = smoothed(Y, options.get("label_smoothing", 0.0), max(len(Y), 2))
    for samples in parts:
        own = None if weights is None else weights[samples]
        masks = nn.dropout_masks(params, len(samples), options["dropout"], dropping) if "dropout" in options else ()
        cache = nn.forward(params, X[:, samples], masks)
        total += len(samples) * nn.cost(params, cache, aim[:, samples], own)
        grads = plus_l2(nn.backward(params, cache, aim[:, samples], own), params, options.get("l2", 0.0))
        params = nn.update(params, clipped(grads, options["clip"]) if "clip" in options else grads, 0.1)
    return total / M, params


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("size", [None, M, 8], ids=["full batch", "one batch", "batches"])
@pytest.mark.parametrize("name", OPTIONS)
def test_the_running_cost_and_the_steps_are_those_by_hand(name: str, size: int | None, output: OutputName) -> None:
    params = small(3, output=output, n_out=OUTPUTS[output])
    X, Y = batch(params, M)
    data = nn.Dataset(X, Y.argmax(axis=0) if len(Y) > 1 else Y[0].astype(int))
    options = OPTIONS[name]
    settings: dict[str, Any] = {"learning_rate": 0.1, "epochs": 2, "batch": size, "seed": SEED, **options}
    epochs = list(nn.train(params, data, running_cost=True, **settings))
    rng = np.random.default_rng(SEED)
    for epoch in epochs:
        parts = [np.arange(M)] if size is None else list(nn.batches(M, size, rng))
        expected, params = by_hand(params, X, Y, epoch.number, parts, options)
        assert epoch.running_cost == pytest.approx(expected, rel=1e-12)
        for found, wanted in zip(tree.leaves(epoch.params), tree.leaves(params), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_full_batch_is_a_batch_of_all_samples(name: str) -> None:
    params = small(3)
    X, Y = batch(params, M)
    settings: dict[str, Any] = {"learning_rate": 0.1, "epochs": 2, "shuffle": False, "seed": SEED, **OPTIONS[name]}
    data = nn.Dataset(X, Y.argmax(axis=0))
    (*_, full), (*_, one) = (nn.train(params, data, batch=size, running_cost=True, **settings) for size in (None, M))
    assert full.running_cost == pytest.approx(one.running_cost, rel=1e-12)
    for x, y in zip(tree.leaves(full.params), tree.leaves(one.params), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("size", [None, M, 8])
def test_the_running_cost_is_noted_where_it_is_asked_for_only(size: int | None) -> None:
    params = small(2)
    X, Y = batch(params, M)
    (epoch,) = nn.train(params, nn.Dataset(X, Y), learning_rate=0.1, epochs=1, batch=size)
    assert epoch.running_cost is None


def test_the_running_cost_of_what_remains_of_an_epoch() -> None:
    params, size = nn.init((3, 2), output="identity", dtype=np.float64), 64
    X = np.tile([[0.3], [0.2], [0.1]], 3 * size * batches_at_once(size))  # all samples are the same
    data = nn.Dataset(X, X[:2])
    options: Any = {"learning_rate": 1e-12, "batch": size, "running_cost": True}
    *_, whole = nn.train(params, data, epochs=1, **options)
    within = dataclasses.replace(whole.state, step=2 * batches_at_once(size))
    (rest,) = nn.train(params, data, epochs=2, resume=within, **options)
    assert rest.running_cost == pytest.approx(whole.running_cost, rel=1e-9)
