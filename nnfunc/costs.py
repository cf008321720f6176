"""Cost functions, each with its derivative: J is the mean of the losses, dA[L] the derivative of one sample's loss.

Logarithms are computed from Z, not from A: they stay finite and accurate where A rounds to 0 or 1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float

from nnfunc.activations import IDENTITY, OUTPUTS, SIGMOID, SOFTMAX, Activation
from nnfunc.base.array import Array, Scalar
from nnfunc.shapes import checked
from nnfunc.tracing import tree

CostName: TypeAlias = Literal["cross_entropy", "binary_cross_entropy", "squared_error"]
"""The names of the costs."""


@checked
def log_softmax(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The logarithm of softmax: log softmax(Z) = Z − log Σ_j e^z_j."""
    shifted = Z - Z.max(axis=0, keepdims=True)
    log_A: Float[Array, "n m"] = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    return log_A


@checked
def log_sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The logarithm of the sigmoid: log σ(Z) = −log(1 + e^−Z)."""
    log_A: Float[Array, "n m"] = -np.logaddexp(0, -Z)
    return log_A


@checked
def mean(losses: Float[Array, " m"], weights: Float[Array, " m"] | None = None) -> Scalar:
    """The mean cost J = 1/m Σ w · loss; without weights every w is 1."""
    m = losses.shape[0]
    J: Scalar = np.sum(losses if weights is None else weights * losses) / m
    return J


@checked
def cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """The cross-entropy of each sample: −Σ y log p, with p = softmax(Z)."""
    losses: Float[Array, " m"] = -np.sum(Y * log_softmax(Z), axis=0)
    return losses


@checked
def cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative dA = −Y / A; not finite where A is 0, unlike dZ = A − Y, which holds for a softmax output."""
    dA: Float[Array, "n m"] = -Y / A
    return dA


@checked
def binary_cross_entropy(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """The binary cross-entropy of each sample: −Σ [y log p + (1 − y) log(1 − p)] with p = σ(Z), 1 − p = σ(−Z)."""
    losses: Float[Array, " m"] = -np.sum(Y * log_sigmoid(Z) + (1 - Y) * log_sigmoid(-Z), axis=0)
    return losses


@checked
def binary_cross_entropy_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative dA = −Y/A + (1−Y)/(1−A); not finite where A is 0 or 1, unlike dZ = A − Y for a sigmoid output."""
    dA: Float[Array, "n m"] = -Y / A + (1 - Y) / (1 - A)
    return dA


@checked
def squared_error(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:  # noqa: ARG001
    """Half the squared error of each sample: Σ ½ (a − y)², so that dA = A − Y."""
    losses: Float[Array, " m"] = np.sum((A - Y) ** 2, axis=0) / 2
    return losses


@checked
def squared_error_derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative dA = A − Y."""
    dA: Float[Array, "n m"] = A - Y
    return dA


@dataclass(frozen=True, repr=False)
class Cost(tree.Constant):
    """A cost: the function (Z[L], A[L], Y) → loss of each sample, and its derivative (A[L], Y) → dA[L].

    With its natural output, an activation or the name of a built-in one, dZ[L] = A[L] − Y; a cost without one may
    follow any output. A cost prints as its name. Two costs are equal if their functions and natural outputs are.
    """

    name: str = field(compare=False)
    losses: Callable[[Array, Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    natural_output: Activation | str | None = None

    def __repr__(self) -> str:
        return self.name

    def __hash__(self) -> int:
        return hash(type(self))  # a callable may be unhashable

    def belongs_to(self, output: Activation) -> bool:
        """Return whether this is the natural output, for which dZ[L] = A[L] − Y."""
        natural = self.natural_output
        return output == (OUTPUTS.get(natural) if isinstance(natural, str) else natural)


CROSS_ENTROPY = Cost("cross_entropy", cross_entropy, cross_entropy_derivative, SOFTMAX)
BINARY_CROSS_ENTROPY = Cost("binary_cross_entropy", binary_cross_entropy, binary_cross_entropy_derivative, SIGMOID)
SQUARED_ERROR = Cost("squared_error", squared_error, squared_error_derivative, IDENTITY)

COSTS: Mapping[str, Cost] = MappingProxyType(
    {cost.name: cost for cost in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY, SQUARED_ERROR)}
)
"""The built-in costs, by name."""


def costs_of(output: Activation) -> list[Cost]:
    """Return the built-in costs that may follow an output, the natural one first."""
    return list(dict.fromkeys([*(cost for cost in COSTS.values() if cost.belongs_to(output)), SQUARED_ERROR]))


def may_follow(cost: Cost, output: Activation) -> bool:
    """Return whether a network may combine this cost with this output."""
    return cost.natural_output is None or cost == SQUARED_ERROR or cost.belongs_to(output)
