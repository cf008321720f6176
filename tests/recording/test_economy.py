# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
"""A recording computes what is read, in little memory, and few are kept."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.recording.recorder import MOST, Program, record
from nnfunc.recording.shortcuts import MANY, step_into
from tests.recording.comparing import recorded, step

pytestmark = pytest.mark.usefixtures("in_python")


def program_of(f: Callable[..., Any], *args: Any) -> Program:
    return Program(record(f, args, {}))


def test_what_nobody_reads_is_not_computed() -> None:
    def f(x: Any) -> Any:
        np.exp(x)
        return np.tanh(x)

    assert len(program_of(f, np.ones(3)).plan.calls) == 1


def test_temporary_arrays_share_memory() -> None:
    def f(x: Any) -> Any:
        for _ in range(10):
            x = np.tanh(np.exp(x) @ np.exp(x).T)
        return x

    assert len(program_of(f, np.ones((50, 50))).plan.blocks) == 3


def test_a_step_takes_little_memory() -> None:
    params = nn.init((784, 10, 10))
    X, Y = np.zeros((784, 32), np.float32), np.zeros((10, 32), np.float32)
    program = Program(record(step, (params, X, Y, np.float32(0.1)), {}), carried=4)
    assert sum(program.plan.blocks) < 40_000  # 10×784 of dW, and four of 10×32
    assert [home for home in program.plan.homes.values() if home < 0] == [-1, -2, -3, -4]


def test_step_is_heaviside_bit_for_bit() -> None:
    rng = np.random.default_rng(0)
    for special in ([], [np.nan], [np.inf], [-np.inf, np.inf], [0.0, -0.0]):
        for dtype in (np.float32, np.float64):
            Z = rng.normal(size=MANY).astype(dtype)
            Z[: len(special)] = special
            want, other = np.heaviside(Z, 0).tobytes(), np.empty_like(Z)
            step_into(Z, other)
            assert other.tobytes() == want
            step_into(Z, Z)  # in place
            assert Z.tobytes() == want


def test_many_signatures_are_forgotten_and_warned_of() -> None:
    f = recorded(lambda x, k: x * k)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for k in range(2 * MOST - 1):
            assert f(np.ones(2), k)[0] == k
    with pytest.warns(RuntimeWarning, match="was recorded 64 times, each time with different constants or sizes"):
        f(np.ones(2), 1000)
    assert f(np.ones(2), 3)[0] == 3
