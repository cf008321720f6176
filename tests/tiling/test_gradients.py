"""Central differences in float64, for everything that can be put together."""

import math
import os
import signal
import time
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import IDENTITY, ActivationName, OutputName
from nnfunc.costs import SQUARED_ERROR, CostName
from nnfunc.model.differences import central_difference
from nnfunc.tiling import blas
from nnfunc.tiling.lanes import LANES, TILE, lanes, tiles
from tests.networks import batch, kinds, leaves_equal, small


@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds())
def test_backward_is_the_gradient(depth: int, activation: ActivationName, output: OutputName, cost: CostName) -> None:
    params = small(depth, activation=activation, output=output, cost=cost, n_out=3)
    assert nn.check_gradient(params, *batch(params)) < 1e-7


@pytest.mark.parametrize("output", ["sigmoid", "identity", "tanh"])
def test_backward_is_the_gradient_of_one_output(output: OutputName) -> None:
    params = small(3, activation="elu", output=output, n_out=1)
    assert nn.check_gradient(params, *batch(params)) < 1e-7


def test_one_activation_per_layer() -> None:
    sizes = (7, 6, 4, 5, 3)
    params = nn.init(sizes, activation=["leaky_relu", "tanh", "sigmoid"], dtype=np.float64)
    assert nn.check_gradient(params, *batch(params)) < 1e-7


def test_a_wrong_gradient_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    params = small(2)

    def without_derivative(params: nn.Params, cache: nn.Cache, Y: nn.Array, weights: nn.Array | None) -> nn.Grads:
        right = nn.backward(params, cache, Y, weights)
        first, second = right.layers
        return nn.Grads((nn.LayerGrads(1.001 * first.dW, first.db), second))

    monkeypatch.setattr("nnfunc.tiling.gradients.backward", without_derivative)
    assert nn.check_gradient(params, *batch(params)) > 1e-4


def test_a_float32_network_is_checked_in_float64() -> None:
    params = small(3, activation="tanh", dtype=np.float32)
    assert nn.check_gradient(params, *batch(params)) < 1e-7


def test_pixels_are_scaled() -> None:
    params = nn.init((12, 5, 3), activation="tanh")
    X = np.random.default_rng(0).integers(0, 256, (12, 4), np.uint8)
    Y = nn.one_hot(np.array([0, 1, 2, 1]), 3)
    assert nn.check_gradient(params, X, Y) < 1e-7
    assert leaves_equal(nn.gradient(params, X, Y), nn.gradient(params, nn.scale(X), Y))


def test_a_gradient_of_zero_is_right() -> None:
    zero = nn.Layer(np.zeros((1, 2)), np.zeros((1, 1)), IDENTITY)
    params = nn.Params((zero,), SQUARED_ERROR)
    assert nn.check_gradient(params, np.ones((2, 3)), np.zeros((1, 3))) == 0


def test_a_large_array_is_sampled() -> None:
    params = nn.init((784, 10, 10), activation="tanh", dtype=np.float64)
    X = np.random.default_rng(0).random((784, 5))
    assert nn.check_gradient(params, X, nn.one_hot(np.arange(5), dtype=np.float64)) < 1e-7


def test_central_difference_of_a_square() -> None:
    slope = central_difference(lambda θ: float(θ[1] ** 2), np.array([5.0, 3.0]), 1)
    assert math.isclose(slope, 6, rel_tol=1e-9)


@pytest.mark.parametrize("m", [5, TILE, 3 * TILE + 7, 40 * TILE + 1])
def test_the_number_of_threads_changes_no_bit(m: int) -> None:
    params = nn.init((7, 6, 3), activation="tanh")
    X, Y = batch(params, m)
    (J, one), *others = (nn.gradient(params, X, Y, threads=threads) for threads in (1, 2, 3, 8))
    for J_other, other in others:
        assert J_other == J
        assert leaves_equal(one, other)


@pytest.mark.parametrize("threads", [0, -1, True])
def test_threads_are_a_whole_number(threads: Any) -> None:
    params = small(2)
    with pytest.raises(nn.SettingError, match="gradient: threads must be a whole number from 1"):
        nn.gradient(params, *batch(params), threads=threads)


def test_lanes_hold_each_tile_once_and_are_fixed() -> None:
    for m in (1, TILE, 5 * TILE + 1, 16 * TILE, 100 * TILE + 3):
        assert [tile for lane in lanes(m) for tile in lane] == list(tiles(m))
        assert len(lanes(m)) == min(LANES, -(-m // TILE))
        sizes = [len(lane) for lane in lanes(m)]
        assert max(sizes) - min(sizes) <= 1


@pytest.mark.usefixtures("in_python")
def test_warnings_are_those_of_the_caller_on_all_threads() -> None:
    params = nn.init((7, 3), output="identity", cost="squared_error")
    X = np.full((7, 3 * TILE), 1e30, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        J, _ = nn.gradient(params, X, np.zeros((3, 3 * TILE), np.float32))
    assert not np.isfinite(J)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        nn.gradient(params, X, np.zeros((3, 3 * TILE), np.float32))


@pytest.mark.parametrize("m", [1, TILE - 1, TILE, TILE + 1, 3 * TILE + 7])
def test_the_mean_over_tiles_is_the_gradient_of_all(m: int) -> None:
    params = small(3, activation="tanh")
    X, Y = batch(params, m)
    cache = nn.forward(params, X)
    cost, grads = nn.gradient(params, X, Y)
    assert math.isclose(cost, nn.cost(params, cache, Y), rel_tol=1e-12)
    for tiled, whole in zip(grads.layers, nn.backward(params, cache, Y).layers, strict=True):
        assert np.allclose(tiled.dW, whole.dW, rtol=1e-9, atol=1e-14)
        assert np.allclose(tiled.db, whole.db, rtol=1e-9, atol=1e-14)


def test_tiles_cover_each_column_once() -> None:
    columns = np.arange(2 * TILE + 5)
    assert np.array_equal(np.concatenate([columns[tile] for tile in tiles(len(columns))]), columns)


def test_what_is_not_finite_is_not_right() -> None:
    params = small(2)
    X, Y = batch(params)
    assert math.isnan(nn.check_gradient(params, X * np.nan, Y))


def test_masked_arrays_and_matrices_are_refused() -> None:
    params = small(2)
    X, Y = batch(params)
    for bad in (np.ma.masked_array(X), X.view(np.matrix)):
        with pytest.raises(nn.ShapeError, match="must be a plain NumPy array"):
            nn.forward(params, bad)
        with pytest.raises(nn.ShapeError, match="must be a plain NumPy array"):
            nn.Dataset(bad, Y)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_has_threads_of_its_own() -> None:
    params = nn.init((12, 5, 3))
    X = np.random.default_rng(0).integers(0, 256, (12, 5 * TILE), np.uint8)
    Y = nn.one_hot(np.arange(5 * TILE) % 3, 3)
    before = nn.gradient(params, X, Y, threads=3)
    with blas.threads(one=True):  # somebody else, at the time of the fork
        child = os.fork()
        if not child:
            os._exit(not leaves_equal(nn.gradient(params, X, Y, threads=3), before))
    for _ in range(500):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.02)
    else:
        os.kill(child, signal.SIGKILL)
        raise AssertionError("the fork hangs")
    assert status == 0
