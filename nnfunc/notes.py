"""The two-layer network of the notes, literally: 784 pixels, 10 hidden nodes, 10 classes.

`nnfunc.network` computes the same for any number of layers, with the same bits.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import DTypeLike

from nnfunc import network
from nnfunc.activations import relu, relu_derivative, softmax
from nnfunc.base.array import Array, Scalar, owned
from nnfunc.model import checks
from nnfunc.shapes import checked, checked_with
from nnfunc.tracing import tree


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Params(tree.Node):
    """Weights and biases."""

    W1: Float[Array, "10 784"]
    b1: Float[Array, "10 1"]
    W2: Float[Array, "10 10"]
    b2: Float[Array, "10 1"]

    def __post_init__(self) -> None:
        tree.settle(self, owned)


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cache(tree.Node):
    """The forward pass."""

    A0: Float[Array, "784 m"]
    Z1: Float[Array, "10 m"]
    A1: Float[Array, "10 m"]
    Z2: Float[Array, "10 m"]
    A2: Float[Array, "10 m"]


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grads(tree.Node):
    """The backward pass: gradients of the mean cost."""

    dW1: Float[Array, "10 784"]
    db1: Float[Array, "10 1"]
    dW2: Float[Array, "10 10"]
    db2: Float[Array, "10 1"]


def init(seed: int = 0, dtype: DTypeLike = np.float32) -> Params:
    """Draw the weights of `network.init((784, 10, 10))` with this seed."""
    layer1, layer2 = network.init((784, 10, 10), seed=seed, dtype=dtype).layers
    return Params(layer1.W, layer1.b, layer2.W, layer2.b)


@checked_with(checks.one_dtype)
def forward(params: Params, X: Float[Array, "784 m"]) -> Cache:
    """Propagate forward; X is scaled to 0..1, one sample per column."""
    A0 = X
    Z1 = params.W1 @ A0 + params.b1  # 10×m = (10×784)(784×m) + 10×1
    A1 = relu(Z1)  # without it the network would be one linear map
    Z2 = params.W2 @ A1 + params.b2  # 10×m = (10×10)(10×m) + 10×1
    A2 = softmax(Z2)  # each column is a probability of each class
    return Cache(A0, Z1, A1, Z2, A2)


@checked_with(checks.one_dtype_and_batch)
def backward(params: Params, cache: Cache, Y: Float[Array, "10 m"]) -> Grads:
    """Propagate the error of cross-entropy back; Y is one-hot, one label per column."""
    m = Y.shape[1]
    X = cache.A0
    dZ2 = cache.A2 - Y  # 10×m: the error of the second layer
    dW2 = dZ2 @ cache.A1.T / m  # 10×10 = (10×m)(m×10)
    db2 = dZ2.sum(axis=1, keepdims=True) / m  # 10×1
    dZ1 = params.W2.T @ dZ2 * relu_derivative(cache.Z1)  # 10×m = (10×10)(10×m) ∗ 10×m
    dW1 = dZ1 @ X.T / m  # 10×784 = (10×m)(m×784)
    db1 = dZ1.sum(axis=1, keepdims=True) / m  # 10×1
    return Grads(dW1, db1, dW2, db2)


@checked_with(checks.one_dtype)
def update(params: Params, grads: Grads, α: Scalar) -> Params:
    """Take one step of gradient descent; α is the learning rate, a hyperparameter."""
    return tree.replace(
        params,
        W1=params.W1 - α * grads.dW1,
        b1=params.b1 - α * grads.db1,
        W2=params.W2 - α * grads.dW2,
        b2=params.b2 - α * grads.db2,
    )
