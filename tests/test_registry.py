"""Activations and costs of one's own: checked, trained with, saved by name."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import ACTIVATIONS, OUTPUTS, sigmoid, sigmoid_derivative
from nnfunc.costs import COSTS
from nnfunc.equations import equations
from tests.networks import batch, leaves_equal, small


def swish(Z: nn.Array) -> Any:
    """Ramachandran, Zoph, Le 2017."""
    return Z * sigmoid(Z)


def swish_derivative(Z: nn.Array) -> Any:
    return sigmoid(Z) + Z * sigmoid_derivative(Z)


pytestmark = pytest.mark.usefixtures("forgotten")

SWISH = nn.Activation("swish", swish, swish_derivative)


def absolute(Z: nn.Array, A: nn.Array, Y: nn.Array) -> Any:
    return np.sum(np.sqrt((A - Y) ** 2 + 1) - 1, axis=0)


def absolute_derivative(A: nn.Array, Y: nn.Array) -> Any:
    return (A - Y) / np.sqrt((A - Y) ** 2 + 1)


ABSOLUTE = nn.Cost("absolute", absolute, absolute_derivative)


def test_a_network_with_functions_of_ones_own() -> None:
    params = nn.init((7, 6, 5, 3), activation=[SWISH, "tanh"], output="identity", cost=ABSOLUTE, dtype=np.float64)
    assert [layer.activation for layer in params.layers] == ["swish", "tanh", "identity"]
    assert params.cost == "absolute"
    assert nn.check_gradient(params, *batch(params)) < 1e-7
    assert (
        nn.check_gradient(nn.init((7, 3), output=SWISH, cost="squared_error", dtype=np.float64), *batch(params)) < 1e-7
    )


def test_training_with_functions_of_ones_own(in_python: None) -> None:
    params = nn.init((7, 6, 3), activation=SWISH, cost=ABSOLUTE, output="sigmoid", dtype=np.float64)
    X, Y = batch(params, 40)
    *_, last = nn.train(params, nn.Dataset(X, Y), learning_rate=0.3, batch=8, epochs=4)
    rng = np.random.default_rng(0)
    for _ in range(4):
        for samples in nn.batches(40, 8, rng):
            cache = nn.forward(params, X[:, samples])
            params = nn.update(params, nn.backward(params, cache, Y[:, samples]), np.array(0.3))
    assert leaves_equal(last.params, params)


def test_they_are_saved_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    params = nn.init((7, 6, 3), activation=SWISH, output="identity", cost=ABSOLUTE)
    nn.save(path, params)
    assert leaves_equal(nn.load(path), params)
    for table in (ACTIVATIONS, OUTPUTS):
        del table["swish"]
    with pytest.raises(nn.CheckpointError) as caught:
        nn.load(path)
    assert str(caught.value) == (
        "model.npz: its activation 'swish' must be known; got no function of that name. "
        "Pass it: nn.load(path, functions=[nn.Activation('swish', …)])?"
    )
    del COSTS["absolute"]
    with pytest.raises(nn.CheckpointError, match=r"its cost 'absolute' must be known.*nn\.Cost\('absolute', …\)"):
        nn.load(path, functions=[SWISH])
    assert leaves_equal(nn.load(path, functions=[SWISH, ABSOLUTE]), params)


def test_their_equations_are_shown() -> None:
    params = nn.init((7, 6, 3), activation=SWISH, output="identity", cost=ABSOLUTE)
    formulas = [row.formula for row in equations(params)]
    assert "A[1] = swish(Z[1])" in formulas
    assert "J = 1/m Σ absolute(Z[2], A[2], Y)" in formulas
    assert "dA[2] = absolute′(A[2], Y)" in formulas


def test_the_same_function_may_be_passed_again() -> None:
    for _ in range(2):
        nn.init((3, 4, 2), activation=nn.Activation("swish", swish, swish_derivative))


def test_the_same_text_may_run_again_as_in_a_notebook() -> None:
    cell = "def f(Z):\n    return Z * Z\n\ndef g(Z):\n    return 2 * Z\n"
    scope: dict[str, Any] = {}
    for _ in range(2):
        exec(compile(cell, "cell", "exec"), scope)
        nn.init((3, 4, 2), activation=nn.Activation("squared", scope["f"], scope["g"]))
    exec(compile(cell.replace("2 *", "3 *"), "cell", "exec"), scope)
    with pytest.raises(nn.SettingError, match="must be one function only; got another"):
        nn.init((3, 4, 2), activation=nn.Activation("squared", scope["f"], scope["g"]))


def test_another_process_takes_them_over() -> None:
    params = nn.init((7, 6, 3), activation=SWISH, output="identity", cost=ABSOLUTE)
    content = pickle.dumps(params)
    for table in (ACTIVATIONS, OUTPUTS):
        del table["swish"]
    del COSTS["absolute"]
    assert leaves_equal(pickle.loads(content), params)
    assert COSTS["absolute"] == ABSOLUTE


def test_a_cost_of_ones_own_learns_any_values() -> None:
    params = nn.init((2, 3, 1), output="identity", cost=ABSOLUTE, dtype=np.float64)
    data = nn.Dataset(np.ones((2, 8)), np.full((1, 8), 30.0))
    *_, last = nn.train(params, data, learning_rate=0.1, epochs=3)
    assert last.cost < nn.evaluate(params, data).cost


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
        "init: activation 'relu' must be one function only; got another. Choose another name?",
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
        "functions must be nn.Activation or nn.Cost; got a value of type function.",
    ),
]


@pytest.mark.parametrize(("make", "error", "message"), BAD + MORE, ids=[message for *_, message in BAD + MORE])
def test_wrong_functions_are_refused(make: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)
    assert "swish" not in ACTIVATIONS
    assert "absolute" not in COSTS


def test_what_cannot_be_proved_is_refused() -> None:
    def of_one_size(Z: nn.Array) -> nn.Array:
        return Z if Z.shape[0] == 2 else Z * 1

    with pytest.raises(nn.ShapeError):
        nn.init((3, 4, 2), activation=nn.Activation("odd", of_one_size, of_one_size))


def test_a_network_of_symbols_takes_them_too() -> None:
    params = nn.symbolic_params("n h c", activation=SWISH)
    nn.prove(nn.forward, params, nn.symbolic("n m"), each=("m",))
    assert small(2, activation="swish").layers[0].activation == "swish"
