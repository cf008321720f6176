"""Activations and costs of one's own: checked when they are first passed, then known by their names."""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

from nnfunc.activations import ACTIVATIONS, OUTPUTS, Activation
from nnfunc.array import Array, is_array, shape_text
from nnfunc.costs import COSTS, Cost, mean
from nnfunc.differences import gradient_error
from nnfunc.errors import SettingError, ShapeError
from nnfunc.symbols import prove, symbolic

CLOSE = 1e-6
"""How far a derivative may be from central differences, relative to its length."""


def register(*functions: Activation | Cost) -> None:
    """Make functions known by their names, so that networks of saved files find them.

    Raises:
        SettingError: a name is taken, or a derivative is wrong.
        ShapeError: a function does not keep shapes, for some sizes, or the dtype.
    """
    for f in functions:
        activation_name("register", f) if isinstance(f, Activation) else cost_name("register", f)


def activation_name(where: str, given: Any) -> Any:
    """The name of an activation, which is checked and known from now on; what is no activation is returned as it is."""
    if not isinstance(given, Activation):
        return given
    if ACTIVATIONS.get(given.name) != given:
        _check_name(where, "activation", given.name, OUTPUTS)
        _check_activation(f"{where}: activation {given.name}", given)
        ACTIVATIONS[given.name], OUTPUTS[given.name] = given, given.value
    return given.name


def cost_name(where: str, given: Any) -> Any:
    """The name of a cost, which is checked and known from now on; what is no cost is returned as it is."""
    if not isinstance(given, Cost):
        return given
    if COSTS.get(given.name) != given:
        _check_name(where, "cost", given.name, COSTS)
        if given.natural_output not in (None, *OUTPUTS):
            raise SettingError(
                f"{where}: cost {given.name} must belong to an output that exists, or to None; "
                f"got {given.natural_output!r}."
            )
        _check_cost(f"{where}: cost {given.name}", given)
        COSTS[given.name] = given
    return given.name


def _check_name(where: str, kind: str, name: Any, taken: Any) -> None:
    if not isinstance(name, str) or not name.isidentifier():
        raise SettingError(f"{where}: the name of the {kind} must be a word, such as 'swish'; got {name!r}.")
    if name in taken:
        raise SettingError(f"{where}: {kind} {name!r} must be one function only; got another. Choose another name?")


def _check_activation(what: str, g: Activation) -> None:
    for f in (g.value, g.derivative):
        _check_array(what, "its functions must return an array of Z's shape and dtype", f)

        def entrywise(Z: Float[Array, "n m"], f: Callable[[Array], Array] = f) -> Float[Array, "n m"]:
            return f(Z)

        prove(entrywise, symbolic("n m", np.float64))
    Z = _random(4, 25)
    for f in (g.value, g.derivative):
        if not np.allclose(f(Z)[1:2, 3:9], f(Z[1:2, 3:9]), equal_nan=True):
            raise SettingError(f"{what}: its functions must treat each entry alone; got others for the same entry.")

    def total(Z: Array) -> float:
        return float(np.sum(g.value(Z)))

    _check_derivative(what, total, Z, g.derivative(Z))


def _check_cost(what: str, cost: Cost) -> None:
    def losses(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:
        return cost.losses(Z, A, Y)

    def derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
        return cost.derivative(A, Y)

    any_matrix = symbolic("n m", np.float64)
    prove(losses, any_matrix, any_matrix, any_matrix)
    prove(derivative, any_matrix, any_matrix)
    Z, Y = _random(3, 8), OUTPUTS["softmax"](_random(3, 8)[::-1])
    _check_array(what, "its derivative must return an array of A's shape and dtype", lambda A: cost.derivative(A, A))
    g = OUTPUTS[cost.natural_output or "sigmoid"]

    def J(Z: Array) -> float:
        return float(mean(cost.losses(Z, g(Z), Y)))

    A = g(Z)
    dZ = A - Y if cost.natural_output else cost.derivative(A, Y) * ACTIVATIONS["sigmoid"].derivative(Z)
    _check_derivative(what, J, Z, dZ / Z.shape[1])


def _check_array(what: str, rule: str, f: Callable[[Array], Any]) -> None:
    Z = np.full((2, 3), 0.25, np.float32)
    result: Any = f(Z)
    if not is_array(result) or result.shape != Z.shape or result.dtype != Z.dtype:
        got = f"{shape_text(result)} {result.dtype}" if is_array(result) else type(result).__name__
        raise ShapeError(f"{what}: {rule}; got {got} of 2×3 float32.")


def _check_derivative(what: str, J: Callable[[Array], float], Z: Array, dZ: Array) -> None:
    error = gradient_error(J, Z, dZ)
    if not error < CLOSE:
        raise SettingError(
            f"{what}: its derivative must be that of its values; got one that is {error:.1e} away from central "
            f"differences, of at most {CLOSE:.0e}. Derive it again?"
        )


def _random(n: int, m: int) -> Array:
    return np.random.default_rng(0).normal(0, 1.5, (n, m))
