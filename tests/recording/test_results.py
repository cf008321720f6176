# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
"""Results belong to who called, and stay what they were, whatever is called later or at once."""

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from tests.recording.comparing import recorded

pytestmark = pytest.mark.usefixtures("in_python")


def test_results_stay_what_they_were() -> None:
    f = recorded(lambda x: (x + 1, (x + 1).T, x.sum()))
    kept = [f(np.full((2, 3), k)) for k in range(5)]
    for k, (a, b, s) in enumerate(kept):
        assert np.array_equal(a, np.full((2, 3), k + 1))
        assert np.array_equal(b, np.full((3, 2), k + 1))
        assert s == 6 * k
    kept[3][0][:] = 99
    assert np.array_equal(f(np.zeros((2, 3)))[0], np.ones((2, 3)))


def test_what_is_returned_as_it_came_is_a_view_of_the_argument() -> None:
    f = recorded(lambda x: (x, x.T, x + 0))
    for _ in range(2):
        x = np.arange(6.0).reshape(2, 3)
        same, turned, fresh = f(x)
        assert np.shares_memory(same, x)
        assert np.shares_memory(turned, x)
        assert not np.shares_memory(fresh, x)


def test_a_constant_of_the_recording_belongs_to_the_caller() -> None:
    f = recorded(np.ones_like)
    for _ in range(3):
        ones = f(np.zeros(3))
        assert np.array_equal(ones, np.ones(3))
        ones[:] = 5


def test_large_arguments_are_not_kept_alive() -> None:
    f = recorded(lambda x: x.sum())
    for _ in range(2):
        large = np.ones(100_000)
        alive = weakref.ref(large)
        assert f(large) == 100_000
        del large
        assert alive() is None


def test_threads_may_call_it_at_once() -> None:
    def f(x: Any) -> Any:
        for _ in range(20):
            x = np.tanh(x * 1.1 + 0.1)
        return x

    replayed = recorded(f)
    several = [np.random.default_rng(i).normal(size=(40, 50)) for i in range(8)]
    start = threading.Barrier(8)

    def work(x: nn.Array) -> bool:
        start.wait()
        return all(np.array_equal(replayed(x), f(x)) for _ in range(30))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, several))


def test_an_error_in_a_replay_leaves_it_usable() -> None:
    f = recorded(lambda x: 1 / x)
    assert f(np.full(3, 2.0))[0] == 0.5
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        f(np.zeros(3))
    assert f(np.full(3, 4.0))[0] == 0.25
