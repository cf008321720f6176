"""An activation and a cost of one's own."""

from typing import Any

import numpy as np

import nnfunc as nn
from nnfunc.activations import sigmoid, sigmoid_derivative


def swish(Z: nn.Array) -> Any:
    """Ramachandran, Zoph, Le 2017."""
    return Z * sigmoid(Z)


def swish_derivative(Z: nn.Array) -> Any:
    return sigmoid(Z) + Z * sigmoid_derivative(Z)


SWISH = nn.Activation("swish", swish, swish_derivative)


def absolute(Z: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
    return np.sum(np.sqrt((A - Y) ** 2 + 1) - 1, axis=0)


def absolute_derivative(A: nn.Array, Y: nn.Array) -> Any:
    return (A - Y) / np.sqrt((A - Y) ** 2 + 1)


ABSOLUTE = nn.Cost("absolute", absolute, absolute_derivative)
