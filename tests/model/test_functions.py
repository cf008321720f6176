"""Custom activations and costs: checked where they enter, values from then on, saved by name."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import RELU, relu_derivative, sigmoid, sigmoid_derivative, tanh, tanh_derivative
from nnfunc.model.equations import equations
from tests.networks import batch, leaves_equal


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
    assert [layer.activation.name for layer in params.layers] == ["swish", "tanh", "identity"]
    assert params.cost == ABSOLUTE
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
    with pytest.raises(nn.CheckpointError) as caught:
        nn.load(path)
    assert str(caught.value) == (
        "model.npz: its activation 'swish' must be known; got no function of that name. "
        "Pass functions=[nn.Activation('swish', …)] where it is read?"
    )
    with pytest.raises(nn.CheckpointError, match=r"its cost 'absolute' must be known.*nn\.Cost\('absolute', …\)"):
        nn.load(path, functions=[SWISH])
    assert leaves_equal(nn.load(path, functions=[SWISH, ABSOLUTE]), params)


def test_their_equations_are_shown() -> None:
    params = nn.init((7, 6, 3), activation=SWISH, output="identity", cost=ABSOLUTE)
    formulas = [row.formula for row in equations(params)]
    assert "A[1] = swish(Z[1])" in formulas
    assert "J = 1/m Σ absolute(Z[2], A[2], Y)" in formulas
    assert "dA[2] = absolute′(A[2], Y)" in formulas


def squared(Z: nn.Array) -> Any:
    return Z * Z


def squared_derivative(Z: nn.Array) -> Any:
    return 2 * Z


def test_two_functions_of_one_name_each_give_their_own_results() -> None:
    one, other = SWISH, nn.Activation("swish", tanh, tanh_derivative)
    for _ in range(2):  # recorded, and replayed
        for g, f in ((one, swish), (other, tanh)):
            params = nn.init((7, 6, 3), activation=g, output="identity", dtype=np.float64)
            X, Y = batch(params)
            A = params.layers[1].W @ f(params.layers[0].W @ X)
            assert np.allclose(nn.probabilities(params, X), A, rtol=1e-12)
            assert nn.gradient(params, X, Y)[0] == pytest.approx(
                float(np.sum((A - Y) ** 2)) / 2 / X.shape[1], rel=1e-12
            )
            (epoch,) = nn.train(params, nn.Dataset(X, Y), learning_rate=0.1, epochs=1, batch=9, shuffle=False)
            after = nn.update(params, nn.backward(params, nn.forward(params, X), Y), 0.1)
            assert np.allclose(epoch.params.layers[0].W, after.layers[0].W, rtol=1e-12)


def test_they_are_values() -> None:
    assert nn.Activation("swish", swish, swish_derivative) == SWISH
    assert nn.Activation("silu", swish, swish_derivative) == SWISH  # the same functions
    assert nn.Activation("swish", swish, tanh_derivative) != SWISH
    assert nn.Cost("absolute", absolute, absolute_derivative) == ABSOLUTE
    assert nn.Cost("absolute", absolute, absolute_derivative, "sigmoid") != ABSOLUTE
    for f, name in ((SWISH, "swish"), (ABSOLUTE, "absolute"), (RELU, "relu")):
        assert (str(f), repr(f), f"{f}", f.name) == (name,) * 4
        assert f != name  # type: ignore[comparison-overlap]
        assert {f: 1}[f] == 1


class Scaled:
    """A function that cannot be hashed."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, Z: nn.Array) -> Any:
        return self.factor * Z


class Constant(Scaled):
    def __call__(self, Z: nn.Array) -> Any:
        return np.full_like(Z, self.factor)


def test_functions_need_not_be_hashable() -> None:
    params = nn.init((7, 6, 3), activation=nn.Activation("doubled", Scaled(2), Constant(2)))
    X, Y = batch(params, 20)
    (epoch,) = nn.train(params, nn.Dataset(X, Y), learning_rate=0.1, epochs=1, batch=10)
    assert epoch.cost < nn.evaluate(params, nn.Dataset(X, Y)).cost


def test_a_file_knows_one_function_by_one_name(tmp_path: Path) -> None:
    other = nn.Activation("swish", tanh, tanh_derivative)
    params = nn.init((7, 6, 5, 3), activation=[SWISH, other])
    with pytest.raises(nn.CheckpointError) as caught:
        nn.save(tmp_path / "m", params)
    assert str(caught.value) == (
        f"{tmp_path / 'm'}: 'swish' must be one function only in a file; got two. Choose other names?"
    )
    nn.save(tmp_path / "m", nn.init((7, 6, 3), activation=SWISH))
    with pytest.raises(nn.SettingError, match="activation 'swish' must be one function only; got another"):
        nn.load(tmp_path / "m", functions=[SWISH, other])


def test_the_name_of_one_of_the_library_is_its_own() -> None:
    W, b = np.ones((2, 3)), np.zeros((2, 1))
    with pytest.raises(nn.SettingError, match="params: activation 'relu' must be one function only; got another"):
        nn.Params((nn.Layer(W, b, nn.Activation("relu", swish, swish_derivative)),), ABSOLUTE)


def test_another_process_takes_them_over() -> None:
    params = nn.init((7, 6, 3), activation=SWISH, output="identity", cost=ABSOLUTE)
    content = pickle.dumps(params)
    again = pickle.loads(content)
    assert leaves_equal(again, params)
    assert (again.layers[0].activation, again.cost) == (SWISH, ABSOLUTE)


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


def test_a_network_of_symbols_takes_them_too() -> None:
    params = nn.symbolic_params("n h c", activation=SWISH)
    nn.prove(nn.forward, params, nn.symbolic("n m"), each=("m",))
    assert params.layers[0].activation is SWISH


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


@dataclass(frozen=True)
class Leaky:
    """A function that is compared by a number of NumPy in it, and holds an array."""

    slope: Any
    of: nn.Array = field(default_factory=lambda: np.zeros(3))

    def __call__(self, Z: nn.Array) -> Any:
        return np.where(Z > 0, Z, self.slope * Z)


@dataclass(frozen=True)
class LeakyDerivative(Leaky):
    def __call__(self, Z: nn.Array) -> Any:
        return np.where(Z > 0, np.ones_like(Z), self.slope * np.ones_like(Z))


def leaky(slope: Any) -> nn.Activation:
    return nn.Activation("leaky", Leaky(slope), LeakyDerivative(slope))


def test_a_function_may_be_an_object_that_holds_arrays() -> None:
    steep: list[float] = []
    for g in (leaky(np.float32(0.2)), leaky(np.float32(0.9))):
        params = nn.init((7, 6, 3), activation=g, dtype=np.float64)
        X, Y = batch(params)
        assert repr(params.layers[0]) == "Layer(W=6×7 float64, b=6×1 float64, activation=leaky)"
        assert nn.check_gradient(params, X, Y) < 1e-7
        *_, last = nn.train(params, nn.Dataset(X, Y), epochs=2)
        steep.append(last.cost)
    assert steep[0] != steep[1]


def test_a_state_goes_on_with_its_functions_only() -> None:
    params, other, again = (nn.init((7, 6, 3), activation=leaky(slope), dtype=np.float64) for slope in (0.2, 0.3, 0.2))
    data = nn.Dataset(*batch(params))
    *_, first = nn.train(params, data, epochs=1)
    assert len(list(nn.train(again, data, epochs=2, resume=first.state))) == 1
    with pytest.raises(nn.SettingError, match="the functions of params must be those that resume has; got others"):
        nn.train(other, data, epochs=2, resume=first.state)


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
