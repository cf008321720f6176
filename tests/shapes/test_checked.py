import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from beartype import beartype
from jaxtyping import Float, TypeCheckError, jaxtyped  # pyright: ignore[reportUnknownVariableType]

import nnfunc as nn


@nn.checked
def affine(
    W: Float[nn.Array, "n_out n_in"], A: Float[nn.Array, "n_in m"], b: Float[nn.Array, "n_out 1"], *, flat: bool = False
) -> Float[nn.Array, "n_out m"]:
    """W A + b."""
    Z: nn.Array = W @ A + b
    return Z[0] if flat else Z


@nn.checked
@dataclass(frozen=True)
class Pair:
    left: Float[nn.Array, "n m"]
    right: Float[nn.Array, "n m"]


W, A, b = np.ones((3, 2)), np.ones((2, 4)), np.ones((3, 1))


def test_what_fits_passes() -> None:
    assert affine(W, A, b).tolist() == [[3] * 4] * 3
    assert Pair(A, A).left is A


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((W.T, A, b), "affine: A must be Float n_in×m with n_in = 3; got A (2×4, float64)."),
        ((W, A.T, b), "affine: A must be Float n_in×m with n_in = 2; got A (4×2, float64). Pass A.T?"),
        ((W, A, b.T), "affine: b must be Float n_out×1 with n_out = 3; got b (1×3, float64). Pass b.T?"),
        ((W, A, b[:, 0]), "affine: b must be Float n_out×1 with n_out = 3; got b (3, float64). Pass b[:, None], or keep the axis with keepdims=True?"),
        ((W, A.astype(int), b), "affine: A must be Float n_in×m with n_in = 2; got A (2×4, int64). Pass A.astype(np.float32), or nn.scale(A) for pixels?"),
        ((W, [[1.0]], b), "affine: A must be Float n_in×m with n_in = 2; got a value of type list."),
        ((W, A[0, 0], b), "affine: A must be Float n_in×m with n_in = 2; got a value of type float64."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_sentence(args: tuple[nn.Array, nn.Array, nn.Array], message: str) -> None:
    with pytest.raises(nn.ShapeError) as caught:
        affine(*args)
    assert str(caught.value) == message
    assert isinstance(caught.value.__cause__, TypeCheckError)
    assert isinstance(caught.value, TypeError)


def test_a_wrong_result_is_named() -> None:
    with pytest.raises(
        nn.ShapeError, match=r"affine: its result must be Float n_out×m with n_out = 3, m = 4; got \(4, float64\)"
    ):
        affine(W, A, b, flat=True)


def test_a_dataclass_checks_its_fields() -> None:
    with pytest.raises(
        nn.ShapeError, match=r"Pair: right must be Float n×m with n = 2, m = 4; got right \(4×2, float64\)"
    ):
        Pair(A, A.T)


def test_an_error_of_the_body_is_left_alone() -> None:
    @nn.checked
    def broken(x: Float[nn.Array, " n"]) -> Float[nn.Array, " n"]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken(np.ones(2))


def test_missing_arguments_are_a_type_error() -> None:
    with pytest.raises(TypeError, match="missing a required argument: 'b'"):
        affine(W, A)  # type: ignore[call-arg]


def test_it_is_what_jaxtyped_with_beartype_is() -> None:
    plain = jaxtyped(affine.__wrapped__, typechecker=beartype)  # type: ignore[attr-defined]
    for args in ((W, A, b), (W, A.T, b), (W, A, b.T), (W.T, A, b)):
        outcomes: list[object] = []
        for f, error in ((affine, nn.ShapeError), (plain, TypeCheckError)):
            try:
                outcomes.append(f(*args).tolist())
            except error:
                outcomes.append("refused")
        assert outcomes[0] == outcomes[1]


def test_names_and_docstrings_stay() -> None:
    assert affine.__name__ == "affine"
    assert affine.__doc__ == "W A + b."


def test_nothing_is_compiled_before_the_first_call() -> None:
    program = """
import jaxtyping
calls = []
original = jaxtyping.jaxtyped
def counting(*args, **kwargs):
    calls.append(args)
    return original(*args, **kwargs)
jaxtyping.jaxtyped = counting
import nnfunc as nn
assert not calls, calls
nn.init((3, 2))
assert calls
"""
    run = subprocess.run([sys.executable, "-c", program], env=os.environ, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_a_users_own_decorators_work_with_params() -> None:
    @jaxtyped(typechecker=beartype)
    def logits(params: nn.Params, X: Float[nn.Array, "784 m"]) -> Float[nn.Array, "10 m"]:
        return nn.forward(params, X).layers[-1].Z

    params = nn.init((784, 10))
    assert logits(params, np.ones((784, 3), np.float32)).shape == (10, 3)
    with pytest.raises(TypeCheckError):
        logits(params, np.ones((3, 784), np.float32))


def test_the_error_of_a_function_inside_is_its_own() -> None:
    @jaxtyped(typechecker=beartype)
    def inner(A: Float[nn.Array, "n m"]) -> Float[nn.Array, "n m"]:
        return A

    @nn.checked
    def outer(A: Float[nn.Array, "n m"]) -> Float[nn.Array, "n m"]:
        return inner(A[0])

    with pytest.raises(TypeCheckError, match="inner") as caught:
        outer(A)
    assert not isinstance(caught.value, nn.ShapeError)


def test_a_bad_entry_of_a_container_is_never_blamed_on_the_result() -> None:
    @nn.checked
    def total(arrays: list[Float[nn.Array, "n m"]]) -> Float[nn.Array, "n m"]:
        return arrays[0]

    arrays = [A, A, A, A.T]
    messages: set[str] = set()
    for _ in range(60):
        try:
            total(arrays)
        except nn.ShapeError as error:
            messages.add(str(error))
    assert messages
    assert not any("its result" in message for message in messages)


def test_an_int_is_a_float() -> None:
    @nn.checked
    def scaled(A: Float[nn.Array, "n m"], by: float) -> Float[nn.Array, "n m"]:
        Z: nn.Array = A * by
        return Z

    assert scaled(A, 2).tolist() == scaled(A, 2.0).tolist()


def test_it_stands_above_functions_and_dataclasses_only() -> None:
    f: Any = affine
    wrong: list[Any] = [np.maximum, classmethod(f), property(f), type("Plain", (), {}), 3]
    for bad in wrong:
        with pytest.raises(nn.SettingError, match="checked: it must stand directly above"):
            nn.checked(bad)


def test_a_missing_argument_names_the_function() -> None:
    params: Any = nn.init((3, 2))
    forward: Any = nn.forward
    with pytest.raises(TypeError, match=r"forward: missing a required argument: 'X'. Its arguments are"):
        forward(params)


def test_annotations_with_unknown_names_are_refused() -> None:
    text = """
from __future__ import annotations

import nnfunc as nn
from jaxtyping import Float


@nn.checked
def f(X: Flaot[nn.Array, "n n"]) -> int:
    return 3
"""
    scope: dict[str, Any] = {"__name__": "unknown_names"}
    exec(text, scope)
    with pytest.raises(
        nn.SettingError, match="f: its annotations must use names defined in its module; got name 'Flaot'"
    ):
        scope["f"](A)


def test_annotations_that_are_no_expressions_are_refused() -> None:
    def f(X: nn.Array) -> int:
        return 3

    f.__annotations__["X"] = "n m"
    with pytest.raises(nn.SettingError, match="f: its annotations must use names defined in its module"):
        nn.checked(f)(A)


def test_async_functions_are_refused() -> None:
    async def later(X: Float[nn.Array, "n m"]) -> int:
        return 3

    with pytest.raises(nn.SettingError, match="checked: it must stand above a function that is not async; got later"):
        nn.checked(later)
