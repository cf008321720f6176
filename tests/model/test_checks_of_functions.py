"""Custom activations and costs are checked where they enter: names, shapes, purity, and derivatives against their values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import relu_derivative
from tests.model.functions import absolute, absolute_derivative, swish, swish_derivative


def doubled(Z: nn.Array) -> Any:
    return 2 * swish_derivative(Z)


def summed(Z: nn.Array) -> Any:
    return Z.sum(axis=0, keepdims=True)


def in_float64(Z: nn.Array) -> Any:
    return swish(Z.astype(np.float64))


def mixed(Z: nn.Array) -> Any:
    return Z @ Z.T @ Z


def in_place(Z: nn.Array) -> Any:
    return np.multiply(Z, Z, out=Z)


def of_two(A: nn.Array, Y: nn.Array) -> Any:
    return np.sum(A - Y, axis=0)


def of_two_wrong(A: nn.Array, Y: nn.Array) -> Any:
    return A - Y


def a_matrix(Z: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
    return A - Y


BAD: list[tuple[Callable[[], object], type[Exception], str]] = [
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("swish", swish, doubled)),
        nn.SettingError,
        "init: activation swish: its derivative must be that of its values; got one that is 5.0e-01 away from central "
        "differences, of at most 1e-06. Derive it again?",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("swish", summed, swish_derivative)),
        nn.ShapeError,
        "init: activation swish: its value must return an array of the shape and dtype it takes; got 1×3 float32 of 2×3 float32.",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("swish", in_float64, swish_derivative)),
        nn.ShapeError,
        "init: activation swish: its value must return an array of the shape and dtype it takes; got 2×3 float64 of 2×3 float32. Add .astype(Z.dtype)?",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("relu", swish, swish_derivative)),
        nn.SettingError,
        "init: activation 'relu' must name a single function; got a second one. Choose another name?",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("my swish", swish, swish_derivative)),
        nn.SettingError,
        "init: the name of the activation must be a word, such as 'swish'; got 'my swish'.",
    ),
    (
        lambda: nn.init((3, 4, 2), cost=nn.Cost("absolute", absolute, absolute_derivative, "softmax")),
        nn.SettingError,
        "init: cost absolute: under softmax dZ must be A − Y; got another. Leave natural_output out?",
    ),
    (
        lambda: nn.init((3, 4, 2), cost=nn.Cost("absolute", absolute, absolute_derivative, "softmaxx")),
        nn.SettingError,
        "init: cost absolute must belong to an output that exists, or to None; got 'softmaxx'.",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("mixed", mixed, swish_derivative)),
        nn.SettingError,
        "init: activation mixed: its value must treat each entry alone; got others for the same entry.",
    ),
]


MORE: list[tuple[Callable[[], object], type[Exception], str]] = [
    (
        lambda: nn.init((3, 4, 2), cost=nn.Cost("absolute", absolute, of_two_wrong)),
        nn.SettingError,
        "init: cost absolute: its derivative must be that of its values; got one that is",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("swish", in_place, swish_derivative)),
        nn.SettingError,
        "init: activation swish: its value must be pure; got one that writes into its arguments. Return a new array?",
    ),
    (
        lambda: nn.init((3, 4, 2), cost=nn.Cost("absolute", of_two, absolute_derivative)),  # type: ignore[arg-type]
        nn.SettingError,
        "init: cost absolute: its losses must be a function of Z, A and Y; got <function of_two",
    ),
    (
        lambda: nn.init((3, 4, 2), cost=nn.Cost("absolute", a_matrix, absolute_derivative)),
        nn.ShapeError,
        "init: cost absolute: its losses, one for each column, summed over axis 0, must fit for all sizes; got, in a proof:",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=np.tanh),  # type: ignore[arg-type]
        nn.SettingError,
        "init: activation must be a name, or one for each layer; got <ufunc 'tanh'>. "
        "Pass nn.Activation('own', f, derivative)?",
    ),
    (
        lambda: nn.init((3, 4, 2), cost=absolute),  # type: ignore[arg-type]
        nn.SettingError,
        "init: output and cost must be names, or nn.Activation and nn.Cost; got 'softmax' and <function absolute",
    ),
    (
        lambda: nn.load("nowhere.npz", functions=[swish]),  # type: ignore[list-item]
        nn.SettingError,
        "load: functions must be nn.Activation or nn.Cost; got a value of type function.",
    ),
]


@pytest.mark.parametrize(("make", "error", "message"), BAD + MORE, ids=[message for *_, message in BAD + MORE])
def test_wrong_functions_are_refused(make: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)


def relu6(Z: nn.Array) -> Any:
    return np.minimum(np.maximum(Z, 0), 6)


def relu6_derivative(Z: nn.Array) -> Any:
    return ((Z > 0) & (Z < 6)).astype(Z.dtype)


def huber(δ: float) -> Any:
    def losses(Z: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
        off = np.abs(A - Y)
        return np.sum(np.where(off < δ, off**2 / 2, δ * (off - δ / 2)), axis=0)

    return losses


def huber_derivative(δ: float) -> Any:
    def derivative(A: nn.Array, Y: nn.Array) -> Any:
        return np.clip(A - Y, -δ, δ)

    return derivative


def difference(A: nn.Array, Y: nn.Array) -> Any:
    return A - Y


def poisson(Z: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
    return np.sum(A - Y * np.log(A), axis=0)


def poisson_derivative(A: nn.Array, Y: nn.Array) -> Any:
    return 1 - Y / A


def mish(Z: nn.Array) -> Any:
    return Z * np.tanh(np.log1p(np.exp(Z)))


def mish_derivative(Z: nn.Array) -> Any:
    E = np.exp(Z)
    ω, δ = 4 * (Z + 1) + 4 * E**2 + E**3 + E * (4 * Z + 6), 2 * E + E**2 + 2
    return E * ω / δ**2


@pytest.mark.parametrize("δ", [0.01, 0.9, 1.0, 5.0, 50.0])
def test_the_derivative_of_a_cost_is_looked_at_wherever_it_may_be(δ: float) -> None:
    nn.init((3, 2), output="identity", cost=nn.Cost("huber", huber(δ), huber_derivative(δ)))
    with pytest.raises(nn.SettingError, match="cost huber: its derivative must be that of its values"):
        nn.init((3, 2), output="identity", cost=nn.Cost("huber", huber(δ), difference))


def test_the_derivative_of_an_activation_is_looked_at_wherever_it_may_be() -> None:
    nn.init((3, 4, 2), activation=nn.Activation("relu6", relu6, relu6_derivative))
    with pytest.raises(nn.SettingError, match="activation relu6: its derivative must be that of its values"):
        nn.init((3, 4, 2), activation=nn.Activation("relu6", relu6, relu_derivative))


def test_functions_may_have_no_value_at_some_outputs_and_overflow_far_away() -> None:
    nn.init((3, 2), output="sigmoid", cost=nn.Cost("poisson", poisson, poisson_derivative))
    nn.init((3, 4, 2), activation=nn.Activation("mish", mish, mish_derivative))
    with pytest.raises(nn.SettingError, match="cost poisson: its derivative must be"):
        nn.init((3, 2), output="sigmoid", cost=nn.Cost("poisson", poisson, difference))


def test_what_cannot_be_proved_is_refused() -> None:
    def of_one_size(Z: nn.Array) -> nn.Array:
        return Z if Z.shape[0] == 2 else Z * 1

    with pytest.raises(nn.ShapeError):
        nn.init((3, 4, 2), activation=nn.Activation("odd", of_one_size, of_one_size))


def clipped(A: nn.Array) -> Any:
    return np.clip(A, 1e-7, 1 - 1e-7)


def stable(Z: nn.Array, _: nn.Array, Y: nn.Array) -> Any:
    return np.sum(np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(-np.abs(Z))), axis=0)


def squared_logarithms(_: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
    return np.sum((np.log1p(A) - np.log1p(Y)) ** 2, axis=0) / 2


BINARY: dict[str, tuple[Callable[[nn.Array, nn.Array, nn.Array], Any], Callable[[nn.Array, nn.Array], Any]]] = {
    "plain": (
        lambda _, A, Y: -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A), axis=0),
        lambda A, Y: (A - Y) / (A * (1 - A)),
    ),
    "clipped": (
        lambda _, A, Y: -np.sum(Y * np.log(clipped(A)) + (1 - Y) * np.log(1 - clipped(A)), axis=0),
        lambda A, Y: (clipped(A) - Y) / (clipped(A) * (1 - clipped(A))),
    ),
    "with_a_constant": (
        lambda _, A, Y: -np.sum(Y * np.log(A + 1e-7) + (1 - Y) * np.log(1 - A + 1e-7), axis=0),
        lambda A, Y: (1 - Y) / (1 - A + 1e-7) - Y / (A + 1e-7),
    ),
    "of_z": (stable, lambda A, Y: (A - Y) / (A * (1 - A))),
    "of_logarithms": (squared_logarithms, lambda A, Y: (np.log1p(A) - np.log1p(Y)) / (1 + A)),
}


@pytest.mark.parametrize("name", BINARY)
def test_costs_may_be_written_as_they_often_are(name: str) -> None:
    losses, derivative = BINARY[name]
    nn.init((3, 4, 2), output="sigmoid", cost=nn.Cost(name, losses, derivative))
    with pytest.raises(nn.SettingError, match="its derivative must be that of its values"):
        nn.init((3, 4, 2), output="sigmoid", cost=nn.Cost(name, losses, lambda A, Y: 1.001 * derivative(A, Y)))


def test_an_activation_may_change_fast() -> None:
    def waves(Z: nn.Array) -> Any:
        return np.sin(30 * Z)

    nn.init((3, 4, 2), activation=nn.Activation("waves", waves, lambda Z: 30 * np.cos(30 * Z)))
    with pytest.raises(nn.SettingError, match="its derivative must be that of its values"):
        nn.init((3, 4, 2), activation=nn.Activation("waves", waves, lambda Z: 29.9 * np.cos(30 * Z)))


def test_a_function_that_raises_is_refused() -> None:
    def raises(Z: nn.Array) -> Any:
        return Z.nothing  # type: ignore[attr-defined]

    with pytest.raises(nn.SettingError, match="init: activation raises: its value must be a function of Z; got <func"):
        nn.init((3, 4, 2), activation=nn.Activation("raises", raises, raises))
    with pytest.raises(
        nn.SettingError, match="init: cost raises: its losses must be a function of Z, A and Y; got <func"
    ):
        nn.init((3, 2), cost=nn.Cost("raises", lambda Z, _, __: raises(Z), absolute_derivative))


def test_a_cost_must_treat_each_sample_alone_and_keep_the_dtype() -> None:
    def over_all(_: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
        return np.sum((A - Y) ** 2, axis=0) / (2 * A.shape[1])

    def over_all_derivative(A: nn.Array, Y: nn.Array) -> Any:
        return (A - Y) / A.shape[1]

    with pytest.raises(nn.SettingError, match="cost over_all: its losses must treat each sample alone; got others for"):
        nn.init((3, 2), output="identity", cost=nn.Cost("over_all", over_all, over_all_derivative))

    def wide(Z: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
        return absolute(Z, A, Y).astype(np.float64)

    with pytest.raises(nn.ShapeError, match="its losses must return one number for each column, of the dtype it takes"):
        nn.init((3, 2), output="identity", cost=nn.Cost("wide", wide, absolute_derivative))
