# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportConstantRedefinition=false
import copy
import functools
import threading
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from jaxtyping import Float

import nnfunc as nn
from nnfunc.recording import by_numpy
from nnfunc.recording.recorder import MOST, Program, record
from nnfunc.recording.shortcuts import MANY, step_into
from nnfunc.tracing import tree
from tests.networks import batch, kinds, leaves_equal, small
from tests.recording.programs import arrays, many_entries, program


@pytest.fixture(scope="module", autouse=True)
def in_python() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    with by_numpy():
        yield


PROGRAMS = 1000
"""Random programs that are compared. 12,000 were, when the recorder was written."""


def recorded(f: Callable[..., Any]) -> Callable[..., Any]:
    return nn.recorded(f)


def step(params: nn.Params, X: nn.Array, Y: nn.Array, α: Any) -> nn.Params:
    return nn.update(params, nn.backward(params, nn.forward(params, X), Y), α)


def difference(a: Any, b: Any) -> str | None:
    """How two results differ in anything that a program can see, if they do."""
    if type(a) is not type(b):
        return f"{type(a)} is not {type(b)}"
    if a.shape != b.shape or a.dtype != b.dtype:
        return f"{a.shape} {a.dtype} is not {b.shape} {b.dtype}"
    if a.tobytes() != b.tobytes():
        return "other bits"
    if isinstance(a, np.ndarray):
        if a.strides != b.strides and min(a.shape, default=1) > 1:
            return f"strides {a.strides} are not {b.strides}"
        if a.flags.writeable != b.flags.writeable:
            return f"writeable {a.flags.writeable} is not {b.flags.writeable}"
    return None


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
def test_every_network_is_replayed_bit_for_bit(depth: int, activation: str, output: str, cost: str) -> None:
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
def test_every_size_of_network_and_batch(sizes: list[int], m: int, activation: str, rows_are_samples: bool) -> None:
    params = nn.init(sizes, activation=activation, output="sigmoid")
    replayed, same = recorded(step), params
    for seed in range(3):
        X, Y = batch(params, m, seed)
        X = np.ascontiguousarray(X.T).T if rows_are_samples else X
        Y = (Y if len(Y) > 1 else Y.copy()) * np.float32(0.9)
        params, same = step(params, X, Y, np.float32(0.1)), replayed(same, X, Y, np.float32(0.1))
        assert leaves_equal(params, same)


# What a user writes ---------------------------------------------------------------------------------------------------


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


generator = np.random.default_rng(0)


class Model:
    rate = 0.1


FROZEN: dict[str, tuple[Callable[..., Any], list[tuple[Any, ...]]]] = {
    "filled with an argument": (lambda x: np.full_like(x, x.mean()), [(np.ones(3),), (np.zeros(3),)]),
    "condition of floats": (lambda x: np.where(x, x + 1, 7), [(np.array([0.0, 2.0]),), (np.array([3.0, 0.0]),)]),
    "diagonal": (lambda x: np.diag(x) * 2, [(np.eye(3),), (np.ones((3, 3)),)]),
    "step of a temporary array": (lambda x: np.heaviside(x + 1, 0), [(np.ones(2000),), (np.full(2000, np.nan),)]),
    "an argument twice": (lambda a, b: a @ b.T, [(x := np.random.default_rng(0).random((8, 8)), x), (x + 1, x + 1), (x, x)]),
    "float16": (lambda x: (x.mean(), x.var(), x.std(0)), [(np.arange(5001).astype(np.float16) / 5001,)] * 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FROZEN)
def test_what_might_be_frozen_is_not(name: str) -> None:
    f, calls = FROZEN[name]
    replayed = recorded(f)
    for args in calls * 2:
        want, got = f(*args), replayed(*args)
        for a, b in zip(*([x] if isinstance(x, np.ndarray) else x for x in (want, got)), strict=True):
            assert difference(a, b) is None


def caught(f: Callable[..., Any]) -> Callable[..., Any]:
    def g(*args: Any) -> Any:
        try:
            return f(*args)
        except Exception:
            return args[0] * 0

    return g


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (caught(np.linalg.inv), (np.zeros((2, 2)),)),
        (caught(lambda x: x * float(x.sum())), (np.ones(2),)),
        (np.repeat, (np.ones(1), np.array(3))),
        (np.tile, (np.ones(1), np.array(3))),
        (lambda x: np.clip(x, 0, 1, x), (np.ones(2),)),
        (lambda x: x.cumsum(0, None, x), (np.ones(2),)),
        (lambda x: np.sum(x, 0, None, x), (np.ones(2),)),
        (lambda x: np.nan_to_num(x, copy=False), (np.ones(2),)),
        (lambda x, y: np.atleast_2d(x, y), (np.ones(2), np.ones(2))),
        (lambda x: x.astype(object), (np.ones(2),)),
        (lambda x: x * 1j, (np.ones(2),)),
        (lambda m, x: x * m.rate, (Model(), np.ones(2))),
        (lambda x: x[int(generator.integers(1000)) :][:3], (np.ones(2000),)),
    ],
)
def test_what_would_be_frozen_is_refused(f: Any, args: tuple[Any, ...]) -> None:
    with pytest.raises((nn.RecordingError, TypeError)):
        recorded(f)(*args)


