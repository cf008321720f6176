# pyright: basic
# the lambdas of the tables have no annotations
"""What a proof refuses, in which words, and what it does not."""

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from beartype import beartype
from jaxtyping import Float, Int, jaxtyped
from numpy import zeros

import nnfunc as nn
from nnfunc import Array
from nnfunc.shapes.symbols.rules import lent

X: Any = nn.symbolic("n m")
W: Any = nn.symbolic("h n")
b: Any = nn.symbolic("h 1")

MESSAGES: list[tuple[Callable[..., Any], str]] = [
    (lambda: X @ W, "X @ W must multiply rows by columns of the same size; m is not h; got (n×m)(h×n). Write W @ X?"),
    (lambda: W.T @ X, "W.T @ X must multiply rows by columns of the same size; h is not n; got (n×h)(n×m). Write W @ X?"),
    (lambda: W @ X.T, "W @ X.T must multiply rows by columns of the same size; n is not m; got (h×n)(m×n). Write W @ X?"),
    (lambda: X @ X, "X @ X must multiply rows by columns of the same size; m is not n; got (n×m)(n×m). Write X.T @ X?"),
    (lambda: 2 @ X, "2 @ X must take arrays of 1 axes or more; got (a scalar)(n×m)."),
    (lambda: X - X.sum(axis=1), "X - X.sum(axis=1) must combine axes that are equal or 1; m is not n; got (n×m)(n). Keep the axis of n with keepdims=True?"),
    (lambda: W @ X + b.T, "W @ X + b.T must combine axes that are equal or 1; m is not h; got (h×m)(1×h). Transpose one of them?"),
    (lambda: np.add(X, b), "np.add(X, b) must combine axes that are equal or 1; n is not h; got (n×m)(h×1)."),
    (lambda: np.add(X, 1, out=W), "np.add(X, 1, out=W) must fit into (h×n); got (n×m)."),
    (lambda: np.add(X, 1, out=np.zeros((3, 3))), "np.add(X, 1, out=np.zeros((3, 3))) must fit into (3×3); got (n×m)."),
    (lambda: X + "a", "X + \"a\" must have dtypes that this function takes; got float32 and <U1."),
    (lambda: X if X.shape[1] > 5 else W, "X.shape[1] > 5 must be decided for every size; got m > 5, true of some sizes only. Give a literal size?"),
    (lambda: X if X.max() > 5 else W, "X.max() > 5 must not depend on the entries of an array, which a proof does not have; got (a scalar, bool). Use np.where instead of a branch, or check values where the data are read?"),
    (lambda: range(X.shape[1]), "range(X.shape[1]) must not need the value of a size, which stands for every number; got m. Give that size as a number, call constructors as np.zeros, and make generators in the function?"),
    (lambda: zeros(X.shape), "zeros(X.shape) must not need the value of a size, which stands for every number; got n. Give that size as a number, call constructors as np.zeros, and make generators in the function?"),
    (lambda: X[X > 0], "X[X > 0] must have a size that does not depend on the entries; got a mask of booleans. Use np.where(mask, x, 0)?"),
    (lambda: X[1.5], "X[1.5] must be an index of whole numbers; got 1.5."),
    (lambda: X[:, 5], "X[:, 5] must name an entry that each axis of m entries has; got entry 5."),
    (lambda: X[0, 0, 0], "X[0, 0, 0] must name at most 2 axes; got 3 of them."),
    (lambda: X[:, 3 - X.shape[1] :], "X[:, 3 - X.shape[1] :] must have a length that follows from the sizes; got [3-m] of m entries."),
    (lambda: np.linalg.inv(X), "np.linalg.inv(X) must use functions that a proof can follow; got np.linalg.inv, which none of its rules covers. Prove the parts before and after it, or write it in covered ones."),
    (lambda: X.tolist(), "X.tolist() must not depend on the entries of an array, which a proof does not have; got (n×m, float32). Use np.where instead of a branch, or check values where the data are read?"),
    (lambda: X.sort(), "X.sort must use functions that a proof can follow; got np.sort, which none of its rules covers. Prove the parts before and after it, or write it in covered ones."),
    (lambda: np.concatenate([X, X.T]), "np.concatenate([X, X.T]) must agree in all axes but axis 0; got (n×m)(m×n)."),
    (lambda: np.stack([X, X[:1]]), "np.stack([X, X[:1]]) must stack arrays of one shape; got (n×m)(1×m)."),
    (lambda: np.einsum("ij,jk", X, X), "np.einsum(\"ij,jk\", X, X) must give the axis j one size; m is not n; got (n×m)(n×m)."),
    (lambda: X.reshape(3, -1), "X.reshape(3, -1) must keep the m*n entries of (n×m); got (3×-1). Does the rest divide them for all sizes?"),
    (lambda: np.split(X, 2, axis=1), "np.split(X, 2, axis=1) must cut an axis that 2 divides; got axis 1 of (n×m). Cut at m // 2 with [m // 2]?"),
    (lambda: X.sum(axis=2), "X.sum(axis=2) must name an axis of an array with 2 axes; got axis 2 of (n×m)."),
    (lambda: np.squeeze(X, 0), "np.squeeze(X, 0) must drop axes of size 1 only; got axis 0 of (n×m)."),
    (lambda: float(X), "float(X) must be one number to become a float; got (n×m, float32)."),
]  # fmt: skip


