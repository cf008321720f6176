# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
"""Functions as users write them can be recorded, whatever they take and return."""

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from jaxtyping import Float

import nnfunc as nn
from nnfunc.tracing import tree
from tests.recording.comparing import difference, recorded

pytestmark = pytest.mark.usefixtures("in_python")


class Weights(NamedTuple):
    w: nn.Array
    b: nn.Array


@dataclass(frozen=True)
class Named:
    name: str
    x: nn.Array


def logistic(weights: Weights, X: nn.Array, y: nn.Array, α: Any) -> Weights:
    p = 1 / (1 + np.exp(-(weights.w @ X + weights.b)))
    error = (p - y) / y.shape[-1]
    return Weights(weights.w - α * (error @ X.T), weights.b - α * error.sum(axis=1, keepdims=True))


def test_a_function_of_the_user_in_a_loop() -> None:
    rng = np.random.default_rng(0)
    ours = theirs = Weights(np.zeros((1, 5)), np.zeros((1, 1)))
    fast = recorded(logistic)
    for t in range(20):
        X, y = rng.normal(size=(5, 8)), rng.integers(0, 2, (1, 8)).astype(float)
        ours, theirs = fast(ours, X, y, α=np.float64(1 / (t + 1))), logistic(theirs, X, y, np.float64(1 / (t + 1)))
        assert isinstance(ours, Weights)
        assert np.array_equal(ours.w, theirs.w)
        assert np.array_equal(ours.b, theirs.b)


def test_structures_go_in_and_come_out() -> None:
    def f(parts: Any, *rest: Any, named: Named) -> Any:
        return {
            "sum": parts["a"] + rest[0][1],
            "named": Named(named.name, -named.x),
            "n": 3,
            "none": None,
            "list": [rest[0][0] * 2],
        }

    replayed = recorded(f)
    for k in range(3):
        x = np.arange(4.0) + k
        got = replayed({"a": x}, (x, x + 1), named=Named("one", x))
        assert list(got) == ["sum", "named", "n", "none", "list"]
        assert np.array_equal(got["sum"], 2 * x + 1)
        assert (got["named"].name, got["n"], got["none"]) == ("one", 3, None)
        assert np.array_equal(got["named"].x, -x)
        assert isinstance(got["list"], list)
        assert np.array_equal(got["list"][0], 2 * x)


@dataclass(frozen=True)
class Function:
    """As an activation is: a value that holds functions, and is equal to another where these are."""

    name: str
    value: Any
    derivative: Any = None


@dataclass(frozen=True)
class Applied:
    x: nn.Array
    f: Function


def test_a_dataclass_of_functions_is_a_constant() -> None:
    replayed = recorded(lambda a: Applied(a.f.value(a.x), a.f))
    for f in (Function("exp", np.exp), Function("exp", np.tanh), Function("exp", lambda x: x * 2)):
        for k in range(3):
            applied = replayed(Applied(np.full(3, k / 4), f))
            assert applied.f is f
            assert np.array_equal(applied.x, f.value(np.full(3, k / 4)))


class Scaled:
    """A function that cannot be hashed."""

    def __init__(self, by: float) -> None:
        self.by = by

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scaled)

    def __call__(self, x: Any) -> Any:
        return x * self.by


def test_two_functions_of_one_name_give_two_recordings() -> None:
    def named(by: float) -> Callable[[Any], Any]:
        return lambda x: x * by

    for kind in (named, Scaled):
        calls: list[Any] = []

        def f(x: nn.Array, function: Function) -> nn.Array:
            calls.append(function)  # noqa: B023
            result: nn.Array = function.value(x)
            return result

        replayed = recorded(f)
        functions = [Function("scaled", kind(by)) for by in (2.0, 3.0)]
        for _ in range(2):
            assert [replayed(np.ones(1), function)[0] for function in functions] == [2, 3]
        assert len(calls) == 2 * 2  # each is recorded once, which runs it twice


def test_lists_and_dicts_that_are_returned_belong_to_the_caller() -> None:
    f = recorded(lambda x: (-x, [], {"names": ["a"]}, ([1],)))
    for _ in range(3):
        _, found, named, (numbers,) = f(np.ones(2))
        assert (found, named, numbers) == ([], {"names": ["a"]}, [1])
        found.append(1)
        named["names"].append("b")
        numbers.append(2)


