# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
"""The replay in C against NumPy: each operation in each layout, random programs, networks, and what it must leave alone."""

import functools
import itertools
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import ActivationName, OutputName
from nnfunc.costs import CostName
from nnfunc.recording.native import grouping
from nnfunc.recording.native.library import Native, native
from nnfunc.recording.native.lowering import FUNCTIONS
from nnfunc.recording.native.replay import ERRORS, Compiled
from nnfunc.recording.recorder import Program, record
from nnfunc.tracing import tree
from tests.networks import batch, kinds, small
from tests.recording.programs import IN_C, arrays, program

FOUND = native()
pytestmark = pytest.mark.skipif(isinstance(FOUND, str), reason=f"the replay in C {FOUND}")

PROGRAMS = 1000
"""Random programs that are compared. 5,000 were, when the replay was written."""

ROUNDING: dict[Any, float] = {np.dtype(np.float32): 1e-6, np.dtype(np.float64): 1e-13}


def in_c(f: Callable[..., Any], *args: Any) -> Any:
    """f(*args), replayed in C."""
    made = Program(record(f, args, {}))
    assert isinstance(made.in_c, Compiled), made.in_c
    return made([np.asarray(x) for x in args])


def assert_close(got: Any, want: Any, scale: Any = None) -> None:
    """Equal to the rounding of their dtype, relative to a scale; NaN and ∞ in the same places."""
    assert got.shape == want.shape
    assert got.dtype == want.dtype
    if want.dtype not in ROUNDING:
        assert np.array_equal(got, want)
        return
    assert np.array_equal(np.isnan(got), np.isnan(want))
    infinite = np.isinf(want)
    assert np.array_equal(got[infinite], want[infinite])
    finite = np.isfinite(want)
    tiny = np.finfo(want.dtype).smallest_normal
    size = np.abs(want if scale is None else scale + np.zeros_like(want))
    assert np.all(np.abs(got - want)[finite] <= (ROUNDING[want.dtype] * size + tiny)[finite])


# Each operation ------------------------------------------------------------------------------------------------------

SHAPES = [(1, 1), (1, 7), (7, 1), (3, 5), (2, 600), (600, 2), (17, 33), (1, 1025)]
LAYOUTS = ["contiguous", "transposed", "strided", "reversed", "row", "column", "number"]
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, -1e-40, 88.8, -88.8, -103.9, 1e30, -1e30, 1.0, -1.0]


def entries(shape: tuple[int, ...], dtype: Any, layout: str, seed: int) -> nn.Array:
    """An array of this shape, or one that is spread to it, in a layout; some entries are special."""
    rng = np.random.default_rng(seed)
    m, n = shape
    own = {"row": (1, n), "column": (m, 1), "number": (1, 1), "strided": (2 * m, 3 * n), "transposed": (n, m)}
    x = rng.normal(0, 2, own.get(layout, shape))
    x[rng.random(x.shape) < 0.2] = rng.choice(SPECIAL)
    x = (
        x > 0 if dtype is bool else np.nan_to_num(np.abs(x), posinf=255).clip(0, 255) if dtype is np.uint8 else x
    ).astype(dtype)
    return {"strided": x[::2, ::3], "transposed": x.T, "reversed": x[::-1, ::-1]}.get(layout, x)