@pytest.mark.parametrize(("f", "message"), MESSAGES, ids=[message[:50] for _, message in MESSAGES])
def test_what_cannot_be_is_named(f: Callable[..., Any], message: str) -> None:
    with lent(), pytest.raises(nn.ShapeError) as caught:
        f()
    where, _, said = str(caught.value).partition(": ")
    assert where == f"<lambda>, line {f.__code__.co_firstlineno}"
    assert said == message


MIXED: list[tuple[Callable[..., Any], str]] = [
    (lambda X: X / X.sum(axis=1, keepdims=True), "X.sum(axis=1, keepdims=True)"),
    (lambda X: X - X.mean(), "X.mean()"),
    (lambda X: X.T @ X, "X.T @ X"),
    (lambda X: X @ X.T, "X @ X.T"),
    (lambda X: X[:, ::-1], "X[:, ::-1]"),
    (lambda X: X[:, 1:], "X[:, 1:]"),
    (lambda X: X[:, 0], "X[:, 0]"),
    (lambda X: np.cumsum(X, axis=1), "np.cumsum(X, axis=1)"),
    (lambda X: np.sort(X), "np.sort(X)"),
    (lambda X: np.roll(X, 1, axis=1), "np.roll(X, 1, axis=1)"),
    (lambda X: np.concatenate([X, X], axis=1), "np.concatenate([X, X], axis=1)"),
    (lambda X: X.reshape(-1), "X.reshape(-1)"),
    (lambda X: np.einsum("nm,nm->n", X, X), 'np.einsum("nm,nm->n", X, X)'),
    (lambda X: np.einsum("nm,nk->mk", X, X), 'np.einsum("nm,nk->mk", X, X)'),
    (lambda X: np.outer(X, X), "np.outer(X, X)"),
    (lambda X: np.take(X, np.array([0, 1]), axis=1), "np.take(X, np.array([0, 1]), axis=1)"),
    (lambda X: np.linalg.norm(X), "np.linalg.norm(X)"),
    (lambda X: np.tile(X, (1, 2)), "np.tile(X, (1, 2))"),
]


@pytest.mark.parametrize(("f", "place"), MIXED, ids=[place for _, place in MIXED])
def test_samples_that_are_mixed(f: Callable[..., Any], place: str) -> None:
    nn.prove(f, X)
    with pytest.raises(nn.ShapeError, match="must keep the entries along m apart") as caught:
        nn.prove(f, X, each=("m",))
    assert place in str(caught.value)


APART: list[Callable[..., Any]] = [
    lambda X: np.exp(X - X.max(axis=0, keepdims=True)),
    lambda X: np.ones((3, X.shape[0])) @ X,
    lambda X: X.argmax(axis=0),
    lambda X: X.T.reshape(X.shape[1], -1),
    lambda X: np.concatenate([X, np.ones((1, X.shape[1]))]),
    lambda X: X[np.array([0, 1])],
    lambda X: np.sort(X, axis=0)[::-1],
    lambda X: np.einsum("nm,nm->m", X, X),
    lambda X: np.where(X > 0, X, X.mean(axis=0)),
]


