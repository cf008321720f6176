"""The two-layer network on paper: h hidden nodes, n inputs, c classes, m samples; one sample per column."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

import nnfunc as nn
from nnfunc import Array


@nn.checked("h n c")
@dataclass(frozen=True)
class Params:
    """Weights and biases."""

    W1: Float[Array, "h n"]
    b1: Float[Array, "h 1"]
    W2: Float[Array, "c h"]
    b2: Float[Array, "c 1"]


@nn.checked("n m h c")
@dataclass(frozen=True)
class Cache:
    """The forward pass."""

    X: Float[Array, "n m"]
    Z1: Float[Array, "h m"]
    A1: Float[Array, "h m"]
    Z2: Float[Array, "c m"]
    A2: Float[Array, "c m"]


@nn.checked("h n c")
@dataclass(frozen=True)
class Grads:
    """The backward pass: gradients of the mean cost."""

    dW1: Float[Array, "h n"]
    db1: Float[Array, "h 1"]
    dW2: Float[Array, "c h"]
    db2: Float[Array, "c 1"]


@nn.checked("")
def init(rng: np.random.Generator, n: int, h: int, c: int) -> Params:
    """Small random weights, biases of zero."""
    return Params(
        W1=rng.normal(0, 0.05, (h, n)),
        b1=np.zeros((h, 1)),
        W2=rng.normal(0, 0.5, (c, h)),
        b2=np.zeros((c, 1)),
    )


@nn.checked("h m")
def relu(Z: Float[Array, "h m"]) -> Float[Array, "h m"]:
    """The larger of z and 0."""
    A: Float[Array, "h m"] = np.maximum(Z, 0)
    return A


@nn.checked("c m")
def softmax(Z: Float[Array, "c m"]) -> Float[Array, "c m"]:
    """Each column becomes a probability of each class."""
    E: Float[Array, "c m"] = np.exp(Z - Z.max(axis=0, keepdims=True))
    A: Float[Array, "c m"] = E / E.sum(axis=0, keepdims=True)
    return A


@nn.checked("c m")
def softmax_error(A: Float[Array, "c m"], Y: Float[Array, "c m"]) -> Float[Array, "c m"]:
    """The derivative of the cost with respect to Z2."""
    m = Y.shape[1]
    dZ: Float[Array, "c m"] = (A - Y) / m
    return dZ


@nn.checked("c m")
def cost(A: Float[Array, "c m"], Y: Float[Array, "c m"]) -> float:
    """The mean cross-entropy."""
    m = A.shape[1]
    return float(-(Y * np.log(A)).sum() / m)


@nn.checked("n m h c")
def forward(params: Params, X: Float[Array, "n m"]) -> Cache:
    """Forward propagation."""
    W1: Float[Array, "h n"] = params.W1
    b1: Float[Array, "h 1"] = params.b1
    W2: Float[Array, "c h"] = params.W2
    b2: Float[Array, "c 1"] = params.b2
    Z1: Float[Array, "h m"] = W1 @ X + b1
    A1: Float[Array, "h m"] = relu(Z1)
    Z2: Float[Array, "c m"] = W2 @ A1 + b2
    A2: Float[Array, "c m"] = softmax(Z2)
    return Cache(X, Z1, A1, Z2, A2)


@nn.checked("c m h n")
def backward(params: Params, cache: Cache, Y: Float[Array, "c m"]) -> Grads:
    """Backpropagation; Y is one-hot."""
    W2: Float[Array, "c h"] = params.W2
    X: Float[Array, "n m"] = cache.X
    Z1: Float[Array, "h m"] = cache.Z1
    A1: Float[Array, "h m"] = cache.A1
    A2: Float[Array, "c m"] = cache.A2
    dZ2: Float[Array, "c m"] = softmax_error(A2, Y)
    dW2: Float[Array, "c h"] = dZ2 @ A1.T
    db2: Float[Array, "c 1"] = dZ2.sum(axis=1, keepdims=True)
    dZ1: Float[Array, "h m"] = W2.T @ dZ2 * (Z1 > 0)
    dW1: Float[Array, "h n"] = dZ1 @ X.T
    db1: Float[Array, "h 1"] = dZ1.sum(axis=1, keepdims=True)
    return Grads(dW1, db1, dW2, db2)


@nn.checked("h n c")
def update(params: Params, grads: Grads, α: float) -> Params:
    """One step of gradient descent."""
    W1: Float[Array, "h n"] = params.W1 - α * grads.dW1
    b1: Float[Array, "h 1"] = params.b1 - α * grads.db1
    W2: Float[Array, "c h"] = params.W2 - α * grads.dW2
    b2: Float[Array, "c 1"] = params.b2 - α * grads.db2
    return Params(W1, b1, W2, b2)


@nn.checked("n m c")
def predict(params: Params, X: Float[Array, "n m"]) -> Int[Array, " m"]:
    """The most probable class of each sample."""
    A2: Float[Array, "c m"] = forward(params, X).A2
    y: Int[Array, " m"] = A2.argmax(axis=0)
    return y


@nn.checked("n m c")
def step(params: Params, X: Float[Array, "n m"], Y: Float[Array, "c m"], α: float) -> Params:
    """Forward, backward, update."""
    cache = forward(params, X)
    grads = backward(params, cache, Y)
    return update(params, grads, α)


@nn.checked("n c")
def experiment(
    params: Params, X: Float[Array, "n 7"], Y: Float[Array, "c 7"], y: Int[Array, "7"], α: float
) -> tuple[float, float]:
    """A step on all samples, a step on the first four of them, then the cost and the accuracy."""
    params = step(params, X, Y, α)
    params = step(params, X[:, :4], Y[:, :4], α)
    J = cost(forward(params, X).A2, Y)
    return J, float((predict(params, X) == y).mean())
