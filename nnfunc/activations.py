"""Activation functions, each paired with its derivative. Columns are samples; all but softmax act entry by entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from jaxtyping import Float

from nnfunc.base.array import Array
from nnfunc.shapes import checked
from nnfunc.tracing import tree

ActivationName: TypeAlias = Literal["relu", "leaky_relu", "elu", "tanh", "sigmoid", "identity"]
"""The names of the activations that a hidden layer may have."""

OutputName: TypeAlias = Literal[ActivationName, "softmax"]
"""The names of the activations that an output may have."""

LEAK = 0.01
"""The slope of leaky ReLU for Z < 0 (Maas, Hannun, Ng 2013, section 2)."""


@checked
def relu(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The rectified linear unit: max(0, Z)."""
    A: Float[Array, "n m"] = np.maximum(Z, 0)
    return A


@checked
def relu_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative of ReLU: 1 where Z > 0, else 0 (at Z = 0, too, by convention)."""
    slope: Float[Array, "n m"] = np.heaviside(Z, 0)
    return slope


@checked
def leaky_relu(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The leaky ReLU: Z where Z > 0, else 0.01 Z (Maas, Hannun, Ng 2013)."""
    A: Float[Array, "n m"] = np.maximum(Z, LEAK * Z)
    return A


@checked
def leaky_relu_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative of leaky ReLU: 1 where Z > 0, else 0.01."""
    slope: Float[Array, "n m"] = LEAK + (1 - LEAK) * np.heaviside(Z, 0)
    return slope


@checked
def elu(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The exponential linear unit: Z where Z > 0, else e^Z − 1.

    Clevert, Unterthiner, Hochreiter 2016, equation 15, with α = 1.
    """
    A: Float[Array, "n m"] = np.maximum(Z, 0) + np.expm1(np.minimum(Z, 0))
    return A


@checked
def elu_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative of ELU: 1 where Z > 0, else e^Z."""
    slope: Float[Array, "n m"] = np.exp(np.minimum(Z, 0))
    return slope


@checked
def tanh(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The hyperbolic tangent: (e^Z − e^−Z) / (e^Z + e^−Z)."""
    A: Float[Array, "n m"] = np.tanh(Z)
    return A


@checked
def tanh_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative of tanh: 1 − tanh² Z."""
    slope: Float[Array, "n m"] = 1 - np.tanh(Z) ** 2
    return slope


@checked
def sigmoid(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The sigmoid: 1 / (1 + e^−Z), computed as e^Z / (1 + e^Z) where Z < 0, so that no exponential overflows."""
    E = np.exp(-np.abs(Z))
    A: Float[Array, "n m"] = np.where(Z < 0, E, 1) / (1 + E)
    return A


@checked
def sigmoid_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative of the sigmoid: σ(Z) (1 − σ(Z)), with 1 − σ(Z) = σ(−Z)."""
    slope: Float[Array, "n m"] = sigmoid(Z) * sigmoid(-Z)
    return slope


@checked
def identity(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The identity: Z itself."""
    return Z


@checked
def identity_derivative(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The derivative of the identity: 1 everywhere."""
    slope: Float[Array, "n m"] = np.ones_like(Z)
    return slope


@checked
def softmax(Z: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """The softmax of each column, e^z_i / Σ_j e^z_j; subtracting the largest z first cancels and prevents overflow."""
    E = np.exp(Z - Z.max(axis=0, keepdims=True))
    A: Float[Array, "n m"] = E / E.sum(axis=0, keepdims=True)
    return A


@checked
def softmax_error(A: Float[Array, "n m"], dA: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """Compute dZ from dA for softmax, whose derivative is a matrix for each column: ∂A_i/∂Z_j = A_i (δ_ij − A_j)."""
    dZ: Float[Array, "n m"] = A * (dA - np.sum(A * dA, axis=0, keepdims=True))
    return dZ


@dataclass(frozen=True, repr=False)
class Activation(tree.Constant):
    """An activation function, applied entry by entry, and its derivative; both take Z and return an array of its shape.

    It prints as its name. Two activations are equal if their functions are. Softmax, which mixes the entries of a
    column, has `softmax_error` instead of a derivative.
    """

    name: str = field(compare=False)
    value: Callable[[Array], Array]
    derivative: Callable[[Array], Array]

    def __repr__(self) -> str:
        return self.name

    def __hash__(self) -> int:
        return hash(type(self))  # a callable may be unhashable


RELU = Activation("relu", relu, relu_derivative)
LEAKY_RELU = Activation("leaky_relu", leaky_relu, leaky_relu_derivative)
ELU = Activation("elu", elu, elu_derivative)
TANH = Activation("tanh", tanh, tanh_derivative)
SIGMOID = Activation("sigmoid", sigmoid, sigmoid_derivative)
IDENTITY = Activation("identity", identity, identity_derivative)
SOFTMAX = Activation("softmax", softmax, cast("Any", softmax_error))

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {g.name: g for g in (RELU, LEAKY_RELU, ELU, TANH, SIGMOID, IDENTITY)}
)
"""The built-in activations of hidden layers, by name."""

OUTPUTS: Mapping[str, Activation] = MappingProxyType({**ACTIVATIONS, SOFTMAX.name: SOFTMAX})
"""The built-in activations of the output layer, by name."""