ELEMENTWISE = [f for f in FUNCTIONS if isinstance(f, np.ufunc)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("f", [f for f in ELEMENTWISE if f.nin == 2], ids=lambda f: f.__name__)
def test_ufuncs_of_two(f: np.ufunc, dtype: Any) -> None:
    for seed, (shape, x, y) in enumerate(itertools.product(SHAPES, LAYOUTS, LAYOUTS)):
        a, b = entries(shape, dtype, x, seed), entries(shape, dtype, y, seed + 10_000)
        with np.errstate(all="ignore"):
            scale = np.abs(a) + np.abs(b) + np.abs(f(a, b)) if f is np.logaddexp else None  # it may come near 0
            assert_close(in_c(f, a, b), f(a, b), scale)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("f", [f for f in ELEMENTWISE if f.nin == 1], ids=lambda f: f.__name__)
def test_ufuncs_of_one(f: np.ufunc, dtype: Any) -> None:
    for seed, (shape, layout) in enumerate(itertools.product(SHAPES, LAYOUTS)):
        x = entries(shape, dtype, layout, seed)
        with np.errstate(all="ignore"):
            assert_close(in_c(f, x), f(x))


@pytest.mark.parametrize("dtypes", list(itertools.product([bool, np.uint8, np.float32, np.float64], repeat=2)), ids=str)
def test_dtypes_are_mixed_as_in_numpy(dtypes: tuple[Any, Any]) -> None:
    for seed, (x, y) in enumerate(itertools.product(LAYOUTS, LAYOUTS)):
        a, b = (
            entries((5, 9), dtype, layout, seed + k)
            for k, (dtype, layout) in enumerate(zip(dtypes, (x, y), strict=True))
        )
        with np.errstate(all="ignore"):
            if {*dtypes} - {bool, np.uint8}:
                assert_close(in_c(lambda a, b: a * b, a, b), a * b)
            for to in (np.float32, np.float64):
                converted = functools.partial(_converted, dtype=to)
                for got, want in zip(in_c(converted, a.astype(to), b), converted(a.astype(to), b), strict=True):
                    assert_close(got, want)


def _converted(a: nn.Array, b: nn.Array, dtype: Any) -> tuple[nn.Array, nn.Array]:
    return b.astype(dtype), np.where(a > 0, b.astype(dtype), dtype(0.5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("f", [np.sum, np.max, np.min, np.mean], ids=lambda f: f.__name__)
def test_reductions(f: Any, dtype: Any) -> None:
    def along(x: nn.Array) -> Any:
        return f(x, axis=axis, keepdims=keeps)

    for seed, (shape, layout, axis, keeps) in enumerate(
        itertools.product(SHAPES, LAYOUTS, [0, 1, -1, None, (0, 1)], [True, False])
    ):
        x = entries(shape, dtype, layout, seed)
        with np.errstate(all="ignore"):
            size = f(np.abs(x), axis=axis, keepdims=keeps) if f in (np.sum, np.mean) else None
            assert_close(in_c(along, x), np.asarray(along(x))[()], size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_argmax(dtype: Any) -> None:
    for seed, (shape, layout, axis) in enumerate(itertools.product(SHAPES, LAYOUTS, [0, 1, -1])):
        x = entries(shape, dtype, layout, seed)
        assert_close(in_c(functools.partial(np.argmax, axis=axis), x), np.argmax(x, axis=axis))


PRODUCTS = [(1, 1, 1), (10, 32, 200), (10, 200, 32), (3, 5, 2), (33, 65, 60), (40, 50, 70), (1, 9, 8), (9, 1, 8)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", PRODUCTS, ids=str)
def test_products(sizes: tuple[int, int, int], dtype: Any) -> None:
    m, n, k = sizes
    rng = np.random.default_rng(0)
    C, α = rng.normal(0, 1, (m, n)).astype(dtype), np.array(0.3, dtype)
    for x, y in itertools.product(LAYOUTS, LAYOUTS):
        a, b = np.broadcast_to(finite((m, k), dtype, x), (m, k)), np.broadcast_to(finite((k, n), dtype, y), (k, n))
        ab, exact = a @ b, a.astype(np.longdouble) @ b.astype(np.longdouble)
        equal_terms = {x, y} <= {"row", "column", "number"}  # which round all in one direction
        size = (3 if equal_terms else 1) * (np.abs(a) @ np.abs(b)) + np.abs(ab - exact).astype(dtype) / ROUNDING[
            ab.dtype
        ]
        assert_close(in_c(lambda a, b: a @ b, a, b), ab, size)
        assert_close(in_c(lambda a, b: b.T @ a.T, a, b), ab.T, np.ascontiguousarray(size.T))
        for c in (C, C[:, :1], C[:1], np.asfortranarray(C)):
            scale = np.abs(c) + size
            assert_close(in_c(lambda a, b, c: a @ b + c, a, b, c), ab + c, scale)
            assert_close(in_c(lambda a, b, c, α: c - α * (a @ b / 7), a, b, c, α), c - α * (ab / 7), 2 * scale)


def test_long_sums_keep_their_digits() -> None:
    tenth = np.float32(0.1)
    a, b = np.full((10, 20000), tenth), np.full((20000, 8), tenth)
    for x in (b, np.asfortranarray(b)):
        assert np.allclose(in_c(lambda a, b: a @ b, a, x), 200 * (10 * tenth) ** 2, rtol=1e-5)
    x = np.full((300000, 2), tenth)[::-1]
    assert np.isclose(in_c(lambda x: x.sum(), x), 600000 * np.float64(tenth), rtol=1e-6)


@pytest.mark.parametrize("n", [3, 64])
def test_products_times_nothing_or_everything(n: int) -> None:
    a = np.random.default_rng(0).normal(0, 1, (n, n)).astype(np.float32)
    a[0, 0] = np.nan
    for α in (np.array(0, np.float32), np.array(np.inf, np.float32)):
        functions: list[Callable[..., Any]] = [
            lambda a, α: a - α * (a @ a.T / 7),
            lambda a, α: (a @ a.T) * 0.0 + α,
            lambda a, α: (a @ a.T) / 0 + α,
            lambda a, α: (a @ a.T) / 1e-39 - α,
            lambda a, α: a.dot(2.0) * α,
        ]
        for f in functions:
            with np.errstate(all="ignore"):
                got, want = Program(record(f, (a, α), {}))([a, α]), f(a, α)
            assert np.array_equal(np.isnan(got), np.isnan(want))
            assert np.allclose(got, want, rtol=1e-4, atol=1e-4, equal_nan=True)


def finite(shape: tuple[int, int], dtype: Any, layout: str) -> nn.Array:
    x: nn.Array = np.nan_to_num(entries(shape, dtype, layout, 7), nan=1.0, posinf=2.0, neginf=-2.0).clip(-100, 100)
    return x


def test_many_numbers_that_are_spread_over_an_array() -> None:
    def f(x: Any, numbers: list[Any]) -> Any:
        for number in numbers:
            spread = np.broadcast_to(number, x.shape)
            x = np.where(spread > 0.5, x + spread, x * spread)
        return x

    x = np.random.default_rng(0).random((6, 1000), np.float32)
    numbers = [np.full((1, 1), i / 20, np.float32) for i in range(20)]
    assert np.allclose(nn.recorded(f)(x, numbers), f(x, numbers), rtol=1e-6)


def test_what_lies_between_calls_that_are_made_together() -> None:
    """More values than are kept at hand, some of them read later, one transposed, in a row and as a view."""

    def f(x: Any, y: Any) -> Any:
        parts = [x * (i + 1) + y for i in range(12)]
        total = parts[0]
        for part in parts[1:]:
            total = np.maximum(total, part) - np.sqrt(np.abs(part))
        return total, parts[3].T + total.T, parts[5][:, ::-1] * total, (total > 0) * parts[7], total.sum(axis=0)

    x, y = (np.random.default_rng(i).normal(size=(80, 70)).astype(np.float32) for i in range(2))
    program = Program(record(f, (x, y), {}))
    assert isinstance(program.in_c, Compiled)
    assert max(row[5] for row in program.in_c.table.rows) > 8
    for a, b in zip(program([x, y]), f(x, y), strict=True):
        assert np.allclose(a, b, rtol=1e-5, atol=1e-4)


# Programs and networks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in range(0, PROGRAMS, 100)], ids=str)
def test_random_programs_agree(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "LARGE", 2)  # calls of each entry are made together, as of large arrays
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        in_c = [compare(program(seed, IN_C), seed) for seed in seeds]
    assert sum(in_c) > 0.2 * len(in_c)  # the others have integers, or float16, in them


def compare(f: Callable[..., Any], seed: int) -> bool:
    """Results differ no more than those of NumPy do where arguments are a little off. Whether C was asked."""
    made = Program(record(f, arrays(seed, 1), {}))
    rounding = 3e-6 if any(value.dtype == np.float32 for value in made.plan.layouts) else 1e-12
    for numbers in (1, 2, 3):
        args = arrays(seed, numbers)
        got, want, others = made([np.asarray(x) for x in args]), f(*args), [f(*a_little_off(args, i)) for i in range(4)]
        for a, b, *near in zip(got, want, *others, strict=True):
            assert (type(a), a.shape, a.dtype) == (type(b), b.shape, b.dtype)
            assert isinstance(made.in_c, Compiled) or a.tobytes() == b.tobytes()
            assert_near(a, b, near, rounding)
    return isinstance(made.in_c, Compiled)


def a_little_off(args: tuple[Any, ...], i: int) -> list[Any]:
    rng = np.random.default_rng(i)
    return [
        x * rng.choice([1 - 3e-7, 1, 1 + 3e-7], x.shape).astype(x.dtype) if x.dtype.kind == "f" else x for x in args
    ]


def assert_near(a: Any, b: Any, near: list[Any], rounding: float) -> None:
    several = np.array([b, *near], np.float64)
    certain = np.isfinite(several).all(axis=0)
    largest = np.abs(b[certain]).max(initial=0).astype(np.float64)
    spread = (several.max(axis=0) - several.min(axis=0))[certain]
    off = np.abs(a.astype(np.float64) - b.astype(np.float64))[certain]
    assert np.all(off <= 4 * spread + rounding * np.maximum(largest, 1)), (off - 4 * spread).max()
    assert np.array_equal(np.isnan(a)[~np.isnan(several).any(axis=0)], np.isnan(b)[~np.isnan(several).any(axis=0)])


def step(params: nn.Params, X: nn.Array, Y: nn.Array, α: Any) -> nn.Params:
    return nn.update(params, nn.backward(params, nn.forward(params, X), Y), α)


@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds((1, 2, 3)))
def test_50_steps_agree(depth: int, activation: ActivationName, output: OutputName, cost: CostName) -> None:
    for dtype in (np.float32, np.float64):
        params = small(depth, activation=activation, output=output, cost=cost, dtype=dtype)
        X, Y = batch(params, 9)
        assert isinstance(Program(record(step, (params, X, Y, np.array(0.05, dtype)), {})).in_c, Compiled)
        recorded, called, α = params, params, np.array(0.05, dtype)
        replayed = nn.recorded(step)
        for _ in range(50):
            recorded, called = replayed(recorded, X, Y, α), step(called, X, Y, α)
        for a, b in zip(tree.leaves(recorded), tree.leaves(called), strict=True):
            assert np.allclose(a, b, rtol=1e-5, atol=1e-5 if dtype is np.float32 else 1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_is_the_same_in_both(dtype: Any) -> None:
    params = nn.init((7, 12, 3), activation="tanh", dtype=dtype)
    X, Y = batch(params, 100)
    data = nn.Dataset(X, Y.argmax(axis=0))
    for size in (None, 8, 32):
        *_, last = nn.train(params, data, learning_rate=0.1, epochs=5, batch=size)
        by_hand, rng = params, np.random.default_rng(0)
        for _ in range(5):
            for samples in [np.arange(100)] if size is None else nn.batches(100, size, rng):
                by_hand = step(by_hand, X[:, samples], Y[:, samples], 0.1)
        for a, b in zip(tree.leaves(last.params), tree.leaves(by_hand), strict=True):
            assert np.allclose(a, b, rtol=1e-5, atol=1e-6 if dtype is np.float32 else 1e-13)


# What it must not do -------------------------------------------------------------------------------------------------


def test_errors_of_floats_are_those_of_numpy() -> None:
    f = nn.recorded(lambda x: np.log(x) / x)
    f(np.full((2, 3), 2.0))
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in log"):
        f(np.zeros((2, 3)))
    with np.errstate(divide="raise", invalid="ignore"), pytest.raises(FloatingPointError, match="in log"):
        f(np.zeros((2, 3)))
    with np.errstate(all="ignore"):
        assert np.array_equal(f(np.ones((2, 3))), np.zeros((2, 3)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.recorded(lambda x: np.maximum(x, 0) * 2)(np.full((2, 3), np.nan))  # of which NumPy does not warn


def softmax(x: Any) -> Any:
    E = np.exp(x - x.max(axis=0))
    return E / E.sum(axis=0)


@pytest.mark.parametrize("n", [7, 16, 100, 1025])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_error_of_floats_is_made_up(dtype: Any, n: int) -> None:
    x = np.random.default_rng(0).normal(0, 3, (3, n)).astype(dtype)
    positive = np.abs(x) + dtype(0.01)
    functions = [(f, positive) for f in (np.log, np.log1p, np.sqrt, np.reciprocal)] + [
        (f, x) for f in (np.exp, np.tanh, np.expm1, lambda x: np.logaddexp(0, -x), lambda x: x @ x.T, relu_and_slope)
    ]
    for f, given in [*functions, (softmax, x * 30)]:
        made = Program(record(f, (given,), {}))
        (run,) = made.replay().bound([given])
        assert not cast("Any", run)() & ~ERRORS["under"]


def relu_and_slope(x: Any) -> Any:
    return np.maximum(x, 0) * np.heaviside(x, 0) + x.sum(axis=1, keepdims=True)


def test_denormal_numbers_stay_what_they_are() -> None:
    script = "import numpy as np, nnfunc as nn; nn.predict(nn.init((3, 2)), np.ones((3, 1), np.float32)); print(np.float32(1e-40) / 2 > 0)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "True\n"


def test_what_has_no_operation_is_replayed_in_python_and_says_why() -> None:
    x = np.ones((2, 3))
    assert Program(record(lambda x: np.cbrt(x), (x,), {})).in_c == "np.cbrt has no operation in C"
    assert Program(record(lambda x: x + 1, (np.ones(3, int),), {})).in_c == "np.add of int64, int64"
    assert Program(record(lambda x: x * 2, (np.ones((3, 0)),), {})).in_c == "np.multiply of an empty array"


def test_arrays_that_are_not_aligned_are_left_to_numpy() -> None:
    x = np.frombuffer(bytes(range(41)), np.float32, offset=1)
    assert Program(record(lambda x: x * 2, (x,), {})).in_c == "an array is not aligned"
    f = nn.recorded(lambda x: x * 2)
    for given in (x.copy(), x, x.copy(), x):
        assert np.array_equal(f(given), x * 2)


def test_the_environment_chooses_python() -> None:
    script = "from nnfunc.recording.native.library import native; print(native())"
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"NNFUNC_REPLAY": "python"},
    )
    assert run.stdout == "is switched off by NNFUNC_REPLAY=python\n"


def test_a_library_that_does_not_fit_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    find = native.__wrapped__
    with monkeypatch.context() as patch:
        patch.setattr("nnfunc.recording.native.library.WORDS", 30)
        assert find() == "was built from different sources"
    (tmp_path / "libreplay.so").write_text("no library")
    monkeypatch.setattr("nnfunc.recording.native.library.LIBRARY", tmp_path / "libreplay.so")
    assert str(find()).startswith("cannot be loaded (")
    monkeypatch.setattr("nnfunc.recording.native.library.LIBRARY", tmp_path / "none.so")
    assert find() == "was not built"


def test_large_and_foreign_arguments_are_let_go() -> None:
    assert isinstance(FOUND, Native)
    made = Program(record(lambda x: x * 2, (np.ones((300, 300)),), {}))
    made([np.zeros((300, 300))])
    assert made.idle[0].given == [None]
