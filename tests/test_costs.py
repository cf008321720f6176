import math

import numpy as np
import pytest
from numpy.typing import DTypeLike

from nnfunc.activations import OUTPUTS, sigmoid
from nnfunc.base.array import Array
from nnfunc.costs import COSTS, binary_cross_entropy_derivative, log_sigmoid, log_softmax, mean

DTYPES = (np.float32, np.float64)


@pytest.mark.parametrize("name", COSTS)
def test_the_derivative_is_m_times_that_of_the_mean(name: str) -> None:
    cost, rng = COSTS[name], np.random.default_rng(0)
    g = OUTPUTS[str(cost.natural_output)].value
    Z, Y = rng.normal(0, 1, (3, 5)), np.eye(3)[:, [0, 2, 1, 1, 0]]
    A = g(Z)
    for i, j in np.ndindex(Z.shape):
        ε = np.zeros_like(Z)
        ε[i, j] = 1e-6
        above, below = (mean(cost.losses(Z + s * ε, g(Z + s * ε), Y)) for s in (1, -1))
        dA = cost.derivative(A, Y)
        change = (g(Z + ε) - g(Z - ε)) / 2e-6
        expected = np.sum(dA * change) / 5
        assert math.isclose(float(above - below) / 2e-6, expected, abs_tol=1e-9)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", COSTS)
def test_huge_logits_have_a_finite_cost(name: str, dtype: DTypeLike) -> None:
    cost = COSTS[name]
    Z: Array = np.array([[1e4, -1e4, 1e4], [-1e4, 1e4, -1e4]], dtype)
    Y: Array = np.array([[1, 1, 0], [0, 0, 1]], dtype)
    assert math.isfinite(float(mean(cost.losses(Z, OUTPUTS[str(cost.natural_output)].value(Z), Y))))


def test_huge_logits_have_the_exact_cost() -> None:
    Z, Y = np.array([[1e4], [-1e4]]), np.array([[0.0], [1.0]])
    assert COSTS["cross_entropy"].losses(Z, Z, Y).tolist() == [2e4]
    assert COSTS["binary_cross_entropy"].losses(Z, Z, Y).tolist() == [2e4]


def test_the_logarithms_are_those_of_the_activations() -> None:
    Z = np.random.default_rng(0).normal(0, 3, (4, 6))
    assert np.allclose(log_softmax(Z), np.log(OUTPUTS["softmax"].value(Z)), rtol=1e-12)
    assert np.allclose(log_sigmoid(Z), np.log(sigmoid(Z)), rtol=1e-12)


@pytest.mark.parametrize("name", COSTS)
def test_a_cost_is_the_mean_over_the_samples(name: str) -> None:
    cost, rng = COSTS[name], np.random.default_rng(0)
    Z, Y = rng.normal(0, 1, (3, 4)), np.eye(3)[:, [0, 2, 1, 1]]
    A = OUTPUTS[str(cost.natural_output)].value(Z)
    each = [float(cost.losses(Z[:, [j]], A[:, [j]], Y[:, [j]])[0]) for j in range(4)]
    assert math.isclose(float(mean(cost.losses(Z, A, Y))), float(np.mean(each)), rel_tol=1e-12)
    weights = np.array([2.0, 0.0, 0.5, 1.5])
    assert math.isclose(float(mean(cost.losses(Z, A, Y), weights)), float(np.mean(each * weights)), rel_tol=1e-12)


def test_a_good_prediction_costs_less_than_a_bad_one() -> None:
    Y, good, bad = np.array([[1.0], [0.0]]), np.array([[2.0], [-2.0]]), np.array([[-2.0], [2.0]])
    for name, cost in COSTS.items():
        g = OUTPUTS[str(cost.natural_output)].value
        assert mean(cost.losses(good, g(good), Y)) < mean(cost.losses(bad, g(bad), Y)), name


def test_a_minus_y_and_the_chain_rule_agree_where_both_are_finite() -> None:
    Z = np.random.default_rng(0).normal(0, 2, (1, 50))
    A, Y = sigmoid(Z), np.arange(50.0)[None] % 2
    chain = binary_cross_entropy_derivative(A, Y) * A * (1 - A)
    assert np.allclose(chain, A - Y, rtol=1e-12)


def test_the_derivative_of_the_notes_alone_does_not_survive_saturation() -> None:
    Z, Y = np.array([[50.0]], np.float32), np.array([[0.0]], np.float32)
    A = sigmoid(Z)
    with np.errstate(divide="ignore", invalid="ignore"):
        chain = binary_cross_entropy_derivative(A, Y) * A * (1 - A)
    assert not np.isfinite(chain).all()
    assert (A - Y).item() == 1
