"""Activations and costs of one's own: checked when they are first passed, then known by their names."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from jaxtyping import Float

from nnfunc.activations import ACTIVATIONS, OUTPUTS, Activation, softmax_error
from nnfunc.array import Array, is_array, shape_text
from nnfunc.costs import COSTS, Cost, mean
from nnfunc.differences import gradient_error
from nnfunc.errors import SettingError, ShapeError
from nnfunc.shapes import checks_are_on
from nnfunc.symbols import prove, symbolic

CLOSE = 1e-6
"""How far a derivative may be from central differences, relative to its length."""

BUILT_IN = {*OUTPUTS, *COSTS}
"""What everybody knows."""


def register(functions: Iterable[Activation | Cost]) -> None:
    """Make functions known by their names, so that networks of saved files find them.

    Raises:
        SettingError: one is no activation and no cost, its name is taken, or its derivative is wrong.
        ShapeError: one does not keep shapes, for some sizes, or the dtype.
    """
    given: Iterable[Any] = functions
    for f in given:
        if not isinstance(f, Activation | Cost):
            raise SettingError(f"functions must be nn.Activation or nn.Cost; got a value of type {type(f).__name__}.")
        activation_name("register", f) if isinstance(f, Activation) else cost_name("register", f)


def activation_name(where: str, given: Any) -> Any:
    """The name of an activation, which is checked and known from now on; what is no activation is returned as it is."""
    if not isinstance(given, Activation):
        return given
    if _is_new(where, "activation", given, ACTIVATIONS, OUTPUTS):
        _check_activation(f"{where}: activation {given.name}", given)
        ACTIVATIONS[given.name], OUTPUTS[given.name] = given, given.value
    return given.name


def cost_name(where: str, given: Any) -> Any:
    """The name of a cost, which is checked and known from now on; what is no cost is returned as it is."""
    if not isinstance(given, Cost):
        return given
    if _is_new(where, "cost", given, COSTS, COSTS):
        if given.natural_output not in (None, *OUTPUTS):
            raise SettingError(
                f"{where}: cost {given.name} must belong to an output that exists, or to None; "
                f"got {given.natural_output!r}."
            )
        _check_cost(f"{where}: cost {given.name}", given)
        COSTS[given.name] = given
    return given.name


def own(name: str) -> Activation | Cost | None:
    """A function of one's own, by its name, for whoever takes a network to another process."""
    return None if name in BUILT_IN else ACTIVATIONS.get(name) or COSTS.get(name)


def know(f: Activation | Cost | None) -> None:
    """Take a function over from another process, where it was checked."""
    if isinstance(f, Activation) and f.name not in OUTPUTS:
        ACTIVATIONS[f.name], OUTPUTS[f.name] = f, f.value
    if isinstance(f, Cost) and f.name not in COSTS:
        COSTS[f.name] = f


def _is_new(where: str, kind: str, given: Any, table: Any, taken: Any) -> bool:
    name = given.name
    if not isinstance(name, str) or not name.isidentifier():
        raise SettingError(f"{where}: the name of the {kind} must be a word, such as 'swish'; got {name!r}.")
    known = table.get(name)
    if name not in BUILT_IN and known is not None and all(map(_same, _functions(known), _functions(given))):
        return False
    if name in taken:
        raise SettingError(f"{where}: {kind} {name!r} must be one function only; got another. Choose another name?")
    return True


def _functions(f: Any) -> list[Any]:
    return [f.value, f.derivative] if isinstance(f, Activation) else [f.losses, f.derivative]


def _same(f: Any, g: Any) -> bool:
    """Whether two functions are one, or the same text that ran twice, as in a notebook."""
    parts = ("__code__", "__defaults__", "__closure__")
    return f == g or (hasattr(f, "__code__") and all(getattr(f, part) == getattr(g, part, 0) for part in parts))


