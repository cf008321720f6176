"""Costs: one table, name → (J, dA[L]). J is the mean over the samples; dA[L] is that of one sample's loss.

The logarithms are taken of Z, not of A: they stay finite and accurate where A rounds to 0 or 1.
"""

from collections.abc import Callable
from typing import NamedTuple

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


@checked("n m")
def cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Scalar:  # noqa: ARG001
    """J = −1/m Σ y log p, of p = softmax(Z)."""
    m = Y.shape[1]
    log_A = log_softmax(Z)
    J: Scalar = -np.sum(Y * log_A) / m
    return J


@checked("n m")
def cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = −Y / A. Not finite where A is 0; A − Y, which holds under a softmax, is."""
    dA: Float[Array, "n m"] = -Y / A
    return dA


@checked("n m")
def binary_cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Scalar:  # noqa: ARG001
    """J = −1/m Σ [y log p + (1 − y) log(1 − p)], of p = σ(Z), with 1 − σ(Z) = σ(−Z)."""
    m = Y.shape[1]
    log_A, log_1_minus_A = log_sigmoid(Z), log_sigmoid(-Z)
    J: Scalar = -np.sum(Y * log_A + (1 - Y) * log_1_minus_A) / m
    return J


@checked("n m")
def binary_cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = −Y/A + (1−Y)/(1−A). Not finite where A is 0 or 1; A − Y, which holds under a sigmoid, is."""
    dA: Float[Array, "n m"] = -Y / A + (1 - Y) / (1 - A)
    return dA


@checked("n m")
def squared_error(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Scalar:  # noqa: ARG001
    """J = 1/m Σ ½ (a − y)², so that dA = A − Y."""
    m = Y.shape[1]
    J: Scalar = np.sum((A - Y) ** 2) / (2 * m)
    return J


@checked("n m")
def squared_error_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = A − Y."""
    dA: Float[Array, "n m"] = A - Y
    return dA


class Cost(NamedTuple):
    """A cost J(Z[L], A[L], Y), its derivative dA[L] (A[L], Y), and the output under which dZ[L] = A[L] − Y."""

    value: Callable[[Array, Array, Array], Scalar]
    derivative: Callable[[Array, Array], Array]
    natural_output: str


COSTS: dict[str, Cost] = {
    "cross_entropy": Cost(cross_entropy, cross_entropy_derivative, natural_output="softmax"),
    "binary_cross_entropy": Cost(binary_cross_entropy, binary_cross_entropy_derivative, natural_output="sigmoid"),
    "squared_error": Cost(squared_error, squared_error_derivative, natural_output="identity"),
}
