"""The equations of a network, each with the dimensions of its matrices."""

from collections.abc import Iterator
from typing import NamedTuple

from nnfunc.activations import SOFTMAX
from nnfunc.costs import SQUARED_ERROR
from nnfunc.model.params import Params

ACTIVATION_FORMULAS = {
    "relu": "ReLU({})",
    "leaky_relu": "leaky ReLU({})",
    "elu": "ELU({})",
    "tanh": "tanh({})",
    "sigmoid": "σ({})",
    "identity": "{}",
    "softmax": "softmax({})",
}

COST_FORMULAS = {
    "cross_entropy": "J = −1/m Σ Y log A[{L}]",
    "binary_cross_entropy": "J = −1/m Σ (Y log A[{L}] + (1 − Y) log(1 − A[{L}]))",
    "squared_error": "J = 1/m Σ ½ (A[{L}] − Y)²",
}


class Equation(NamedTuple):
    """A row of the table of equations."""

    step: str
    formula: str
    dimensions: str


def equations(params: Params) -> Iterator[Equation]:
    """Yield the equations of the forward pass, the cost, the backward pass and the update, in this order."""
    yield from forward_equations(params)
    yield cost_equation(params)
    yield from _backward(params)
    for l, layer in enumerate(params.layers, start=1):
        n_out, n_in = layer.W.shape
        yield Equation("update", f"W[{l}] ← W[{l}] − α dW[{l}]", f"{n_out}×{n_in}")
        yield Equation("update", f"b[{l}] ← b[{l}] − α db[{l}]", f"{n_out}×1")


def forward_equations(params: Params) -> Iterator[Equation]:
    """Yield the equations of A[0], and of Z[l] and A[l] of each layer."""
    yield Equation("input", "A[0] = X", f"{params.sizes[0]}×m")
    for l, layer in enumerate(params.layers, start=1):
        n_out, n_in = layer.W.shape
        dimensions = f"{n_out}×m = ({n_out}×{n_in})({n_in}×m) + {n_out}×1"
        yield Equation(f"layer {l}", f"Z[{l}] = W[{l}] A[{l - 1}] + b[{l}]", dimensions)
        formula = ACTIVATION_FORMULAS.get(layer.activation.name, f"{layer.activation}({{}})")
        yield Equation(f"layer {l}", f"A[{l}] = {formula.format(f'Z[{l}]')}", f"{n_out}×m")


def _backward(params: Params) -> Iterator[Equation]:
    L = len(params.layers)
    for l, layer in reversed(list(enumerate(params.layers, start=1))):
        n_out, n_in = layer.W.shape
        if l < L:
            dimensions = f"{n_out}×m = ({n_out}×{params.sizes[l + 1]})({params.sizes[l + 1]}×m) ∗ {n_out}×m"
            yield Equation(f"error {l}", f"dZ[{l}] = W[{l + 1}]ᵀ dZ[{l + 1}] ∗ g′(Z[{l}])", dimensions)
        else:
            yield from output_errors(params)
        yield Equation(f"error {l}", f"dW[{l}] = 1/m dZ[{l}] A[{l - 1}]ᵀ", f"{n_out}×{n_in} = ({n_out}×m)(m×{n_in})")
        yield Equation(f"error {l}", f"db[{l}] = 1/m Σ dZ[{l}]", f"{n_out}×1")


def cost_equation(params: Params) -> Equation:
    """Return the equation of the cost J."""
    formula = COST_FORMULAS.get(params.cost.name, f"J = 1/m Σ {params.cost}(Z[{{L}}], A[{{L}}], Y)")
    return Equation("cost", formula.format(L=len(params.layers)), "one number")


def output_errors(params: Params) -> list[Equation]:
    """Return the equation of dZ[L], preceded by that of dA[L] unless dZ[L] = A[L] − Y."""
    L, dimensions = len(params.layers), f"{params.sizes[-1]}×m"
    if params.cost.belongs_to(params.output):
        return [Equation(f"error {L}", f"dZ[{L}] = A[{L}] − Y", dimensions)]
    dA = f"A[{L}] − Y" if params.cost == SQUARED_ERROR else f"{params.cost}′(A[{L}], Y)"
    formula = f"A[{L}] ∗ (dA[{L}] − Σ A[{L}] ∗ dA[{L}])" if params.output == SOFTMAX else f"dA[{L}] ∗ g′(Z[{L}])"
    return [
        Equation(f"error {L}", f"dA[{L}] = {dA}", dimensions),
        Equation(f"error {L}", f"dZ[{L}] = {formula}", dimensions),
    ]
