"""That the networks of the notes learn real digits; the rest of the guide's table is made by scripts/learning.py."""

from itertools import pairwise
from pathlib import Path

import pytest

import nnfunc as nn
from nnfunc.activations import ActivationName, OutputName
from nnfunc.costs import CostName

Two = tuple[nn.Dataset, nn.Dataset]

KINDS = [
    ("leaky_relu", "elu", "squared_error", 0.65),
    ("relu", "relu", "squared_error", 0.70),
    ("sigmoid", "sigmoid", "binary_cross_entropy", 0.88),
    ("tanh", "softmax", "cross_entropy", 0.88),
    ("relu", "softmax", "cross_entropy", 0.88),
]


def last(params: nn.Params, training: nn.Dataset, batch: int | None = 32, epochs: int = 10) -> nn.Params:
    *_, epoch = nn.train(params, training, learning_rate=0.1, batch=batch, epochs=epochs)
    return epoch.params


@pytest.mark.parametrize(("activation", "output", "cost", "accuracy"), KINDS)
def test_784_10_10_learns_the_embedded_digits(
    activation: ActivationName, output: OutputName, cost: CostName, accuracy: float, subset: Two
) -> None:
    training, test = subset
    params = nn.init((784, 10, 10), activation=activation, output=output, cost=cost)
    assert nn.evaluate(params, test).accuracy < 0.3
    assert nn.evaluate(last(params, training), test).accuracy > accuracy


def test_the_perceptron_learns_the_embedded_digits(subset: Two) -> None:
    training, test = subset
    assert nn.evaluate(last(nn.init((784, 10)), training), test).accuracy > 0.88


def test_full_batch_descent_falls_steadily(mnist_folder: Path) -> None:
    training, _ = nn.load_mnist(mnist_folder)
    epochs = nn.train(nn.init((784, 10, 10)), training, learning_rate=0.1, epochs=100)
    costs = [epoch.cost for epoch in epochs]
    assert all(after < before for before, after in pairwise(costs))
    assert costs[-1] < costs[0] / 2


def test_128_hidden_nodes_reach_975_in_a_thousand(mnist_folder: Path) -> None:
    training, test = nn.load_mnist(mnist_folder)
    assert nn.evaluate(last(nn.init((784, 128, 10)), training), test).accuracy >= 0.975


def test_is_it_a_3(mnist_folder: Path) -> None:
    training, test = (nn.Dataset(data.X, nn.is_digit(data.y, 3)) for data in nn.load_mnist(mnist_folder))
    evaluation = nn.evaluate(last(nn.init((784, 32, 16, 1), output="sigmoid"), training), test)
    assert evaluation.accuracy >= 0.985
    assert evaluation.recall[1] >= 0.93
