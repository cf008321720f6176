# pyright: reportConstantRedefinition=false, reportUnknownArgumentType=false
"""What is replayed in Python is what NumPy does, bit for bit: random programs, and every network."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import nnfunc as nn
from nnfunc.activations import ActivationName, OutputName
from nnfunc.costs import CostName
from tests.networks import batch, kinds, leaves_equal, small
from tests.recording.comparing import difference, recorded, step
from tests.recording.programs import arrays, many_entries, program

pytestmark = pytest.mark.usefixtures("in_python")

PROGRAMS = 1000
"""Random programs that are compared. 12,000 were, when the recorder was written."""


@pytest.mark.parametrize("seeds", [range(start, start + 50) for start in range(0, PROGRAMS, 50)], ids=str)
def test_random_programs_are_replayed_bit_for_bit(seeds: range) -> None:
    for seed in seeds:
        f = program(seed)
        replayed = recorded(f)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for numbers in (1, 2, 3):  # recorded, replayed, replayed on memory that was used
                args = arrays(seed, numbers)
                before = [x.tobytes() for x in args]
                called, got = f(*args), replayed(*args)
                assert len(called) == len(got)
                for a, b in zip(called, got, strict=True):
                    assert difference(a, b) is None, f"program {seed}, arguments {numbers}: {difference(a, b)}"
                assert [x.tobytes() for x in args] == before
                for x in got:  # nobody else holds it, or it is a view of an argument
                    if (
                        isinstance(x, np.ndarray)
                        and x.flags.writeable
                        and not any(np.may_share_memory(x, y) for y in args)
                    ):
                        x[...] = 7


def test_calls_that_are_replaced_where_there_are_many_entries() -> None:
    for seed in range(500):
        f, args = many_entries(seed)
        replayed = recorded(f)
        with np.errstate(all="ignore"):
            for _ in range(2):
                for a, b in zip(f(*args), replayed(*args), strict=True):
                    assert difference(a, b) is None, f"seed {seed}"


@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds((1, 2, 3)))
def test_every_network_is_replayed_bit_for_bit(
    depth: int, activation: ActivationName, output: OutputName, cost: CostName
) -> None:
    replayed = recorded(step)
    for dtype in (np.float32, np.float64):
        params = small(depth, activation=activation, output=output, cost=cost, dtype=dtype)
        same, α = params, np.array(0.1, dtype)
        for seed in range(4):
            X, Y = batch(params, 9, seed)
            params, same = step(params, X, Y, α), replayed(same, X, Y, α)
            assert leaves_equal(params, same)
        assert [layer.activation.name for layer in same.layers] == [layer.activation.name for layer in params.layers]
        assert not same.layers[0].W.flags.writeable


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    m=st.integers(1, 70),
    activation=st.sampled_from(["relu", "leaky_relu", "elu", "tanh", "sigmoid", "identity"]),
    rows_are_samples=st.booleans(),
)
def test_every_size_of_network_and_batch(
    sizes: list[int], m: int, activation: ActivationName, rows_are_samples: bool
) -> None:
    params = nn.init(sizes, activation=activation, output="sigmoid")
    replayed, same = recorded(step), params
    for seed in range(3):
        X, Y = batch(params, m, seed)
        X = np.ascontiguousarray(X.T).T if rows_are_samples else X
        Y = (Y if len(Y) > 1 else Y.copy()) * np.float32(0.9)
        params, same = step(params, X, Y, np.float32(0.1)), replayed(same, X, Y, np.float32(0.1))
        assert leaves_equal(params, same)
