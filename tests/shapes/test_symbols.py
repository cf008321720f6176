# pyright: basic
# the lambdas of the tables have no annotations
"""What NumPy does to symbols is what it does to arrays of any sizes: shapes, dtypes, and where it returns a scalar."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.shapes.symbols.arrays import SymbolicArray
from nnfunc.shapes.symbols.rules import lent
from tests.networks import value
from tests.shapes.numpy_cases import CASES, Case, written

SIZES = ({"m": 5, "n": 3, "k": 4}, {"m": 2, "n": 7, "k": 6}, {"m": 12, "n": 2, "k": 3})
"""What the names stand for when the same function runs on real arrays."""


def real(axes: str, dtype: Any, sizes: dict[str, int]) -> nn.Array:
    """A real array of the same axes; its entries are valid indices and probabilities."""
    shape = [value(axis, sizes) for axis in axes.split()]
    return np.ones(shape, dtype)


def results(x: Any) -> Iterator[Any]:
    """The arrays that a function returns."""
    if isinstance(x, tuple | list):
        for each in x:
            yield from results(each)
    else:
        yield x


def agrees(f: Callable[..., Any], axes: tuple[str, ...], dtype: Any) -> None:
    with lent():
        symbolic = list(results(f(*(nn.symbolic(each, dtype) for each in axes))))
    for sizes in SIZES:
        numeric = list(results(f(*(real(each, dtype, sizes) for each in axes))))
        assert len(symbolic) == len(numeric)
        for s, r in zip(symbolic, numeric, strict=True):
            assert tuple(value(n, sizes) for n in s.shape) == r.shape, (s, r.shape, sizes)
            assert s.dtype == r.dtype, (s, r.dtype)
            assert isinstance(s, np.generic) == isinstance(r, np.generic), (s, type(r))
            assert isinstance(s, np.ndarray) == isinstance(r, np.ndarray), (s, type(r))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64], ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("name", CASES)
def test_symbols_do_what_arrays_do(name: str, dtype: Any) -> None:
    agrees(*CASES[name], dtype)


def test_nothing_is_computed() -> None:
    huge = nn.symbolic("1000000 1000000")
    assert isinstance((huge @ huge + 1).sum(axis=0), SymbolicArray)


def test_numpy_is_as_it_was_after_a_proof() -> None:
    before = dict(vars(np)), np.random.default_rng
    with lent(), lent():
        assert np.zeros((2, 3)).tolist() == [[0] * 3] * 2
    assert (dict(vars(np)), np.random.default_rng) == before


def _column_changed(X: Any) -> Any:
    changed = X.copy()
    changed[..., 1] += 1
    return changed


def _columns_of(result: Any, m: int) -> Any:
    """The result with its samples first; None where it has no such axis."""
    places = [place for place, n in enumerate(np.shape(result)) if n == m]
    return np.moveaxis(result, places[0], 0) if len(places) == 1 else None


OF_SAMPLES = [
    name for name, (_, axes) in CASES.items() if any("m" in each.split() for each in axes) and "rng" not in name
]


@pytest.mark.parametrize("name", OF_SAMPLES)
def test_what_is_proved_of_each_sample_is_so(name: str) -> None:
    """If a proof says that samples stay apart, a change of one sample changes no other."""
    f, axes = CASES[name]
    try:
        nn.prove(f, *(nn.symbolic(each, np.float64) for each in axes), each="m")
    except nn.ShapeError:
        return
    names = {"m": 11, "n": 3, "k": 4}
    rng = np.random.default_rng(0)
    arrays = [rng.normal(1, 0.1, [value(n, names) for n in each.split()]) for each in axes]
    before = list(results(f(*arrays)))
    changed = [_column_changed(a) if each.split()[-1:] == ["m"] else a for a, each in zip(arrays, axes, strict=True)]
    for x, y in zip(before, results(f(*changed)), strict=True):
        x, y = _columns_of(x, 11), _columns_of(y, 11)
        if x is not None and "empty" not in name:
            others = [i for i in range(11) if i != 1]
            assert np.array_equal(x[others], y[others], equal_nan=True)


MISFITS = [name for name, (_, axes) in CASES.items() if len(axes) > 1]


@pytest.mark.parametrize("name", MISFITS)
def test_what_numpy_refuses_for_some_size_is_refused(name: str) -> None:
    """Each argument with one axis of another size: where NumPy raises, so do symbols."""
    f, axes = CASES[name]
    for i, place in [(i, place) for i, each in enumerate(axes) for place in range(len(each.split()))]:
        words = axes[i].split()
        words[place] = "q"
        wrong = [" ".join(words) if j == i else each for j, each in enumerate(axes)]
        fits = True
        for sizes, q in itertools.product(SIZES, (2, 8, 9)):
            try:
                f(*(real(each, np.float64, {**sizes, "q": q}) for each in wrong))
            except (ValueError, IndexError):
                fits = False
        try:
            with lent():
                f(*(nn.symbolic(each, np.float64) for each in wrong))
        except nn.ShapeError:
            continue
        assert fits, wrong


WRONG: dict[str, Case] = {
    "a mask that does not fit": (lambda A: A.sum(where=A.T > 0), ("n m",)),
    "axes named twice": (lambda A: A.sum(axis=(0, 0)), ("n m",)),
    "argmax over two axes": (lambda A: A.argmax(axis=(0, 1)), ("n m",)),
    "out of a sum, with an axis more": (lambda A: A.sum(axis=0, out=np.zeros((2, A.shape[1]))), ("n m",)),
    "out of concatenate": (lambda A: np.concatenate([A, A], out=np.zeros(A.shape)), ("n m",)),
    "out of another dtype": (lambda A: np.add(A, 1.5, out=np.zeros(A.shape, np.int64)), ("n m",)),
    "full": (lambda A: np.full(A.shape, A[:, 0]), ("n m",)),
    "full_like": (lambda A: np.full_like(A, fill_value=A[:, 0]), ("n m",)),
    "broadcast_to": (lambda A: np.broadcast_to(A, (A.shape[0], 1)), ("n m",)),
    "assignment": (lambda A: written(A, 0, A[:, 0]), ("n m",)),
    "einsum to a letter twice": (lambda A: np.einsum("nm->nn", A), ("n m",)),
    "einsum to a letter of nobody": (lambda A: np.einsum("nm->k", A), ("n m",)),
    "negative sizes": (lambda A: np.zeros(A.shape[1] - 100), ("n m",)),
    "the maximum of nothing": (lambda A: A[:, A.shape[1] :].max(axis=1), ("n m",)),
    "a row for an entry": (lambda A: written(A, (0, 0), A[0]), ("n m",)),
    "parameters that do not fit": (lambda A: np.random.default_rng(0).normal(A, 1, (3, 1, 1)), ("n m",)),
    "too few to draw": (lambda A: np.random.default_rng(0).choice(A.shape[1], 100, replace=False), ("n m",)),
    "negative pad": (lambda A: np.pad(A, -1), ("n m",)),
    "indices outside": (lambda A: A[[0, 50]], ("10 m",)),
    "take outside": (lambda A: np.take(A, [0, 50], axis=0), ("10 m",)),
    "arange downwards": (lambda A: np.arange(A.shape[0], 0).reshape(A.shape[0]), ("n m",)),
    "squeeze": (lambda A: np.squeeze(A, 1), ("n m",)),
    "transpose": (lambda A: np.transpose(A, (0, 0)), ("n m",)),
    "tensordot": (lambda A: np.tensordot(A, A, axes=(0, 1)), ("n m",)),
    "expand_dims twice": (lambda A: np.expand_dims(A, (0, 0)), ("n m",)),
    "take_along_axis": (lambda A: np.take_along_axis(A, A.T.astype(np.intp), axis=1), ("n m",)),
    "sum of another dtype and axis": (lambda A: np.sum(A, axis=5), ("n m",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_numpy_refuses_is_refused(name: str) -> None:
    f, axes = WRONG[name]
    for sizes in SIZES:
        with pytest.raises((ValueError, TypeError, IndexError, np.exceptions.AxisError)):
            f(*(real(each, np.float64, sizes) for each in axes))
    with lent(), pytest.raises(nn.ShapeError):
        f(*(nn.symbolic(each, np.float64) for each in axes))


UNCOVERED: list[Callable[..., Any]] = [
    lambda A: np.average(A, weights=A), lambda A: np.average(A, returned=True), lambda A: np.diag(A[0], 1),
    lambda A: np.diff(A, prepend=0), lambda A: np.linspace(0, 1, A.shape[0], retstep=True), lambda A: np.pad(A, {0: 1}),
    lambda A: np.arange(0, A.shape[0], 2), lambda A: np.repeat(A, [1, 2]), lambda A: A.argsort(keepdims=True),
    lambda A: np.random.default_rng(0).permuted(A), lambda A: np.random.default_rng(0).choice(A, 3),
    lambda A: np.linalg.svd(A), lambda A: A.sort(), lambda A: np.einsum("...m->m", A), lambda A: A.view(np.int32),
    lambda A: np.allclose(A, A), lambda A: np.matmul(A, A.T, axes=[(0, 1), (0, 1), (0, 1)]),
]  # fmt: skip


@pytest.mark.parametrize("f", UNCOVERED)
def test_what_no_rule_covers_is_named(f: Callable[..., Any]) -> None:
    with lent(), pytest.raises(nn.ShapeError, match="none of its rules covers"):
        f(nn.symbolic("n m"))


def test_generators_from_outside() -> None:
    rng = np.random.default_rng(0)
    nn.prove(lambda X, rng: X * rng.random(X.shape), nn.symbolic("n m"), rng)
    for draw in (rng.random, rng.standard_normal, np.random.RandomState(0).random_sample):
        with pytest.raises(nn.ShapeError, match="make generators in the function"):
            nn.prove(lambda X, draw=draw: X * draw(X.shape), nn.symbolic("n m"))
    assert rng.random((2, 3)).shape == (2, 3)