def _check_activation(what: str, g: Activation) -> None:
    Z = _random(4, 25)
    for name, f in (("value", g.value), ("derivative", g.derivative)):
        _check_array(f"{what}: its {name}", "Z", f, 1)

        def entrywise(Z: Float[Array, "n m"], f: Callable[[Array], Array] = f) -> Float[Array, "n m"]:
            return f(Z)

        _prove(f"{what}: its {name}", entrywise, 1)
        if not np.allclose(f(Z)[1:2, 3:9], f(Z[1:2, 3:9]), equal_nan=True):
            raise SettingError(f"{what}: its {name} must treat each entry alone; got others for the same entry.")

    def total(Z: Array) -> float:
        return float(np.sum(g.value(Z)))

    _check_derivative(what, total, Z, g.derivative(Z))


def _check_cost(what: str, cost: Cost) -> None:
    def losses(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:
        return cost.losses(Z, A, Y)

    def derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
        return cost.derivative(A, Y)

    _check_callable(f"{what}: its losses", cost.losses, "Z, A and Y", 3)
    _prove(f"{what}: its losses, one for each column, summed over axis 0", losses, 3)
    _check_array(f"{what}: its derivative", "A and Y", cost.derivative, 2)
    _prove(f"{what}: its derivative", derivative, 2)
    Z, Y = _random(3, 8), OUTPUTS["softmax"](_random(3, 8)[::-1])
    output = cost.natural_output or "sigmoid"

    def J(Z: Array) -> float:
        return float(mean(cost.losses(Z, OUTPUTS[output](Z), Y)))

    A = OUTPUTS[output](Z)
    dA = cost.derivative(A, Y)
    dZ = softmax_error(A, dA) if output == "softmax" else dA * ACTIVATIONS[output].derivative(Z)
    _check_derivative(what, J, Z, dZ / Z.shape[1])
    if cost.natural_output and not np.allclose(dZ, A - Y):
        raise SettingError(f"{what}: under {output} dZ must be A − Y; got another. Leave natural_output out?")


def _check_callable(what: str, f: Any, arguments: str, count: int) -> None:
    try:
        inspect.signature(f).bind(*range(count))
    except (TypeError, ValueError) as error:
        if not isinstance(f, np.ufunc):
            raise SettingError(f"{what} must be a function of {arguments}; got {f!r} ({error}).") from error


def _check_array(what: str, arguments: str, f: Any, count: int) -> None:
    _check_callable(what, f, arguments, count)
    given = [np.full((2, 3), 0.25, np.float32) for _ in range(count)]
    result: Any = f(*given)
    if not is_array(result) or result.shape != (2, 3) or result.dtype != np.float32:
        got = f"{shape_text(result)} {result.dtype}" if is_array(result) else type(result).__name__
        remedy = " Add .astype(Z.dtype)?" if is_array(result) and result.shape == (2, 3) else ""
        raise ShapeError(
            f"{what} must return an array of the shape and dtype it takes; got {got} of 2×3 float32.{remedy}"
        )
    if any((x != 0.25).any() for x in given):
        raise SettingError(f"{what} must be pure; got one that writes into its arguments. Return a new array?")


def _prove(what: str, f: Any, count: int) -> None:
    if not checks_are_on():  # nothing can be proved then
        return
    try:
        prove(f, *[symbolic("n m", np.float64) for _ in range(count)])
    except ShapeError as error:
        raise ShapeError(f"{what}, must fit for all sizes; got, in a proof: {error}") from error


def _check_derivative(what: str, J: Callable[[Array], float], Z: Array, dZ: Array) -> None:
    error = gradient_error(J, Z, dZ)
    if not error < CLOSE:
        raise SettingError(
            f"{what}: its derivative must be that of its values; got one that is {error:.1e} away from central "
            f"differences, of at most {CLOSE:.0e}. Derive it again?"
        )


def _random(n: int, m: int) -> Array:
    return np.random.default_rng(0).normal(0, 1.5, (n, m))
