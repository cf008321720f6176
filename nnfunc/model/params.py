"""The parameters of a network: a frozen chain of layers, checked when it is created."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from jaxtyping import Float
from numpy.typing import DTypeLike

from nnfunc.activations import ELU, LEAKY_RELU, OUTPUTS, RELU, SIGMOID, SOFTMAX, Activation
from nnfunc.base.array import Array, owned, shape_text
from nnfunc.base.errors import SettingError, ShapeError
from nnfunc.base.html import table
from nnfunc.base.validation import unknown, whole_number
from nnfunc.costs import COSTS, Cost, costs_of, may_follow
from nnfunc.model.custom_functions import check_functions, function_of
from nnfunc.shapes import checked_with
from nnfunc.tracing import tree


def _activation_is_a_value(where: str, _: object, W: object, b: object, activation: object) -> None:  # noqa: ARG001
    _refuse_name(where, "activation", activation, OUTPUTS)


def _cost_is_a_value(where: str, _: object, layers: object, cost: object) -> None:  # noqa: ARG001
    _refuse_name(where, "cost", cost, COSTS)


def _refuse_name(where: str, what: str, given: object, known: Mapping[str, object]) -> None:
    if isinstance(given, str):
        if given not in known:
            raise unknown(where, what, given, known)
        raise SettingError(
            f"{where}: {what} must be an nn.{what.capitalize()}, for names are resolved by nn.init; got {given!r}. "
            f"Pass nnfunc.{what}s.{given.upper()}?"
        )


@checked_with(_activation_is_a_value)
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Layer(tree.Node):
    """A layer, A = g(W A_prev + b). Arrays that other code could still write to are copied.

    Raises:
        ShapeError: W is not a matrix, or b is not one column with as many rows as W.
    """

    W: Float[Array, "n_out n_in"]
    b: Float[Array, "n_out 1"]
    activation: Activation

    def __post_init__(self) -> None:
        tree.settle(self, owned)


@checked_with(_cost_is_a_value)
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Params(tree.Node):
    """A network of L layers, each of which takes the output of the one before, and its cost.

    `params.layers[0]` is layer 1 of the formulas, with W[1] and b[1].

    Raises:
        ShapeError: sizes or dtypes of the layers do not fit together.
        SettingError: there is no layer, or the activations and the cost cannot be combined.
    """

    layers: tuple[Layer, ...]
    cost: Cost

    def __post_init__(self) -> None:
        if not self.layers:
            raise SettingError("params: a network must have at least one layer; got none.")
        all_are(Layer, "params", self.layers)
        _check_kinds([layer.activation for layer in self.layers], self.cost)
        for l, layer in enumerate(self.layers, start=1):
            _check_layer(l, layer, self.dtype)
        if self.output == SOFTMAX and self.sizes[-1] == 1:
            raise SettingError("params: softmax must have at least 2 outputs; got 1. Use output='sigmoid'?")
        for l, (n_in, layer) in enumerate(zip(self.sizes[1:-1], self.layers[1:], strict=True), start=2):
            if layer.W.shape[1] != n_in:
                raise ShapeError(
                    f"layer {l}: W must have {n_in} columns to take layer {l - 1}'s output; "
                    f"got W ({shape_text(layer.W)}).{' Pass W.T?' if layer.W.shape[0] == n_in else ''}"
                )

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of nodes of the input and of each layer: (784, 10, 10)."""
        return (self.layers[0].W.shape[1], *(layer.W.shape[0] for layer in self.layers))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of all W and b."""
        return self.layers[0].W.dtype

    @property
    def output(self) -> Activation:
        """The activation of the last layer."""
        return self.layers[-1].activation

    @property
    def names_classes(self) -> bool:
        """Whether the outputs stand for classes: there are several, or one is the probability of a class."""
        return self.sizes[-1] > 1 or self.output == SIGMOID

    @property
    def size(self) -> int:
        """The number of weights and biases."""
        return sum(layer.W.size + layer.b.size for layer in self.layers)

    def _repr_html_(self) -> str:
        rows = [
            (l, shape_text(layer.W), shape_text(layer.b), layer.activation, f"{layer.W.size + layer.b.size:,}")
            for l, layer in enumerate(self.layers, start=1)
        ]
        return table(
            ("layer", "W", "b", "activation", "parameters"),
            [*rows, ("", "", "", "", f"{self.size:,}")],
            f"{'-'.join(map(str, self.sizes))}, {self.cost}, {self.dtype}",
        )


def random_layer(rng: "np.random.Generator", n_in: int, n_out: int, activation: Activation, dtype: DTypeLike) -> Layer:
    """Create a layer with b = 0 and random W.

    For ReLU, leaky ReLU and ELU W is normal with variance 2/n_in, otherwise uniform within ±√(6/(n_in + n_out)).
    """
    limit = np.sqrt(6 / (n_in + n_out))
    weights = (
        rng.normal(0, np.sqrt(2 / n_in), (n_out, n_in))
        if activation in (RELU, LEAKY_RELU, ELU)
        else rng.uniform(-limit, limit, (n_out, n_in))
    )
    return Layer(weights.astype(dtype), np.zeros((n_out, 1), dtype), activation)


def all_are(kind: type, where: str, layers: Iterable[object]) -> None:
    """Raise unless all layers are of this type; beartype checks only one of them, drawn at random.

    Raises:
        ShapeError: one is of another type.
    """
    for layer in layers:
        if not isinstance(layer, kind):
            raise ShapeError(
                f"{where}: layers must all be nn.{kind.__name__}; got a value of type {type(layer).__name__}."
            )


def _check_kinds(activations: list[Activation], cost: Cost) -> None:
    """Raise unless the hidden activations, the output and the cost can be combined.

    Raises:
        SettingError: they cannot; the message names a cost that fits.
    """
    *hidden, output = activations
    if SOFTMAX in hidden:
        raise SettingError("params: softmax must be the last activation; got it in a hidden layer. Use relu there?")
    for activation in activations:
        function_of("params", "activation", activation, OUTPUTS)
    function_of("params", "cost", cost, COSTS)
    if not may_follow(cost, output):
        natural = str(cost.natural_output)
        remedy = f", or output={natural!r}?" if natural in OUTPUTS else ", or its own nn.Activation as output?"
        got = f"another {output}" if natural == output.name else output
        raise SettingError(
            f"params: {cost} must follow a {natural} output; got {got}. Use cost={costs_of(output)[0].name!r}{remedy}"
        )


def _check_layer(l: int, layer: Layer, dtype: np.dtype[Any]) -> None:
    W, b = layer.W, layer.b
    if W.ndim != 2 or b.shape != (W.shape[0], 1):
        raise ShapeError(
            f"layer {l}: W must be a matrix and b one column of W's rows; got W ({shape_text(W)}), b ({shape_text(b)})."
        )
    if 0 in W.shape:
        raise ShapeError(f"layer {l}: W must have at least one row and one column; got W ({shape_text(W)}).")
    if {W.dtype, b.dtype} != {dtype} or dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ShapeError(
            f"layer {l}: W and b must all be float32 or all float64; got W {W.dtype}, b {b.dtype}, W[1] {dtype}. "
            f"Convert them with .astype(np.float32)?"
        )


def check_settings(
    where: str,
    sizes: Any,
    activation: Any,
    output: Any,
    cost: Any,
    seed: Any,
    dtype: DTypeLike,
) -> tuple[tuple[int, ...], list[Activation], Cost]:
    """Check the arguments of `init`; return the sizes, one activation per layer, and the cost.

    Whether these can be combined is checked by `Params`.

    Raises:
        SettingError: a size, the number of activations, the seed or the dtype is out of range.
    """
    sizes = tuple(cast("Iterable[object]", sizes)) if isinstance(sizes, Iterable) else (sizes,)
    if len(sizes) < 2:
        raise SettingError(
            f"{where}: sizes must name at least the input and the output; got {sizes}. Pass (784, 10, 10)?"
        )
    sizes = tuple(whole_number(where, "each of sizes", size) for size in sizes)
    if not isinstance(seed, np.random.Generator):
        whole_number(where, "seed", seed, least=0)
    if not isinstance(activation, Iterable | Activation):
        remedy = "nn.Activation('own', f, derivative)" if callable(activation) else "'relu'"
        raise SettingError(
            f"{where}: activation must be a name, or one for each layer; got {activation}. Pass {remedy}?"
        )
    hidden: list[Any] = (
        [activation] * (len(sizes) - 2) if isinstance(activation, str | Activation) else list(cast("Any", activation))
    )
    if len(hidden) != len(sizes) - 2:
        raise SettingError(
            f"{where}: activation must be one name, or one for each of {len(sizes) - 2} hidden layers; "
            f"got {len(hidden)}."
        )
    if dtype not in (np.float32, np.float64, "float32", "float64"):
        raise SettingError(f"{where}: dtype must be float32 or float64; got {dtype}.")
    if callable(cost) or callable(output):
        raise SettingError(
            f"{where}: output and cost must be names, or nn.Activation and nn.Cost; got {output!r} and {cost!r}."
        )
    return sizes, *functions_for(where, hidden, output, cost)


def functions_for(where: str, hidden: Iterable[Any], output: Any, cost: Any) -> tuple[list[Activation], Cost]:
    """Return the activations of a network and its cost, by default the natural one of its output; check custom ones.

    Raises:
        SettingError: a name is unknown, or a custom function is refused.
        ShapeError: a custom function changes shapes or the dtype.
    """
    functions = [function_of(where, "activation", g, OUTPUTS) for g in hidden]
    functions.append(function_of(where, "output", output, OUTPUTS))
    chosen = costs_of(functions[-1])[0] if cost is None else function_of(where, "cost", cost, COSTS)
    check_functions(where, functions, chosen)
    return functions, chosen
