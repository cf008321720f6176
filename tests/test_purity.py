"""Every public function leaves its inputs as they were, bit for bit."""

from collections.abc import Callable

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import tree
from nnfunc.activations import ACTIVATIONS, OUTPUTS
from nnfunc.costs import COSTS
from tests.networks import batch, kinds, small


def bits(*trees: object) -> list[bytes]:
    return [leaf.tobytes() for leaf in tree.leaves(trees)]


@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds(depths=(3,)))
def test_a_step(depth: int, activation: str, output: str, cost: str) -> None:
    params = small(depth, activation=activation, output=output, cost=cost)
    X, Y = batch(params)
    before = bits(params, X, Y)
    cache = nn.forward(params, X)
    after_forward = bits(cache)
    grads = nn.backward(params, cache, Y)
    after_backward = bits(grads)
    nn.update(params, grads, 0.1)
    nn.cost(params, cache, Y)
    assert bits(params, X, Y) == before
    assert bits(cache) == after_forward
    assert bits(grads) == after_backward
    assert X.flags.writeable


CALLS: dict[str, Callable[[nn.Params, nn.Array, nn.Array], object]] = {
    "predict": lambda params, X, Y: nn.predict(params, X),
    "probabilities": lambda params, X, Y: nn.probabilities(params, X),
    "gradient": nn.gradient,
    "check_gradient": nn.check_gradient,
    "evaluate": lambda params, X, Y: nn.evaluate(params, nn.Dataset(X, Y)),
    "train": lambda params, X, Y: list(nn.train(params, nn.Dataset(X, Y), learning_rate=0.1, epochs=2, batch=4)),
    "split": lambda params, X, Y: nn.split(nn.Dataset(X, Y), 0.5),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str) -> None:
    params = small()
    X, Y = batch(params)
    before = bits(params, X, Y)
    CALLS[name](params, X, Y)
    assert bits(params, X, Y) == before


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_activation(name: str) -> None:
    Z = np.random.default_rng(0).normal(0, 1, (3, 4))
    before = bits(Z)
    OUTPUTS[name].value(Z)
    if name in ACTIVATIONS:
        ACTIVATIONS[name].derivative(Z)
    assert bits(Z) == before


@pytest.mark.parametrize("name", COSTS)
def test_a_cost(name: str) -> None:
    Z, Y = np.random.default_rng(0).normal(0, 1, (3, 4)), np.eye(3, 4)
    A = OUTPUTS["sigmoid"].value(Z)
    before = bits(Z, A, Y)
    COSTS[name].losses(Z, A, Y)
    COSTS[name].derivative(A, Y)
    assert bits(Z, A, Y) == before


def test_columns() -> None:
    y, images = np.array([1, 2, 0]), np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    before = bits(y, images)
    nn.one_hot(y, 3)
    nn.is_digit(y, 1)
    nn.scale(nn.to_columns(images))
    assert bits(y, images) == before
