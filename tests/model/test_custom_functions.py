"""Custom activations and costs: in networks as those of the library are, values, saved by name."""

import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import RELU, tanh, tanh_derivative
from nnfunc.model.equations import equations
from tests.model.functions import ABSOLUTE, SWISH, absolute, absolute_derivative, swish, swish_derivative
from tests.networks import batch, leaves_equal


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
        f"{tmp_path / 'm'}: 'swish' must name a single function in a file; got two. Choose other names?"
    )
    nn.save(tmp_path / "m", nn.init((7, 6, 3), activation=SWISH))
    with pytest.raises(nn.SettingError, match="activation 'swish' must name a single function; got a second one"):
        nn.load(tmp_path / "m", functions=[SWISH, other])


def test_the_name_of_one_of_the_library_is_its_own() -> None:
    W, b = np.ones((2, 3)), np.zeros((2, 1))
    with pytest.raises(
        nn.SettingError, match="params: activation 'relu' must name a single function; got a second one"
    ):
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


def test_a_network_of_symbols_takes_them_too() -> None:
    params = nn.symbolic_params("n h c", activation=SWISH)
    nn.prove(nn.forward, params, nn.symbolic("n m"), each=("m",))
    assert params.layers[0].activation is SWISH


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