def test_numbers_and_strings_are_constants_of_a_recording() -> None:
    calls: list[Any] = []

    def f(x: nn.Array, k: Any) -> nn.Array:
        calls.append(k)
        return x * (1.0 if k == "one" else k)

    replayed, x = recorded(f), np.ones(3)
    for k in (2, 2.0, True, "one", -0.0, 0.0, 2):
        got, want = replayed(x, k), f(x, k)
        calls.pop()
        assert difference(want, got) is None
    assert len(calls) == 2 * 6  # each is recorded once, which runs it twice


def test_an_argument_that_is_read_only_gives_views_that_are() -> None:
    f = recorded(lambda x: x[1:])
    for writeable in (True, False, True):
        x = np.arange(3.0)
        x.flags.writeable = writeable
        assert f(x).flags.writeable == writeable


def test_constants_that_are_equal_but_not_the_same() -> None:
    f = recorded(lambda x, c: x * c)
    for c in (1, True, 1.0, float("nan"), 0.0, -0.0):
        assert difference(np.ones(2) * c, f(np.ones(2), c)) is None
    g = recorded(lambda x: x)
    for key in (1, True, 1.0):
        (name,) = g({key: np.ones(2)})
        assert type(name) is type(key)


def test_a_power_of_2_that_float16_cannot_invert() -> None:
    f, x = recorded(lambda x: x / 2.0**-20), np.full(3, 2.0**-10, np.float16)
    for _ in range(2):
        assert difference(x / 2.0**-20, f(x)) is None


def test_an_entry_that_becomes_an_array_is_no_view() -> None:
    x = np.arange(3.0)
    for f in (lambda x: np.atleast_1d(x[0]), lambda x: x[0][None], copy.copy, copy.deepcopy):
        got = recorded(f)(x)
        got[...] = 99
        assert x[0] == 0


def test_dataclasses_with_named_fields_only() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Point:
        x: Any
        y: Any = None

    f = recorded(lambda p: Point(x=p.x * 2, y=p.y))
    for k in range(3):
        p = f(Point(x=np.full(2, k)))
        assert isinstance(p, Point)
        assert p.x[0] == 2 * k


def test_a_power_by_a_number_that_is_an_argument() -> None:
    f = recorded(lambda x, p: (x**p, p**2, x.sum() ** p))
    x = np.linspace(0.1, 3, 50)
    for p in (2.0, 3.0, 0.5, -1.0, 0.3):
        for exponent in (np.float64(p), np.array(p), np.float32(p)):
            with np.errstate(all="ignore"):
                for a, b in zip((x**exponent, exponent**2, x.sum() ** exponent), f(x, exponent), strict=True):
                    assert difference(a, b) is None


def test_numbers_of_numpy_are_arguments() -> None:
    calls: list[Any] = []

    def f(x: nn.Array, k: Any) -> Any:
        calls.append(k)
        return x * k, k + 1

    replayed, x = recorded(f), np.ones(3, np.float32)
    for k in (2.0, 3.0, -1.0):
        x_k, k_1 = replayed(x, np.float32(k))
        assert x_k[0] == k
        assert difference(np.float32(k + 1), k_1) is None
    assert len(calls) == 2


def test_a_recorded_function_within_another_is_part_of_it() -> None:
    inner = recorded(lambda x: np.exp(x) + 1)
    outer = recorded(lambda x: inner(x) * inner(-x))
    for k in range(3):
        x = np.linspace(k, k + 1, 5)
        assert np.array_equal(outer(x), (np.exp(x) + 1) * (np.exp(-x) + 1))


def test_a_recorded_function_can_be_proved_and_is_checked() -> None:
    @nn.recorded
    @nn.checked
    def affine(W: Float[nn.Array, "n d"], X: Float[nn.Array, "d m"]) -> Float[nn.Array, "n m"]:
        Z: nn.Array = W @ X
        return Z

    nn.prove(affine)
    for _ in range(2):
        with pytest.raises(nn.ShapeError, match=r"^affine: "):
            affine(np.ones((2, 3)), np.ones((4, 5)))
    assert affine(np.ones((2, 3)), np.ones((3, 5)))[0, 0] == 3
    assert affine.__name__ == "affine"


def test_a_map_is_read_as_an_array(tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", np.arange(4.0))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert recorded(lambda x: x.sum())(mapped) == 6


def test_functools_partial_can_be_recorded() -> None:
    f = recorded(functools.partial(np.add, 1))
    assert f(np.ones(2))[0] == 2
    assert tree.leaves(f(np.zeros(2)))[0][0] == 1
