"""Activations and costs of one's own: checked, trained with, saved by name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import ACTIVATIONS, OUTPUTS, sigmoid, sigmoid_derivative
from nnfunc.costs import COSTS
from nnfunc.equations import equations
from tests.networks import batch, leaves_equal, small


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test makes known is not known to the next."""
    tables: list[dict[str, Any]] = [ACTIVATIONS, OUTPUTS, COSTS]
    before = [dict(table) for table in tables]
    yield
    for table, known in zip(tables, before, strict=True):
        table.clear()
        table.update(known)


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


def doubled(Z: nn.Array) -> Any:
    return 2 * swish_derivative(Z)


def summed(Z: nn.Array) -> Any:
    return Z.sum(axis=0, keepdims=True)


def in_float64(Z: nn.Array) -> Any:
    return swish(Z.astype(np.float64))


def mixed(Z: nn.Array) -> Any:
    return Z @ Z.T @ Z


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
        "init: activation swish: its functions must return an array of Z's shape and dtype; got 1×3 float32 of 2×3 float32.",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("swish", in_float64, swish_derivative)),
        nn.ShapeError,
        "init: activation swish: its functions must return an array of Z's shape and dtype; got 2×3 float64 of 2×3 float32.",
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
        "init: cost absolute: its derivative must be that of its values; got one that is",
    ),
    (
        lambda: nn.init((3, 4, 2), cost=nn.Cost("absolute", absolute, absolute_derivative, "softmaxx")),
        nn.SettingError,
        "init: cost absolute must belong to an output that exists, or to None; got 'softmaxx'.",
    ),
    (
        lambda: nn.init((3, 4, 2), activation=nn.Activation("mixed", mixed, swish_derivative)),
        nn.SettingError,
        "init: activation mixed: its functions must treat each entry alone; got others for the same entry.",
    ),
]


@pytest.mark.parametrize(("make", "error", "message"), BAD, ids=[message for *_, message in BAD])
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
