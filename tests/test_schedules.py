"""Each schedule at steps whose rates are known, and against PyTorch's."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.schedules import Schedule
from tests.networks import batch, leaves_equal, small

KNOWN: list[tuple[Schedule, dict[int, float]]] = [
    (nn.Constant(0.3), {0: 0.3, 1000: 0.3}),
    (nn.StepDecay(0.8, every=10, factor=0.5), {0: 0.8, 9: 0.8, 10: 0.4, 29: 0.2, 30: 0.1}),
    (nn.Exponential(0.8, steps=10, factor=0.25), {0: 0.8, 5: 0.4, 10: 0.2, 20: 0.05}),
    (nn.Cosine(0.8, steps=6, final=0.2), {0: 0.8, 2: 0.65, 3: 0.5, 4: 0.35, 6: 0.2, 9: 0.2}),
    (nn.WarmUp(0.8, steps=4), {0: 0.2, 9: 0.8}),
    (nn.WarmUp(nn.Constant(0.8), steps=4), {0: 0.2, 1: 0.4, 2: 0.6, 3: 0.8, 4: 0.8, 9: 0.8}),
    (
        nn.OneCycle(0.8, steps=12, rising=0.5, start_divisor=4, end_divisor=8),
        {0: 0.2, 3: 0.5, 6: 0.8, 9: 0.45, 12: 0.1, 20: 0.1},
    ),
]


@pytest.mark.parametrize(("schedule", "rates"), KNOWN, ids=lambda x: type(x).__name__)
def test_the_rates_are_known(schedule: Schedule, rates: dict[int, float]) -> None:
    for step, rate in rates.items():
        assert math.isclose(schedule(step), rate, rel_tol=1e-12), step


def test_the_schedules_are_those_of_pytorch() -> None:
    torch: Any = pytest.importorskip("torch")
    made: list[tuple[Schedule, Callable[[Any], Any]]] = [
        (nn.StepDecay(0.1, 7, factor=0.3), lambda o: torch.optim.lr_scheduler.StepLR(o, 7, 0.3)),
        (nn.Exponential(0.1, 1, factor=0.9), lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
        (nn.Cosine(0.1, 50, final=0.01), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 50, 0.01)),
        (nn.WarmUp(nn.Constant(0.1), 5), lambda o: torch.optim.lr_scheduler.LinearLR(o, 1 / 5, 1, 4)),
    ]
    for ours, theirs in made:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        schedule = theirs(optimizer)
        for step in range(50):
            assert math.isclose(ours(step), optimizer.param_groups[0]["lr"], rel_tol=1e-12), (ours, step)
            optimizer.step()
            schedule.step()


@pytest.mark.parametrize("size", [None, 8, 64])
def test_training_takes_the_rate_of_each_step(size: int | None, in_python: None) -> None:
    params = small(2)
    X, Y = batch(params, 40)
    taken: list[int] = []

    def rate(step: int) -> float:
        taken.append(step)
        return 0.1 / (1 + step)

    training = nn.train(params, nn.Dataset(X, Y.argmax(axis=0)), learning_rate=rate, batch=size, epochs=3)
    taken.clear()
    *_, last = training
    steps = 5 if size == 8 else 1
    assert taken == list(range(3 * steps))
    rng, step = np.random.default_rng(0), 0
    for _ in range(3):
        for samples in [np.arange(40)] if size is None else nn.batches(40, size, rng):
            grads = nn.backward(params, nn.forward(params, X[:, samples]), Y[:, samples])
            params, step = nn.update(params, grads, rate(step)), step + 1
    for found, wanted in zip(last.params.layers, params.layers, strict=True):
        assert np.allclose(found.W, wanted.W, rtol=1e-12)


def test_a_resumed_run_takes_the_rates_where_it_stopped() -> None:
    params = small(2)
    X, Y = batch(params, 40)

    def epochs(**settings: Any) -> list[nn.Epoch]:
        data, schedule = nn.Dataset(X, Y.argmax(axis=0)), nn.OneCycle(0.5, steps=20)
        return list(nn.train(params, data, learning_rate=schedule, batch=8, epochs=4, **settings))

    whole = epochs()
    assert leaves_equal(epochs(resume=whole[1].state)[-1].params, whole[-1].params)


OVER_A_RUN: list[tuple[Any, Any]] = [
    (nn.StepDecay(0.1), nn.StepDecay(0.1, 6)),
    (nn.Exponential(0.1, factor=0.5), nn.Exponential(0.1, 20, factor=0.5)),
    (nn.Cosine(0.1), nn.Cosine(0.1, 20)),
    (nn.OneCycle(0.1), nn.OneCycle(0.1, 20)),
    (nn.WarmUp(nn.Cosine(0.1), 3), nn.WarmUp(nn.Cosine(0.1, 20), 3)),
    (nn.Cosine(0.1, 7), nn.Cosine(0.1, 7)),
    (nn.Constant(0.1), 0.1),
]


@pytest.mark.parametrize(("schedule", "same"), OVER_A_RUN, ids=lambda x: str(x))
def test_a_schedule_without_a_length_takes_that_of_the_run(schedule: Any, same: Any) -> None:
    params = small(2)
    X, Y = batch(params, 40)
    data = nn.Dataset(X, Y.argmax(axis=0))
    settings: dict[str, Any] = {"batch": 8, "epochs": 4}  # 20 steps
    (*_, one), (*_, other) = (nn.train(params, data, learning_rate=rate, **settings) for rate in (schedule, same))
    assert leaves_equal(one.params, other.params)
    assert one.state.origin.settings == other.state.origin.settings


def test_a_schedule_without_a_length_cannot_be_called() -> None:
    with pytest.raises(nn.SettingError) as caught:
        nn.Cosine(0.003)(0)
    assert str(caught.value) == (
        "Cosine: steps must be known before it is called; got none. Pass steps=…, or the schedule to nn.train?"
    )


untyped: Any = nn  # a checker sees that these numbers have names

BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: untyped.Cosine(0.1, 100, 0.01), "Cosine: final must be given by its name; got 0.01. Pass final=0.01?"),
    (lambda: untyped.OneCycle(0.1, 9, 0.3), "OneCycle: rising must be given by its name; got 0.3. Pass rising=0.3?"),
    (lambda: untyped.Cosine(0.1, 9, 0, 1), "Cosine: it must have at most 3 numbers; got (0.1, 9, 0, 1)."),
    (
        lambda: untyped.WarmUp("cosine", 9),
        "WarmUp: after must be a number, or a function of the step; got 'cosine'.",
    ),
    (lambda: nn.Constant(0), "Constant: rate must be a finite number above 0; got 0."),
    (lambda: nn.Cosine(0.1, 0), "Cosine: steps must be a whole number from 1; got 0."),
    (lambda: nn.Cosine(0.1, 9, final=-1), "Cosine: final must be 0 or more and a finite number; got -1."),
    (lambda: nn.StepDecay(0.1, 5, factor=0), "StepDecay: factor must be a finite number above 0; got 0."),
    (lambda: nn.OneCycle(0.1, 5, rising=1.5), "OneCycle: rising must be 0 or more and below 1; got 1.5."),
    (lambda: nn.WarmUp(nn.Constant(1), 2.5), "WarmUp: steps must be a whole number from 1; got 2.5."),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message for _, message in BAD])
def test_numbers_out_of_range_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(nn.SettingError) as caught:
        make()
    assert str(caught.value) == message
