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

SIZES = ({"m": 5, "n": 3, "k": 4}, {"m": 2, "n": 7, "k": 6}, {"m": 12, "n": 2, "k": 3})
"""What the names stand for when the same function runs on real arrays."""

Case = tuple[Callable[..., Any], tuple[str, ...]]


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


def written(x: Any, key: Any, entries: Any) -> Any:
    copy = x.copy()
    copy[key] = entries
    return copy


def added(A: Any, by: Any) -> Any:
    A += by
    return A


i = np.array([0, 1, 1])
rng = np.random.default_rng(0)

CASES: dict[str, Case] = {
    "A + b": (lambda A, b: A + b, ("n m", "n 1")),
    "b + A": (lambda A, b: b - A, ("n m", "n 1")),
    "A * a row": (lambda A, v: A * v, ("n m", "m")),
    "A / 0-d": (lambda A, α: A / α, ("n m", "")),
    "2 * A": (lambda A: 2 * A, ("n m",)),
    "1.5 / A": (lambda A: 1.5 / A, ("n m",)),
    "A ** 2": (lambda A: A**2, ("n m",)),
    "-A": (lambda A: -A, ("n m",)),
    "abs(A)": (abs, ("n m",)),
    "A // 2": (lambda A: A // 2, ("n m",)),
    "A % 2": (lambda A: A % 2, ("n m",)),
    "divmod": (lambda A: np.divmod(A, 2), ("n m",)),
    "A / m": (lambda A: A / A.shape[1], ("n m",)),
    "A * m": (lambda A: A * A.shape[1], ("n m",)),
    "A / (2 m)": (lambda A: A / (2 * A.shape[1]), ("n m",)),
    "1/m A": (lambda A: 1 / A.shape[1] * A, ("n m",)),
    "A / √n": (lambda A: A / np.sqrt(A.shape[0]), ("n m",)),
    "A > 0": (lambda A: A > 0, ("n m",)),
    "A == B": (lambda A, B: A == B, ("n m", "n m")),
    "(A > 0) & (A < 1)": (lambda A: (A > 0) & (A < 1), ("n m",)),
    "A * (A > 0)": (lambda A: A * (A > 0), ("n m",)),
    "W @ A": (lambda W, A: W @ A, ("k n", "n m")),
    "W @ a vector": (lambda W, v: W @ v, ("k n", "n")),
    "a vector @ A": (lambda v, A: v @ A, ("n", "n m")),
    "a vector @ a vector": (lambda v, w: v @ w, ("n", "n")),
    "batches of matrices": (lambda W, A: W @ A, ("k n m", "m k")),
    "two batches of matrices": (lambda W, A: W @ A, ("k n m", "k m 2")),
    "A += 1": (lambda A: added(A.copy(), np.asarray(1, A.dtype)), ("n m",)),
    "A.T": (lambda A: A.T, ("n m",)),
    "A.mT": (lambda A: A.mT, ("k n m",)),
    "a vector.T": (lambda v: v.T, ("n",)),
    "exp": (np.exp, ("n m",)),
    "maximum": (lambda A: np.maximum(A, 0), ("n m",)),
    "heaviside": (lambda A: np.heaviside(A, 0), ("n m",)),
    "logaddexp": (lambda A: np.logaddexp(0, A), ("n m",)),
    "sqrt of a mean": (lambda A: np.sqrt(A.mean()), ("n m",)),
    "isfinite": (np.isfinite, ("n m",)),
    "out": (lambda A, B: np.add(A, 1, out=np.zeros(A.shape, np.float64)), ("n m", "n m")),
    "where=": (lambda A: np.exp(A, where=A > 0, out=np.zeros(A.shape, np.float64)), ("n m",)),
    "dtype=": (lambda A: np.add(A, 1, dtype=np.float64), ("n m",)),
    "outer": (lambda v, w: np.multiply.outer(v, w), ("n", "m")),
    "reduce": (lambda A: np.add.reduce(A), ("n m",)),
    "reduce, keepdims": (lambda A: np.maximum.reduce(A, axis=1, keepdims=True), ("n m",)),
    "accumulate": (lambda A: np.add.accumulate(A, axis=1), ("n m",)),
    "sum": (lambda A: A.sum(), ("n m",)),
    "sum over 0": (lambda A: A.sum(axis=0), ("n m",)),
    "sum over -1, keepdims": (lambda A: np.sum(A, -1, keepdims=True), ("n m",)),
    "sum over both": (lambda A: A.sum(axis=(0, 1)), ("n m",)),
    "sum over two of three": (lambda A: A.sum(axis=(0, -1)), ("n m k",)),
    "sum with dtype": (lambda A: A.sum(axis=0, dtype=np.float64), ("n m",)),
    "sum, keepdims=1": (lambda A: A.sum(axis=0, keepdims=1), ("n m",)),
    "sum where": (lambda A: A.sum(axis=0, where=A > 0), ("n m",)),
    "norm, ord": (lambda A: np.linalg.norm(A, 1, axis=0), ("n m",)),
    "A[0, :, i]": (lambda A: A[0, :, i], ("n m k",)),
    "A[..., 0] of a vector": (lambda v: v[..., 0], ("n",)),
    "A[:, -(m // 10 + 1):]": (lambda A: A[:, -(A.shape[1] // 10 + 1) :], ("n m",)),
    "A[:, np.int64(1):]": (lambda A: A[:, np.int64(1) :], ("n m",)),
    "A[A > 0] = 0": (lambda A: written(A, A > 0, 0), ("n m",)),
    "s += 1": (lambda A: added(A.sum(), 1), ("n m",)),
    "scalar.T": (lambda A: A.sum().T, ("n m",)),
    "copy of a scalar": (lambda A: A.sum().copy(), ("n m",)),
    "np.copy of a scalar": (lambda A: np.copy(A.sum()), ("n m",)),
    "m times np.prod": (lambda A: np.zeros(A.shape[1] * np.prod([2, 3])), ("n m",)),
    "np.int64 + m": (lambda A: np.zeros(np.int64(3) + A.shape[1]), ("n m",)),
    "diff, many": (lambda A: np.diff(A, n=4), ("n m",)),
    "diff of a mask": (lambda A: np.diff(A > 0), ("n m",)),
    "diag of n×m": (np.diagonal, ("n m",)),
    "array, ndmin": (lambda v: np.array([v, v], ndmin=3), ("n",)),
    "vstack, dtype": (lambda v: np.vstack([v, v], dtype=np.float64, casting="unsafe"), ("n",)),
    "einsum, dtype": (lambda v: np.einsum("n,n->n", v, v, dtype=np.float64), ("n",)),
    "linspace of arrays": (lambda v: np.linspace(v, v + 1, 3), ("n",)),
    "tensordot of all": (lambda A: np.tensordot(A, A, 2), ("n m",)),
    "default_rng, seed=": (lambda A: np.random.default_rng(seed=0).random(A.shape), ("n m",)),
    "rng.normal, scale=": (lambda A: np.random.default_rng(0).normal(scale=np.sqrt(A.shape[0]), size=A.shape), ("n m",)),
    "sum of a vector": (lambda v: v.sum(), ("n",)),
    "sum of a vector, keepdims": (lambda v: v.sum(keepdims=True), ("n",)),
    "mean": (lambda A: A.mean(axis=1), ("n m",)),
    "std": (lambda A: A.std(axis=1, keepdims=True), ("n m",)),
    "var": (lambda A: np.var(A, axis=0, ddof=1), ("n m",)),
    "max": (lambda A: A.max(axis=0, keepdims=True), ("n m",)),
    "np.amin": (lambda A: np.amin(A, 0), ("n m",)),
    "argmax": (lambda A: A.argmax(axis=0), ("n m",)),
    "argmax of all": (np.argmax, ("n m",)),
    "argmin, keepdims": (lambda A: np.argmin(A, axis=0, keepdims=True), ("n m",)),
    "any": (lambda A: (A > 2).any(axis=0), ("n m",)),
    "all": (lambda A: np.all(A > 0), ("n m",)),
    "prod": (lambda A: A.prod(axis=1), ("n m",)),
    "median": (lambda A: np.median(A, axis=0), ("n m",)),
    "average": (lambda A: np.average(A, axis=1), ("n m",)),
    "nanmean": (lambda A: np.nanmean(A, axis=1), ("n m",)),
    "ptp": (lambda A: np.ptp(A, axis=1), ("n m",)),
    "count_nonzero": (lambda A: np.count_nonzero(A, axis=0), ("n m",)),
    "norm": (np.linalg.norm, ("n m",)),
    "norm of columns": (lambda A: np.linalg.norm(A, axis=0, keepdims=True), ("n m",)),
    "cumsum": (lambda A: np.cumsum(A, axis=1), ("n m",)),
    "cumsum of all": (np.cumsum, ("n m",)),
    "sort": (lambda A: np.sort(A, axis=0), ("n m",)),
    "argsort": (lambda A: A.argsort(axis=1), ("n m",)),
    "flip": (lambda A: np.flip(A, 1), ("n m",)),
    "roll": (lambda A: np.roll(A, 1, axis=1), ("n m",)),
    "diff": (lambda A: np.diff(A, axis=1), ("n m",)),
    "where": (lambda A: np.where(A > 0, A, 0), ("n m",)),
    "where of numbers": (lambda A: np.where(A > 0, 1.0, 0.0), ("n m",)),
    "where, broadcast": (lambda A, b: np.where(A > 0, A, b), ("n m", "n 1")),
    "clip": (lambda A: np.clip(A, 0, 1), ("n m",)),
    "clip, method": (lambda A: A.clip(0, 1), ("n m",)),
    "clip by arrays": (lambda A, b: np.clip(A, b, b + 1), ("n m", "n 1")),
    "clip, one side": (lambda A: np.clip(A, min=0), ("n m",)),
    "round": (lambda A: A.round(2), ("n m",)),
    "nan_to_num": (np.nan_to_num, ("n m",)),
    "isclose": (lambda A, B: np.isclose(A, B), ("n m", "n 1")),
    "zeros_like": (np.zeros_like, ("n m",)),
    "ones_like, dtype": (lambda A: np.ones_like(A, dtype=bool), ("n m",)),
    "empty_like, shape": (lambda A: np.empty_like(A, shape=(2, A.shape[0])), ("n m",)),
    "full_like": (lambda A: np.full_like(A, 2), ("n m",)),
    "astype": (lambda A: A.astype(np.float16), ("n m",)),
    "astype bool": (lambda A: (A > 0).astype(np.uint8), ("n m",)),
    "copy": (lambda A: np.copy(A), ("n m",)),
    "view": (lambda A: A.view(), ("n m",)),
    "A[0]": (lambda A: A[0], ("n m",)),
    "A[-1]": (lambda A: A[-1], ("n m",)),
    "A[0, 1]": (lambda A: A[0, 1], ("n m",)),
    "A[:, None]": (lambda A: A[:, None], ("n m",)),
    "A[None]": (lambda A: A[None], ("n m",)),
    "A[..., 0]": (lambda A: A[..., 0], ("n m k",)),
    "A[...]": (lambda v: v[...], ("",)),
    "A[()]": (lambda v: v[()], ("",)),
    "A[0, ...]": (lambda A: A[0, ...], ("n m",)),
    "A[:, 1:]": (lambda A: A[:, 1:], ("n m",)),
    "A[:, :-1]": (lambda A: A[:, :-1], ("n m",)),
    "A[:, 2:]": (lambda A: A[:, 2:], ("n m",)),
    "A[:, :4]": (lambda A: A[:, :4], ("n m",)),
    "A[:, 4:]": (lambda A: A[:, 4:], ("n m",)),
    "A[:, 2:5]": (lambda A: A[:, 2:5], ("n m",)),
    "A[:, 5:2]": (lambda A: A[:, 5:2], ("n m",)),
    "A[:, -4:-1]": (lambda A: A[:, -4:-1], ("n m",)),
    "A[:, -3:]": (lambda A: A[:, -3:], ("n m",)),
    "A[:, 1:-1]": (lambda A: A[:, 1:-1], ("n m",)),
    "A[:, ::2]": (lambda A: A[:, ::2], ("n m",)),
    "A[:, ::-1]": (lambda A: A[:, ::-1], ("n m",)),
    "A[:, 1::3]": (lambda A: A[:, 1::3], ("n m",)),
    "A[:, :m // 2]": (lambda A: A[:, : A.shape[1] // 2], ("n m",)),
    "A[:, m // 2:]": (lambda A: A[:, A.shape[1] // 2 :], ("n m",)),
    "A[:, :n] of n + k": (lambda A, B: A[:, : B.shape[0]], ("m n+k", "n m")),
    "A[i]": (lambda A: A[i], ("n m",)),
    "A[:, i]": (lambda A: A[:, i], ("n m",)),
    "A[i, i]": (lambda A: A[i, i], ("n m",)),
    "A[:, [0, 1]]": (lambda A: A[:, [0, 1]], ("n m",)),
    "A[i, :, i]": (lambda A: A[i, :, i], ("n m k",)),
    "A[:, i, i]": (lambda A: A[:, i, i], ("n m k",)),
    "A[:, order]": (lambda A, v: A[:, v.astype(np.intp)], ("n m", "k")),
    "A[labels, columns]": (lambda A, v: A[v.astype(np.intp), np.arange(A.shape[1])], ("n m", "m")),
    "A[:, 1:1]": (lambda A: A[:, 1:1], ("n m",)),
    "literal slices": (lambda A: A[2:100:3], ("10 m",)),
    "literal, from the end": (lambda A: A[8:2:-2], ("10 m",)),
    "A[:, 0] = b": (lambda A, v: written(A, (slice(None), 0), v), ("n m", "n")),
    "rows of A": (lambda A: list(A), ("3 m",)),
    "take": (lambda A: np.take(A, i, axis=1), ("n m",)),
    "take, method": (lambda A: A.take(i, 0), ("n m",)),
    "take one": (lambda A: np.take(A, 1, axis=1), ("n m",)),
    "take of all": (lambda A: np.take(A, i), ("n m",)),
    "take_along_axis": (lambda A: np.take_along_axis(A, A.argmax(axis=0, keepdims=True), axis=0), ("n m",)),
    "diag": (lambda v: np.diag(v), ("n",)),
    "diagonal": (np.diagonal, ("n n",)),
    "trace": (np.trace, ("n n",)),
    "reshape": (lambda A: A.reshape(-1), ("n m",)),
    "reshape to two": (lambda A: A.reshape(A.shape[0] * 2, -1), ("n 2*m",)),
    "reshape to three": (lambda A: np.reshape(A, (A.shape[0], 4, 7)), ("m 28",)),
    "images to columns": (lambda A: A.reshape(A.shape[0], -1).T, ("m 28 28",)),
    "ravel": (np.ravel, ("n m",)),
    "flatten": (lambda A: A.flatten(), ("n m",)),
    "transpose": (lambda A: A.transpose(1, 0, 2), ("n m k",)),
    "np.transpose": (lambda A: np.transpose(A, (2, 0, 1)), ("n m k",)),
    "swapaxes": (lambda A: A.swapaxes(0, -1), ("n m k",)),
    "moveaxis": (lambda A: np.moveaxis(A, 0, -1), ("n m k",)),
    "moveaxis of two": (lambda A: np.moveaxis(A, (0, 1), (-1, 0)), ("n m k",)),
    "expand_dims": (lambda A: np.expand_dims(A, (0, -1)), ("n m",)),
    "squeeze": (lambda A: A.squeeze(), ("n 1",)),
    "squeeze one": (lambda A: np.squeeze(A, axis=0), ("1 n 1",)),
    "broadcast_to": (lambda A: np.broadcast_to(A, (2, *A.shape)), ("n m",)),
    "broadcast_to m": (lambda b, A: np.broadcast_to(b, A.shape), ("n 1", "n m")),
    "atleast_2d": (np.atleast_2d, ("n",)),
    "concatenate": (lambda A, B: np.concatenate([A, B], axis=1), ("n m", "n k")),
    "concatenate with a row of ones": (lambda A: np.concatenate([A, np.ones((1, A.shape[1]))]), ("n m",)),
    "concatenate vectors": (lambda v, w: np.concatenate((v, w)), ("n", "m")),
    "concatenate all": (lambda A, B: np.concatenate([A, B], axis=None), ("n m", "k")),
    "stack": (lambda A, B: np.stack([A, B]), ("n m", "n m")),
    "stack last": (lambda A, B: np.stack([A, B, A], axis=-1), ("n m", "n m")),
    "vstack": (lambda A, v: np.vstack([A, v]), ("n m", "m")),
    "hstack": (lambda A, B: np.hstack([A, B]), ("n m", "n k")),
    "hstack vectors": (lambda v, w: np.hstack([v, w]), ("n", "m")),
    "column_stack": (lambda v, w: np.column_stack([v, w]), ("n", "n")),
    "split": (lambda A: np.split(A, 2, axis=1), ("n 2*m",)),
    "split at": (lambda A: np.split(A, [1, A.shape[1] // 2], axis=1), ("n m",)),
    "repeat": (lambda A: np.repeat(A, 3, axis=1), ("n m",)),
    "repeat all": (lambda A: A.repeat(2), ("n m",)),
    "tile": (lambda A: np.tile(A, (2, 1)), ("n m",)),
    "tile once more": (lambda v: np.tile(v, (3, 1)), ("n",)),
    "pad": (lambda A: np.pad(A, 1), ("n m",)),
    "pad before and after": (lambda A: np.pad(A, (1, 2)), ("n m",)),
    "pad each the same": (lambda A: np.pad(A, ((3,),)), ("n m",)),
    "pad each": (lambda A: np.pad(A, ((0, 0), (1, 2))), ("n m",)),
    "dot": (lambda W, A: W.dot(A), ("k n", "n m")),
    "dot with a number": (lambda A: np.dot(A, 2), ("n m",)),
    "dot of vectors": (np.dot, ("n", "n")),
    "dot of three axes": (np.dot, ("k n m", "m n")),
    "inner": (np.inner, ("k m", "n m")),
    "vdot": (np.vdot, ("n m", "m n")),
    "np.outer": (np.outer, ("n", "m")),
    "tensordot": (lambda A, B: np.tensordot(A, B, axes=(1, 0)), ("k n", "n m")),
    "tensordot of two axes": (np.tensordot, ("k n m", "n m")),
    "einsum": (lambda W, A: np.einsum("ij,jk->ik", W, A), ("k n", "n m")),
    "einsum, implicit": (lambda W, A: np.einsum("ij, jk", W, A), ("k n", "n m")),
    "einsum of columns": (lambda A, B: np.einsum("nm,nm->m", A, B), ("n m", "n m")),
    "einsum of all": (lambda A: np.einsum("nm->", A), ("n m",)),
    "einsum, transposed": (lambda A: np.einsum("nm->mn", A), ("n m",)),
    "zeros": (lambda A: np.zeros(A.shape), ("n m",)),
    "zeros of one size": (lambda A: np.zeros(A.shape[0]), ("n m",)),
    "zeros of a sum": (lambda A: np.zeros((A.shape[0] + 1, 2 * A.shape[1])), ("n m",)),
    "ones": (lambda A: np.ones((1, A.shape[1]), A.dtype), ("n m",)),
    "empty": (lambda A: np.empty(shape=(A.shape[1], 3), dtype=np.uint8), ("n m",)),
    "full": (lambda A: np.full((A.shape[1],), 2.5), ("n m",)),
    "full of integers": (lambda A: np.full(A.shape, 2), ("n m",)),
    "eye": (lambda A: np.eye(A.shape[0]), ("n m",)),
    "eye, two sizes": (lambda A: np.eye(A.shape[0], A.shape[1], dtype=np.float32), ("n m",)),
    "identity": (lambda A: np.identity(A.shape[0]), ("n m",)),
    "arange": (lambda A: np.arange(A.shape[0]), ("n m",)),
    "arange from": (lambda A: np.arange(1, A.shape[0] + 1), ("n m",)),
    "linspace": (lambda A: np.linspace(0, 1, A.shape[0]), ("n m",)),
    "one-hot by comparison": (lambda A, v: (np.arange(A.shape[0])[:, None] == v).astype(np.float32), ("n m", "m")),
    "one-hot by eye": (lambda A, v: np.eye(A.shape[0])[:, v.astype(np.intp)], ("n m", "m")),
    "np.array": (lambda A: np.array(A), ("n m",)),
    "np.array of arrays": (lambda v, w: np.array([v, w]), ("n", "n")),
    "np.asarray, dtype": (lambda A: np.asarray(A, dtype=np.float16), ("n m",)),
    "np.asarray of a number": (lambda A: np.asarray(A.sum()), ("n m",)),
    "ascontiguousarray": (lambda A: np.ascontiguousarray(A.T), ("n m",)),
    "0-d times": (lambda α: α * 2, ("",)),
    "mean of all, minus": (lambda A: A - A.mean(), ("n m",)),
    "rng.random": (lambda A: np.random.default_rng(0).random(A.shape), ("n m",)),
    "rng.random, float32": (lambda A: np.random.default_rng(0).random(A.shape, np.float32), ("n m",)),
    "rng.normal": (lambda A: np.random.default_rng(0).normal(0, 1, (A.shape[0], 3)), ("n m",)),
    "rng.normal, size=": (lambda A: np.random.default_rng(0).normal(size=(3, A.shape[0])), ("n m",)),
    "rng.normal, scale": (lambda A: np.random.default_rng(0).normal(0, np.sqrt(2 / A.shape[0]), (3, 2)), ("n m",)),
    "rng.uniform of arrays": (lambda A: np.random.default_rng(0).uniform(0, abs(A)), ("n m",)),
    "rng.integers": (lambda A: np.random.default_rng(0).integers(0, 10, A.shape[1]), ("n m",)),
    "rng.permutation": (lambda A: np.random.default_rng(0).permutation(A.shape[1]), ("n m",)),
    "rng.choice": (lambda A: np.random.default_rng(0).choice(10, A.shape[1]), ("n m",)),
    "rng.choice, a=": (lambda A: np.random.default_rng(0).choice(a=10, size=A.shape[1]), ("n m",)),
    "rng.choice of all": (lambda A: np.random.default_rng(0).choice(A.shape[1], A.shape[1], replace=False), ("n m",)),
    "dropout": (lambda A: A * (np.random.default_rng(0).random(A.shape) < 0.5) / 0.5, ("n m",)),
    "shape": (lambda A: np.zeros(np.shape(A)), ("n m",)),
    "size": (lambda A: np.zeros(np.size(A)), ("n m",)),
    "prod of a shape": (lambda A: np.zeros(int(np.prod([2, 3])) * A.shape[0]), ("n m",)),
}  # fmt: skip


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
