"""A training goes on where it stood: from a state, and after an interrupt."""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from tests.networks import batch, leaves_equal, small
from tests.training.small_runs import data, epochs


def test_resumed_training_is_the_uninterrupted_one_bit_for_bit() -> None:
    params = small(3)
    whole = epochs(params, epochs=6, seed=3)
    for stop in (1, 3, 5):
        resumed = epochs(small(3, seed=99), epochs=6, seed=3, resume=whole[stop - 1].state)
        assert [epoch.number for epoch in resumed] == list(range(stop + 1, 7))
        assert leaves_equal(resumed[-1].params, whole[-1].params)


def test_resume_takes_the_state_of_the_same_run() -> None:
    params = small(2)
    _, epoch = epochs(params, epochs=2)
    wrong: list[tuple[dict[str, object], str]] = [
        (
            {"resume": epoch},
            "train: resume must be the state of an epoch; got a value of type Epoch. Pass epoch.state?",
        ),
        (
            {"epochs": 1},
            "train: epochs must be at least 2, where resume stands; got 1. They count from the beginning.",
        ),
        (
            {"batch": None},
            "train: settings must be those before resume, batch=8; got batch=None. Start a new run?",
        ),
        (
            {"seed": 5, "l2": 0.1, "learning_rate": nn.Exponential(0.1, 20)},
            "train: settings must be those before resume, l2=0.0, learning_rate=0.1, seed=0; "
            "got l2=0.1, learning_rate=Exponential(rate=0.1, steps=20, factor=0.1), seed=5. Start a new run?",
        ),
    ]
    for settings, message in wrong:
        with pytest.raises(nn.SettingError) as caught:
            epochs(params, **({"resume": epoch.state} | settings))
        assert str(caught.value) == message
    with pytest.raises(nn.SettingError, match="params must be of the network that resume has"):
        epochs(small(3), resume=epoch.state)


def by_default(rate: float) -> Callable[..., float]:
    def schedule(step: int, rate: float = rate) -> float:
        return rate

    return schedule


def by_parts(rate: float) -> Callable[..., float]:
    return functools.partial(divided, rate)


def by_method(rate: float) -> Callable[..., float]:
    return Rate(rate).of


@pytest.mark.parametrize("made", [by_default, by_parts, by_method])
def test_resume_notices_other_numbers_of_a_function(made: Callable[[float], Callable[..., float]]) -> None:
    params = small(2)
    *_, epoch = epochs(params, epochs=2, learning_rate=made(0.1))
    assert len(epochs(params, epochs=3, learning_rate=made(0.1), resume=epoch.state)) == 1
    with pytest.raises(nn.SettingError, match="settings must be those before resume, learning_rate="):
        epochs(params, epochs=3, learning_rate=made(0.2), resume=epoch.state)


def divided(rate: float, step: int) -> float:
    return rate / (step + 1)


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """A schedule as a method of an object without __dict__."""

    rate: float

    def of(self, step: int) -> float:
        return divided(self.rate, step)


def test_an_epoch_that_was_interrupted_is_repeated() -> None:
    params = small(3)
    times = iter(range(100))

    def augmentation(X: nn.Array, rng: "np.random.Generator") -> nn.Array:
        if next(times) in (1, 3):  # once in each epoch that is begun
            raise KeyboardInterrupt
        return X

    settings: dict[str, Any] = {"learning_rate": 0.1, "epochs": 4, "batch": 8, "dropout": 0.3}
    whole = list(nn.train(params, data(params), **settings))
    training = nn.train(params, data(params), **settings, augmentation=augmentation)
    goes_on_after_interrupts(training, 2, whole)


def test_a_full_batch_that_was_interrupted_is_repeated() -> None:
    params, asked = small(3), list[nn.Params]()
    X, Y = data(params).X, batch(params, 50)[1]

    def gradient(params: nn.Params) -> tuple[float, nn.Grads]:
        asked.append(params)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return nn.gradient(params, X, Y)

    whole = list(nn.train(params, data(params), learning_rate=0.1, epochs=4))
    training = nn.train(params, data(params), learning_rate=0.1, epochs=4, gradient=gradient)
    goes_on_after_interrupts(training, 1, whole)


def goes_on_after_interrupts(training: Iterator[nn.Epoch], interrupts: int, whole: list[nn.Epoch]) -> None:
    found, stops = list[nn.Epoch](), 0
    passing = nn.Logging(training)
    while len(found) < len(whole):
        try:
            found.append(next(passing))
        except KeyboardInterrupt:
            stops += 1
    assert stops == interrupts
    assert [epoch.number for epoch in found] == [epoch.number for epoch in whole]
    assert leaves_equal(found[-1].params, whole[-1].params)
    assert not list(passing)


def test_lbfgs_that_was_interrupted_says_so() -> None:
    pytest.importorskip("scipy")
    params, asked = small(3), list[nn.Params]()
    X, Y = data(params).X, batch(params, 50)[1]

    def gradient(params: nn.Params) -> tuple[float, nn.Grads]:
        asked.append(params)
        if len(asked) == 5:
            raise KeyboardInterrupt
        return nn.gradient(params, X, Y)

    epochs = nn.train(params, data(params), learning_rate=1, epochs=9, optimizer="lbfgs", gradient=gradient)
    with pytest.raises(KeyboardInterrupt):
        list(epochs)
    with pytest.raises(nn.SettingError, match="L-BFGS must run from its beginning; got a resumed run"):
        next(epochs)
