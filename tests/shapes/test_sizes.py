# pyright: basic
# the lambdas of the tables have no annotations
"""Symbolic sizes are right for every value of their names."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nnfunc as nn
from nnfunc.shapes.symbols.sizes import Number, Size, divided, named, never_negative, smaller
from tests.networks import value

m, n = named("m"), named("n")
VALUES = [{"m": a, "n": b} for a in (2, 3, 4, 7, 20) for b in (2, 5, 6, 11)]


leaves = st.sampled_from([m, n, 1, 2, 3])
Pair = tuple[Any, Any]


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    operators: list[Callable[[Any, Any], Any]] = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b]
    whole = st.builds(lambda f, a, b: f(a, b), st.sampled_from(operators), inner, inner)
    parts = st.builds(lambda a, k: a // k, inner, st.sampled_from([1, 2, 3]))
    return whole | parts | st.builds(lambda a, b: smaller(a * a, b * b), inner, inner)


sizes = st.recursive(leaves, combined, max_leaves=5)


@given(sizes, sizes)
def test_sums_products_and_the_smaller_one(a: Any, b: Any) -> None:
    for values in VALUES:
        x, y = value(a, values), value(b, values)
        assert value(a + b, values) == x + y
        assert value(a - b, values) == x - y
        assert value(a * b, values) == x * y
        assert value(a // 3, values) == x // 3
        assert value(a % 2, values) == x % 2
        if never_negative(a) and never_negative(b):
            assert value(smaller(a, b), values) == min(x, y)


@given(sizes, sizes)
def test_what_is_decided_holds_for_all_values(a: Any, b: Any) -> None:
    pairs = [(value(a, values), value(b, values)) for values in VALUES]
    assert not never_negative(a - b) or all(x >= y for x, y in pairs)
    if str(a) == str(b):
        assert all(x == y for x, y in pairs)
    try:
        less = a < b
    except nn.ShapeError:
        return
    assert all((x < y) == less for x, y in pairs)


@given(sizes, st.sampled_from([m, n, 2, 2 * m, m * n]))
def test_what_divides_divides_for_all_values(a: Any, b: Any) -> None:
    quotient = divided(a, b)
    for values in VALUES:
        assert quotient is None or value(quotient, values) * value(b, values) == value(a, values)
    assert str(divided(a * b, b)) == str(a)


@given(st.integers(-30, 30) | st.none(), st.integers(-30, 30) | st.none(), st.sampled_from([None, 1, 2, 3, -1]))
def test_slices_have_numpys_length(start: int | None, stop: int | None, step: int | None) -> None:
    try:
        length = nn.symbolic("m")[start:stop:step].shape[0]
    except nn.ShapeError:
        return
    for size in (2, 3, 5, 10, 29, 40):
        assert value(length, {"m": size}) == len(np.ones(size)[start:stop:step])


def test_how_they_are_written() -> None:
    written = [m + 1, 2 * m - 3, 5 - m, m * n + m, m // 2, (m + n) // 2, m % 2, smaller(m, 10), m**2, m - m]
    assert list(map(str, written)) == [
        "m+1", "2*m-3", "5-m", "m+m*n", "⌊m/2⌋", "⌊(m+n)/2⌋", "m-2*⌊m/2⌋", "min(10, m)", "m*m", "0",
    ]  # fmt: skip


def test_what_is_equal() -> None:
    assert (m + 1) * (m - 1) == m * m - 1
    assert (2 * m + 1) // 2 == m
    assert m != n
    with pytest.raises(nn.ShapeError, match="m == 5, true of some sizes only"):
        assert m != 5
    assert m + 6 != 5
    assert m + 0 == m
    assert {m: 1}[named("m")] == 1
    assert type(m + 1 - m) is int


def test_a_name_is_at_least_two() -> None:
    assert m > 1
    assert m != 1
    assert bool(m)
    with pytest.raises(nn.ShapeError, match="be decided for every size"):
        assert m > 2


def test_it_passes_for_an_int_and_a_quotient_for_a_float() -> None:
    assert isinstance(m, int)
    assert isinstance(1 / m, float)
    assert type(m / n * 2 + 1) is Number
    assert type(2**m) is Number
    assert np.isnan(float(m))
    assert type(m * n // n) is Size
    for use in (lambda: range(m), lambda: int(m), lambda: np.zeros(3)[: m // 1], lambda: 1 / m > 0.5):
        with pytest.raises(nn.ShapeError):
            use()
