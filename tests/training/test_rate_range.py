"""The learning-rate range test."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.training.steps.settings import OptimizerName

DATA, _ = nn.load_mnist()


@pytest.mark.parametrize("optimizer", ["descent", "adam"])
def test_a_suggested_rate_learns_well(optimizer: OptimizerName) -> None:
    params = nn.init((784, 20, 10))
    found = nn.learning_rate_range(params, DATA, optimizer=optimizer)
    costs = {}
    for factor in (0.001, 1, 100):
        rate = factor * found.suggested
        *_, last = nn.train(params, DATA, learning_rate=rate, batch=128, epochs=1, optimizer=optimizer)
        costs[factor] = last.cost
    assert costs[1] < costs[0.001]
    assert costs[1] < costs[100]


def test_rates_are_powers_and_costs_those_of_the_steps() -> None:
    params = nn.init((784, 10))
    found = nn.learning_rate_range(params, DATA, lowest=1e-3, highest=1e-1, steps=5, batch=50, seed=3)
    assert np.allclose(found.rates, [1e-3, 10**-2.5, 1e-2, 10**-1.5, 1e-1])
    samples = next(nn.batches(DATA.m, 50, np.random.default_rng(3)))
    X, Y = nn.scale(DATA.X[:, samples]), nn.one_hot(DATA.y[samples])
    assert np.isclose(found.costs[0], nn.cost(params, nn.forward(params, X), Y))


def test_it_ends_where_the_cost_leaps() -> None:
    found = nn.learning_rate_range(nn.init((784, 50, 10)), DATA, highest=1e6)
    assert len(found.rates) < 200
    assert np.isfinite(found.costs).all()
    assert found.costs[-1] <= found.costs.min() + 3 * found.costs[0]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"lowest": 0}, "learning_rate_range: lowest must be a finite number above 0; got 0."),
    ({"highest": 1e-9}, "learning_rate_range: highest must be above lowest, 0.0001; got 1e-09."),
    ({"steps": 2}, "learning_rate_range: steps must be a whole number from 3; got 2."),
    (
        {"optimizer": "lbfgs"},
        "learning_rate_range: L-BFGS finds the length of its steps; got lbfgs. Choose another optimizer?",
    ),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(nn.SettingError) as caught:
        nn.learning_rate_range(nn.init((784, 10)), DATA, **settings)
    assert str(caught.value) == message


def test_it_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from nnfunc.plots import rate_range

    found = nn.RateRange(np.array([0.1, 1.0, 10.0]), np.array([3.0, 2.0, 1.5]))
    axes: Any = rate_range(found)
    assert axes.get_xlabel() == "learning rate α"
    assert axes.lines[0].get_xdata().tolist() == [0.1, 1.0, 10.0]
    assert rate_range(found, axes) is axes