@pytest.mark.parametrize("f", APART)
def test_samples_that_stay_apart(f: Callable[..., Any]) -> None:
    nn.prove(f, X, each=("m",))


@dataclass(frozen=True)
class Scaled:
    W: Float[Array, "h n"]
    α: float
    extra: tuple[Float[Array, "h 1"], Float[Array, "h 1"]]


def test_arguments_are_made_from_annotations() -> None:
    seen: list[Any] = []

    @nn.checked
    def f(
        scaled: Scaled, X: Float[Array, " n *rest"], y: Int[Array, " 2*n"], k: int, c: Float[Array, ""] | float,
        rng: np.random.Generator, *more: float, γ: float, given: int = 3,
    ) -> Float[Array, "h n"]:  # fmt: skip
        seen.extend([X.shape, y.dtype, k, c, rng.random((k, given)).shape, γ])
        Z: Array = scaled.W * scaled.α + scaled.extra[0]
        return Z

    nn.prove(f)
    shape, dtype, k, c, drawn, γ = seen
    assert str(shape) == "(n, rest)"
    assert dtype == np.int64
    assert str(k) == "k"
    assert c.shape == ()
    assert str(drawn) == "(k, 3)"
    assert isinstance(γ, float)


def unclear(X: Float[Array, "n m"], name: str) -> Float[Array, "n m"]:
    return X


def twice(a: Scaled, b: Scaled) -> Float[Array, "h n"]:
    return a.W


def bare(X) -> None:  # type: ignore[no-untyped-def]
    pass


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (unclear, "unclear: name must be passed, because its annotation does not say what to pass; got str. Write nn.prove(unclear, nn.symbolic(\'784 m\'), …) with all arguments; a network is nn.symbolic_params(\'784 h 10\')."),
        (twice, "twice: b must be passed, because its annotation does not say what to pass; got tests.shapes.test_prove.Scaled. Write"),
        (bare, "bare: X must be passed, because its annotation does not say what to pass; got no annotation. Write"),
        (nn.forward, "forward: params.layers must be passed, because its annotation does not say what to pass; got tuple[nnfunc.model.params.Layer, ...]. Write"),
        (lambda: 3, "prove: at least one argument must be symbolic; got none. Pass nn.symbolic('784 m')?"),
    ],
)  # fmt: skip
def test_arguments_that_are_not_clear(f: Callable[..., Any], message: str) -> None:
    with pytest.raises(nn.ShapeError) as caught:
        nn.prove(f)
    assert str(caught.value).startswith(message)


def test_real_arrays_are_no_proof() -> None:
    with pytest.raises(nn.ShapeError, match="at least one argument must be symbolic"):
        nn.prove(np.exp, np.ones((2, 3)))


def test_each_names_an_axis() -> None:
    with pytest.raises(nn.ShapeError, match="each must name axes of the arguments, m, n; got 'k'"):
        nn.prove(np.exp, X, each=("k",))


@pytest.mark.parametrize("axes", ["784 m!", "m; n", "__import__('os')", "3.5", "-"])
def test_axes_that_are_no_sizes(axes: str) -> None:
    with pytest.raises(nn.ShapeError, match="symbolic: axes must be numbers, names or formulas of them"):
        nn.symbolic(axes)


def test_functions_without_decorators_are_checked() -> None:
    def f(X: Float[Array, "n m"]) -> Float[Array, "m n"]:
        return X

    f(np.ones((2, 3)))
    with pytest.raises(nn.ShapeError, match=r"f: its result must be Float m×n; got \(n×m, float32\). Return its .T\?"):
        nn.prove(f)


def test_functions_with_decorators_of_their_own_are_proved() -> None:
    @jaxtyped(typechecker=beartype)
    def f(X: Float[Array, "n m"]) -> Float[Array, "m n"]:
        return X

    with pytest.raises(nn.ShapeError, match="f: its result must be Float m×n"):
        nn.prove(f)
    with pytest.raises(nn.ShapeError, match="Type-check error whilst checking the return value"):
        nn.prove(lambda X: f(X), X)


def test_braces_need_a_number() -> None:
    @nn.checked
    def f(X: Float[Array, "n m"], k: int) -> Float[Array, "{k} m"]:
        return np.ones((k, X.shape[1]), X.dtype)

    with pytest.raises(nn.ShapeError, match=r"f: each axis must follow from the axes of earlier arguments; got \{k\}"):
        nn.prove(f)
    nn.prove(f, X, 3)


