"""Small networks and batches for the tests, and values of symbolic sizes; hidden ≠ classes ≠ m, so that no coincidence of sizes hides anything."""

import re

import numpy as np
from numpy.typing import DTypeLike

import nnfunc as nn
from nnfunc.activations import ACTIVATIONS, OUTPUTS, ActivationName, OutputName
from nnfunc.costs import CostName, costs_of
from nnfunc.tracing import tree

HIDDEN = (6, 4, 5)
N_IN, N_OUT, M = 7, 3, 9


def small(
    depth: int = 2,
    *,
    activation: ActivationName = "relu",
    output: OutputName = "softmax",
    cost: CostName | None = None,
    n_out: int = N_OUT,
    seed: int = 0,
    dtype: DTypeLike = np.float64,
) -> nn.Params:
    """A network of 7 inputs, `depth` layers and `n_out` outputs, with random biases."""
    sizes = (N_IN, *HIDDEN[: depth - 1], n_out)
    params = nn.init(sizes, activation=activation, output=output, cost=cost, seed=seed, dtype=dtype)
    rng = np.random.default_rng(seed + 1)
    layers = [
        nn.Layer(layer.W, rng.normal(0, 0.5, layer.b.shape).astype(dtype), layer.activation) for layer in params.layers
    ]
    return nn.Params(tuple(layers), params.cost)


def batch(params: nn.Params, m: int = M, seed: int = 2) -> tuple[nn.Array, nn.Array]:
    """X and Y that a network can take; Y is one-hot, or 0 and 1 for one output."""
    rng = np.random.default_rng(seed)
    X = rng.normal(0, 1, (params.sizes[0], m)).astype(params.dtype)
    n_out = params.sizes[-1]
    if n_out == 1:
        return X, nn.is_digit(rng.integers(0, 2, m), 1, params.dtype)
    return X, nn.one_hot(rng.integers(0, n_out, m), n_out, params.dtype)


def kinds(depths: tuple[int, ...] = (1, 2, 3, 4)) -> list[tuple[int, str, str, str]]:
    """Every legal (depth, activation, output, cost); a perceptron has no hidden activation to vary."""
    return [
        (depth, activation, output, cost)
        for depth in depths
        for activation in (ACTIVATIONS if depth > 1 else ["relu"])
        for output in OUTPUTS
        for cost in map(str, costs_of(OUTPUTS[output]))
    ]


def leaves_equal(a: object, b: object) -> bool:
    """Whether two trees hold the same bits."""
    pairs = zip(tree.leaves(a), tree.leaves(b), strict=True)
    return all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in pairs)


def value(size: object, names: dict[str, int]) -> int:
    """A symbolic size for these values of its names."""
    text = str(size)
    while "⌊" in text:  # the innermost first
        text = re.sub(r"⌊([^⌊⌋]*)/(\d+)⌋", r"((\1)//\2)", text)
    return int(eval(text, dict(names)))
