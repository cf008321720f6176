"""Costs: the losses and dA[L] as one value. J is the mean of the losses; dA[L] is that of one sample's loss.

The logarithms are taken of Z, not of A: they stay finite and accurate where A rounds to 0 or 1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from nnfunc.activations import IDENTITY, OUTPUTS, SIGMOID, SOFTMAX, Activation
from nnfunc.base.array import Array, Scalar
from nnfunc.shapes import checked
from nnfunc.tracing import tree


@checked
def log_softmax(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """log softmax(Z) = Z − log Σ_j e^z_j."""
    shifted = Z - Z.max(axis=0, keepdims=True)
    log_A: Float[Array, "n m"] = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return log_A


@checked
def log_sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """log σ(Z) = −log(1 + e^−Z)."""
    log_A: Float[Array, "n m"] = -np.logaddexp(0, -Z)
    return log_A


@checked
def mean(losses: Float[Array, " m"], weights: Float[Array, " m"] | None = None) -> Scalar:
    """J = 1/m Σ w · loss; every w is 1 where none are given."""
    m = losses.shape[0]
    J: Scalar = np.sum(losses if weights is None else weights * losses) / m
    return J


@checked
def cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """−Σ y log p, of p = softmax(Z)."""
    losses: Float[Array, " m"] = -np.sum(Y * log_softmax(Z), axis=0)
    return losses


@checked
def cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = −Y / A. Not finite where A is 0; A − Y, which holds under a softmax, is."""
    dA: Float[Array, "n m"] = -Y / A
    return dA


@checked
def binary_cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """−Σ [y log p + (1 − y) log(1 − p)], of p = σ(Z), with 1 − σ(Z) = σ(−Z)."""
    losses: Float[Array, " m"] = -np.sum(Y * log_sigmoid(Z) + (1 - Y) * log_sigmoid(-Z), axis=0)
    return losses


@checked
def binary_cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = −Y/A + (1−Y)/(1−A). Not finite where A is 0 or 1; A − Y, which holds under a sigmoid, is."""
    dA: Float[Array, "n m"] = -Y / A + (1 - Y) / (1 - A)
    return dA


@checked
def squared_error(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """Σ ½ (a − y)², so that dA = A − Y."""
    losses: Float[Array, " m"] = np.sum((A - Y) ** 2, axis=0) / 2
    return losses


@checked
def squared_error_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """dA = A − Y."""
    dA: Float[Array, "n m"] = A - Y
    return dA


@dataclass(frozen=True, repr=False)
class Cost(tree.Constant):
    """The loss of each sample, of (Z[L], A[L], Y), and its derivative dA[L], of (A[L], Y).

    Under the output that belongs to it, given as a value or by a name of the library, dZ[L] = A[L] − Y; a cost without
    one may follow any output. A cost prints as its name. Two are equal where their functions and outputs are.
    """

    name: str = field(compare=False)
    losses: Callable[[Array, Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    natural_output: Activation | str | None = None

    def __repr__(self) -> str:
        return self.name

    def __hash__(self) -> int:
        return hash(type(self))  # a function need not be hashable

    def belongs_to(self, output: Activation) -> bool:
        """Whether dZ[L] = A[L] − Y under this output."""
        natural = self.natural_output
        return output == (OUTPUTS.get(natural) if isinstance(natural, str) else natural)


CROSS_ENTROPY = Cost("cross_entropy", cross_entropy, cross_entropy_derivative, SOFTMAX)
BINARY_CROSS_ENTROPY = Cost("binary_cross_entropy", binary_cross_entropy, binary_cross_entropy_derivative, SIGMOID)
SQUARED_ERROR = Cost("squared_error", squared_error, squared_error_derivative, IDENTITY)

COSTS: Mapping[str, Cost] = MappingProxyType(
    {cost.name: cost for cost in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY, SQUARED_ERROR)}
)
"""The costs of the library by name."""


def costs_of(output: Activation) -> list[Cost]:
    """The costs of the library that may follow an output, the natural one first."""
    return list(dict.fromkeys([*(cost for cost in COSTS.values() if cost.belongs_to(output)), SQUARED_ERROR]))


def may_follow(cost: Cost, output: Activation) -> bool:
    """Whether a network may have this cost and this output."""
    return cost.natural_output is None or cost == SQUARED_ERROR or cost.belongs_to(output)