def test_a_power_of_2_that_float16_cannot_invert() -> None:
    f, x = recorded(lambda x: x / 2.0**-20), np.full(3, 2.0**-10, np.float16)
    for _ in range(2):
        assert difference(x / 2.0**-20, f(x)) is None


def test_a_gradient_within_a_recording_is_refused() -> None:
    params = small(2)
    with pytest.raises(nn.RecordingError, match="it must stand outside of what is recorded or proved"):
        recorded(nn.gradient)(params, *batch(params))


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


# Purity ---------------------------------------------------------------------------------------------------------------


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


# Economy --------------------------------------------------------------------------------------------------------------


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
    with pytest.warns(RuntimeWarning, match="was recorded 64 times, each time for other constants or sizes"):
        f(np.ones(2), 1000)
    assert f(np.ones(2), 3)[0] == 3


# What cannot be recorded ----------------------------------------------------------------------------------------------

Z, b, W = np.ones((3, 4)), np.ones((3, 1)), np.ones((2, 3))
rng = np.random.default_rng(0)
kept: list[Any] = []


def in_place(Z: Any) -> Any:
    Z += 1
    return Z


def into_out(Z: Any) -> Any:
    return np.add(Z, 1, out=Z)


def assigned(Z: Any) -> Any:
    Z[0] = 1
    return Z


def branch(Z: Any) -> Any:
    return Z if Z.max() > 0 else -Z


def number(Z: Any) -> Any:
    return Z * float(Z.sum())


def item(Z: Any) -> Any:
    return Z * Z.sum().item()


def fancy(Z: Any) -> Any:
    return Z[[0, 2]]


def masked(Z: Any) -> Any:
    return Z[Z > 0]


def converted(Z: Any) -> Any:
    return np.exp(np.asarray(Z))


def dropout(Z: Any) -> Any:
    return Z * rng.random(Z.shape)


def from_outside(Z: Any) -> Any:
    return W @ Z


def unknown(Z: Any) -> Any:
    return np.linalg.svd(Z)[0]


def sorted_in_place(Z: Any) -> Any:
    Z.sort()
    return Z


def keeping(Z: Any) -> Any:
    kept.append(Z)
    return Z + kept[0]


def nowhere(Z: Any) -> Any:
    return np.zeros(3)


def opaque(Z: Any) -> Any:
    return {1, 2}


def random_number(Z: Any) -> Any:
    return Z * float(rng.random())


def where_alone(Z: Any) -> Any:
    return np.where(Z > 0)


