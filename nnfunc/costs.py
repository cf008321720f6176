"""Costs: one table, name → (losses, dA[L]). J is the mean of the losses; dA[L] is that of one sample's loss.

The logarithms are taken of Z, not of A: they stay finite and accurate where A rounds to 0 or 1.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from nnfunc.array import Array, Scalar
from nnfunc.shapes import checked


@checked("n m")
def log_softmax(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """log softmax(Z) = Z − log Σ_j e^z_j."""
    shifted = Z - Z.max(axis=0, keepdims=True)
    log_A: Float[Array, "n m"] = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return log_A


@checked("n m")
def log_sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """log σ(Z) = −log(1 + e^−Z)."""
    log_A: Float[Array, "n m"] = -np.logaddexp(0, -Z)
    return log_A


@checked("m")
def mean(losses: Float[Array, " m"], weights: Float[Array, " m"] | None = None) -> Scalar:
    """J = 1/m Σ w · loss; every w is 1 where none are given."""
    m = losses.shape[0]
    J: Scalar = np.sum(losses if weights is None else weights * losses) / m
    return J


@checked("n m")
def cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """−Σ y log p, of p = softmax(Z)."""
    losses: Float[Array, " m"] = -np.sum(Y * log_softmax(Z), axis=0)
    return losses


@checked("n m")
def cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = −Y / A. Not finite where A is 0; A − Y, which holds under a softmax, is."""
    dA: Float[Array, "n m"] = -Y / A
    return dA


@checked("n m")
def binary_cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """−Σ [y log p + (1 − y) log(1 − p)], of p = σ(Z), with 1 − σ(Z) = σ(−Z)."""
    losses: Float[Array, " m"] = -np.sum(Y * log_sigmoid(Z) + (1 - Y) * log_sigmoid(-Z), axis=0)
    return losses


@checked("n m")
def binary_cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = −Y/A + (1−Y)/(1−A). Not finite where A is 0 or 1; A − Y, which holds under a sigmoid, is."""
    dA: Float[Array, "n m"] = -Y / A + (1 - Y) / (1 - A)
    return dA


@checked("n m")
def squared_error(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """Σ ½ (a − y)², so that dA = A − Y."""
    losses: Float[Array, " m"] = np.sum((A - Y) ** 2, axis=0) / 2
    return losses


@checked("n m")
def squared_error_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = A − Y."""
    dA: Float[Array, "n m"] = A - Y
    return dA


@dataclass(frozen=True)
class Cost:
    """A cost by its name: the loss of each sample, of (Z[L], A[L], Y), and its derivative dA[L], of (A[L], Y).

    Under the output that belongs to it dZ[L] = A[L] − Y; a cost without one may follow any output.
    """

    name: str
    losses: Callable[[Array, Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    natural_output: str | None = None


COSTS: dict[str, Cost] = {
    cost.name: cost
    for cost in (
        Cost("cross_entropy", cross_entropy, cross_entropy_derivative, "softmax"),
        Cost("binary_cross_entropy", binary_cross_entropy, binary_cross_entropy_derivative, "sigmoid"),
        Cost("squared_error", squared_error, squared_error_derivative, "identity"),
    )
}
