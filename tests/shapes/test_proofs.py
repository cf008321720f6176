"""The library proves itself: its shapes fit for every number of samples, and of nodes of every layer."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import notes
from nnfunc.activations import ACTIVATIONS, OUTPUTS, ActivationName, OutputName, softmax_error
from nnfunc.costs import COSTS, CROSS_ENTROPY, CostName, mean
from nnfunc.network import layer_gradient, output_error
from nnfunc.tiling.gradients import tile_gradient
from tests.networks import kinds

SIZES = {1: "n c", 2: "n h c", 3: "n h k c", 4: "n h k l c"}
"""Of a network with so many layers: all different."""

X, Y = nn.symbolic("n m"), nn.symbolic("c m")


def network(
    depth: int, activation: ActivationName = "relu", output: OutputName = "softmax", cost: CostName | None = None
) -> nn.Params:
    return nn.symbolic_params(SIZES[depth], activation=activation, output=output, cost=cost)


def step(params: nn.Params, X: nn.Array, Y: nn.Array, α: float) -> nn.Params:
    """All of forward, cost, backward and update."""
    cache = nn.forward(params, X)
    nn.cost(params, cache, Y)
    return nn.update(params, nn.backward(params, cache, Y), α)


@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds())
def test_a_step_of_every_network(depth: int, activation: ActivationName, output: OutputName, cost: CostName) -> None:
    params = network(depth, activation, output, cost)
    nn.prove(step, params, X, Y, 0.1)
    masks = tuple(nn.symbolic(f"{n} m") for n in SIZES[depth].split()[1:-1])
    nn.prove(tile_gradient, params, X, Y, None, ())
    nn.prove(tile_gradient, params, X, Y, nn.symbolic("m"), masks)
    nn.prove(nn.forward, params, X, each=("m",))


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_prediction_of_each_sample_alone(dtype: type) -> None:
    samples = nn.symbolic("n m", dtype)
    for depth in SIZES:
        nn.prove(nn.predict, network(depth), samples, each=("m",))
        nn.prove(nn.probabilities, network(depth), samples, each=("m",))
    nn.prove(nn.predict, nn.symbolic_params("n h 1", output="sigmoid"), samples, each=("m",))


def test_all_of_them_with_float64() -> None:
    params = nn.symbolic_params("n h c", dtype=np.float64)
    nn.prove(step, params, nn.symbolic("n m", np.float64), nn.symbolic("c m", np.float64), 0.1)
    with pytest.raises(nn.ShapeError, match="forward: X must be float64 like params"):
        nn.prove(step, params, X, Y, 0.1)


FUNCTIONS: list[Callable[..., Any]] = [
    *(g.value for g in OUTPUTS.values()), *(g.derivative for g in ACTIVATIONS.values()), softmax_error,
    *(f for cost in COSTS.values() for f in (cost.losses, cost.derivative)), nn.to_columns, nn.scale,
]  # fmt: skip


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_functions_of_each_column_alone(f: Callable[..., Any]) -> None:
    nn.prove(f, each=("m",) if f is not nn.scale else ())
    if f is nn.scale:  # whose annotations name no axis
        nn.prove(f, nn.symbolic("n m", np.uint8), each=("m",))


@pytest.mark.parametrize("f", [mean, layer_gradient], ids=lambda f: f.__name__)
def test_means_over_the_samples(f: Callable[..., Any]) -> None:
    nn.prove(f)
    with pytest.raises(nn.ShapeError, match="keep the entries along m apart"):
        nn.prove(f, each=("m",))


def test_the_error_of_the_output() -> None:
    params = network(2)
    nn.prove(output_error, params, nn.forward(params, X), Y)


@pytest.mark.parametrize("f", [notes.forward, notes.backward, notes.update], ids=lambda f: f.__name__)
def test_the_notes_for_every_number_of_samples(f: Callable[..., Any]) -> None:
    nn.prove(f)
    if f is notes.forward:
        nn.prove(f, each=("m",))


def test_wrong_sizes_of_symbols_are_refused() -> None:
    with pytest.raises(nn.ShapeError, match="forward: X must have n rows, one column per sample, to enter W"):
        nn.prove(nn.forward, network(2), nn.symbolic("m n"))
    first, last = nn.symbolic_params("n h", output="relu"), nn.symbolic_params("k c")
    with pytest.raises(nn.ShapeError, match="layer 2: W must have h columns"):
        nn.Params((*first.layers, *last.layers), CROSS_ENTROPY)