def silenced(Z: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log(Z)


def some_of_it(Z: Any) -> Any:
    return Z.mean(where=True)


def text(Z: Any) -> Any:
    return {"loss": Z.mean(), "text": f"{Z.mean():.3f}"}


def along(Z: Any) -> Any:
    return np.sum(Z, axis=np.array(0))


REFUSED: dict[Callable[[Any], Any], str] = {
    silenced: "silenced, line {}: np.log(Z) must treat all errors of floats alike; got np.errstate inside it. Put it around the call.",
    some_of_it: "some_of_it, line {}: Z.mean(where=True) must use functions that can be recorded; got np.mean with an option that cannot. Call it before or after, or write it in others.",
    text: "text: its result must not hold the text of an array, which would stay the same in all later calls; got '<a scalar float64, recorded>'. Return the array, and make the text outside?",
    along: "along, line {}: np.sum(Z, axis=np.array(0)) must name no array in an option; got np.add with one in axis=. Pass a number of Python.",
    in_place: "in_place, line {}: Z += 1 must make a new array; got one that is written into. Write Z = Z + b in place of Z += b or out=Z.",
    into_out: "into_out, line {}: np.add(Z, 1, out=Z) must make a new array; got one that is written into. Write Z = Z + b in place of Z += b or out=Z.",
    assigned: "assigned, line {}: Z[0] must make a new array; got an assignment to entries. Use np.where, or np.concatenate?",
    branch: "branch, line {}: Z.max() > 0 must not depend on the entries of an array; got (a scalar, bool) as a condition, which would stay the same in all later calls. Use np.where?",
    number: "number, line {}: float(Z.sum()) must not make a number of an array; got (a scalar, float64) as a number, which would stay the same in all later calls. Keep it an array, or return it and make the number outside?",
    item: "item, line {}: Z.sum().item() must not make a number of an array; got (a scalar, float64) as a number, which would stay the same in all later calls. Keep it an array, or return it and make the number outside?",
    fancy: "fancy, line {}: Z[[0, 2]] must index with numbers and slices; got an index of type list. Index before the call, or use np.where, or a product with a matrix of 0 and 1?",
    masked: "masked, line {}: Z[Z > 0] must index with numbers and slices; got an array. Index before the call, or use np.where, or a product with a matrix of 0 and 1?",
    converted: "converted, line {}: np.asarray(Z) must keep an array in the recording; got (3×4, float64) made into another array, which would stay the same in all later calls. Leave np.asarray and np.array out, index before the call, and use np.stack in place of a list of arrays?",
    dropout: "dropout, line {}: Z * rng.random(Z.shape) must use arrays that are arguments or made of them; got an array (3×4, float64) that would stay the same in all later calls. Pass it as an argument, or use np.full_like?",
    from_outside: "from_outside, line {}: W @ Z must use arrays that are arguments or made of them; got an array (2×3, float64) that would stay the same in all later calls. Pass it as an argument, or use np.full_like?",
    unknown: "unknown, line {}: np.linalg.svd(Z) must use functions that can be recorded; got np.linalg.svd, which cannot. Call it before or after, or write it in others.",
    where_alone: "where_alone, line {}: np.where(Z > 0) must have three arguments; got the condition alone, whose result has another size in each call. Pass what to take where it holds, and where not.",
    keeping: "keeping, line {}: Z + kept[0] must use arrays of this call; got one of an earlier call, which a function must not keep. Return it, and pass it as an argument.",
    nowhere: "nowhere: its result must be made of its arguments; got an array (3, float64) that would stay the same in all later calls. Make it of arguments?",
    opaque: "opaque: its result must be arrays, constants, or tuples, lists, dicts and dataclasses of them; got a value of type set. Return its arrays?",
}  # fmt: skip


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_what_cannot_be_recorded_is_named(f: Any) -> None:
    replayed, x = recorded(f), Z.copy()
    for _ in range(2):
        with pytest.raises(nn.RecordingError) as caught:
            replayed(x)
        kept.clear()
        start = f.__code__.co_firstlineno
        assert str(caught.value) in [REFUSED[f].format(start + k) for k in (1, 2)]
        assert np.array_equal(x, Z)


def test_what_differs_between_two_calls_is_refused() -> None:
    with pytest.raises(nn.RecordingError) as caught:
        recorded(random_number)(Z)
    assert str(caught.value).startswith(
        "tests.recording.test_recording.random_number: it must do the same in each call with the same arguments; got np.multiply(3×4 float64, 0."
    )
    count = iter(range(10))
    with pytest.raises(nn.RecordingError, match="it must do the same"):
        recorded(lambda Z: Z[next(count) :])(Z)


@pytest.mark.parametrize(("arg", "message"), [
    ({1, 2}, "arguments must be arrays, constants, or tuples, lists, dicts and dataclasses of them; got a value of type set. Pass its arrays."),
    (np.ma.masked_array([1.0]), "arrays must be plain; got one of type MaskedArray. Pass np.asarray of it?"),
    (np.zeros(2, "f4,f4"), "arrays must be of real numbers; got .*. Convert it?"),
    (OrderedDict(a=1), "got a value of type OrderedDict"),
])  # fmt: skip
def test_arguments_that_cannot_be_recorded(arg: Any, message: str) -> None:
    with pytest.raises(nn.RecordingError, match=message):
        recorded(lambda x: x)(arg)


def test_only_functions_that_return_arrays_can_be_recorded() -> None:
    def generator() -> Any:
        yield 1

    async def later() -> None: ...

    for f in (generator, later, dict):
        with pytest.raises(nn.SettingError, match="recorded: it must stand above a function that returns arrays"):
            recorded(f)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        recorded(lambda x: x)()


def test_errors_of_numpy_come_through() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="matmul"):
            recorded(lambda Z: Z @ Z)(Z)


def test_a_map_is_read_as_an_array(tmp_path: Any) -> None:
    np.save(tmp_path / "x.npy", np.arange(4.0))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert recorded(lambda x: x.sum())(mapped) == 6


def test_functools_partial_can_be_recorded() -> None:
    f = recorded(functools.partial(np.add, 1))
    assert f(np.ones(2))[0] == 2
    assert tree.leaves(f(np.zeros(2)))[0][0] == 1