def lists(X: Float[Array, "n m"]) -> list[Float[Array, "m n"]]:
    return [X.T, X.T, X]


def dicts(X: Float[Array, "n m"]) -> dict[str, Float[Array, "m n"]]:
    return {"X": X.T}


def pairs(X: Float[Array, "n m"]) -> tuple[Float[Array, "m n"], Float[Array, "m n"]]:
    return X.T, X


def test_containers_of_which_checks_see_one_entry_are_refused() -> None:
    for f in (lists, dicts):
        with pytest.raises(nn.ShapeError, match=f"{f.__name__}: all of its arrays must be checked"):
            nn.prove(f)
    with pytest.raises(nn.ShapeError, match="pairs: its"):
        nn.prove(pairs)


def test_functions_that_a_call_does_not_run_are_refused() -> None:
    def later(X: Float[Array, "n m"]) -> Any:
        yield X @ X

    async def sometime(X: Float[Array, "n m"]) -> Any:
        return X @ X

    for f in (later, sometime, 3):
        with pytest.raises(nn.ShapeError, match="prove: f must be a plain function, not a generator or async function"):
            nn.prove(f)  # type: ignore[arg-type]


class Model:
    def transposed(self, X: Float[Array, "n m"]) -> Float[Array, "n m"]:
        return X.T


def test_methods_and_partial_functions_are_checked_too() -> None:
    for f in (Model().transposed, functools.partial(Model().transposed), functools.partial(Model.transposed, Model())):
        with pytest.raises(nn.ShapeError, match="transposed: its result must be Float n×m"):
            nn.prove(f, X)


def test_what_is_equal_for_some_sizes_is_not_decided() -> None:
    questions: list[Callable[[Any], bool]] = [
        lambda X: X.shape[0] == 10,
        lambda X: X.shape[1] % 2 == 0,
        lambda X: 1 / X.shape[1] == 0.5,
        lambda X: X.shape[0] in (3, 4),
    ]
    for f in questions:
        with pytest.raises(nn.ShapeError, match="be decided for every size"):
            nn.prove(f, X)
    nn.prove(lambda X: X if X.shape[0] != 1 else X @ X, X)


def test_text_of_symbols() -> None:
    assert f"{X.mean():.3f} {X.shape[0]:d}" == "(a scalar, float32) n"


def test_a_real_array_beside_symbols() -> None:
    nn.prove(lambda X: np.ones((3, 4)) @ X, nn.symbolic("4 m"))
    with pytest.raises(nn.ShapeError, match="4 is not n"):
        nn.prove(lambda X: np.ones((3, 4)) @ X, X)


def test_a_read_only_array_is_not_written_to() -> None:
    def f(X: Array) -> None:
        Z = X.view()
        Z.flags.writeable = False
        Z += 1

    with pytest.raises(nn.ShapeError, match="read-only"):
        nn.prove(f, X)


def test_an_error_of_the_function_is_its_own() -> None:
    def f(X: Array) -> None:
        raise KeyError(3)

    with pytest.raises(KeyError):
        nn.prove(f, X)
    assert np.zeros.__module__ == "numpy"


@pytest.mark.parametrize("switch", [{"JAXTYPING_DISABLE": "1"}, {"PYTHONOPTIMIZE": "1"}])
def test_without_checks_nothing_is_proved(switch: dict[str, str]) -> None:
    program = "import nnfunc as nn; nn.prove(nn.forward, nn.symbolic_params('784 h 10'), nn.symbolic('784 m'))"
    run = subprocess.run([sys.executable, "-c", program], env=os.environ | switch, capture_output=True, text=True)
    assert run.returncode == 1
    assert "prove: checks must be on, because a proof consists of them; got checks switched off." in run.stderr


def test_proofs_in_several_threads() -> None:
    failed: list[BaseException] = []

    def many() -> None:
        try:
            for _ in range(20):
                nn.prove(lambda X: np.zeros(X.shape) + X, X)
                assert np.ones((2, 3)).shape == (2, 3)
        except BaseException as error:
            failed.append(error)

    before = dict(vars(np))
    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert dict(vars(np)) == before
