"""The doors at which names become functions, and at which custom activations and costs are checked."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from jaxtyping import Float

from nnfunc.activations import ACTIVATIONS, OUTPUTS, SIGMOID, SOFTMAX, Activation, softmax_error
from nnfunc.array import Array, is_array, shape_text
from nnfunc.costs import COSTS, Cost
from nnfunc.differences import STEP, slopes_error
from nnfunc.errors import SettingError, ShapeError
from nnfunc.numbers import unknown
from nnfunc.shapes import checks_are_on
from nnfunc.symbols import prove, symbolic

CLOSE = 1e-6
"""How far a derivative may be from central differences, relative to its length."""

SCALES = (0.1, 1.0, 10.0, 100.0)
"""Of the numbers that custom functions are tried on; beyond 1 a derivative may overflow."""

F = TypeVar("F", Activation, Cost)


class Functions(NamedTuple):
    """Activations and costs by name, for files, which know them by nothing else."""

    activations: Mapping[str, Activation] = OUTPUTS
    costs: Mapping[str, Cost] = COSTS


OURS = Functions()


def functions_of(given: Any) -> Functions:
    """The functions of the library and custom ones, one or several, which are checked.

    Raises:
        SettingError: one is no activation and no cost, its name is taken, or its derivative is wrong.
        ShapeError: one does not keep shapes, for some sizes, or the dtype.
    """
    activations, costs = dict(OUTPUTS), dict(COSTS)
    several: Iterable[Any] = [given] if isinstance(given, Activation | Cost) else given
    for f in several:
        if isinstance(f, Activation):
            refuse_taken("register", "activation", f, activations)
            activations[f.name] = activation_of("register", f)
        elif isinstance(f, Cost):
            refuse_taken("register", "cost", f, costs)
            costs[f.name] = cost_of("register", f)
        else:
            raise SettingError(f"functions must be nn.Activation or nn.Cost; got a value of type {type(f).__name__}.")
    return Functions(activations, costs)


def activation_of(where: str, given: Any, what: str = "activation") -> Activation:
    """The activation of a name, or a custom one, which is checked; `what` is activation or output.

    Raises:
        SettingError: there is none of that name, or a custom one has a name that is taken or a wrong derivative.
        ShapeError: a custom one does not keep shapes, for some sizes, or the dtype.
    """
    offered = OUTPUTS if what == "output" else ACTIVATIONS
    return _function_of(where, what, given, Activation, OUTPUTS, offered, _check_activation)


def cost_of(where: str, given: Any) -> Cost:
    """The cost of a name, or a custom one, which is checked.

    Raises:
        SettingError: there is none of that name, or a custom one has a name that is taken or a wrong derivative.
        ShapeError: a custom one does not keep shapes, for some sizes, or the dtype.
    """
    return _function_of(where, "cost", given, Cost, COSTS, COSTS, _check_cost)


def refuse_taken(where: str, kind: str, f: F, known: Mapping[str, F]) -> None:
    """Refuse a function with the name of another one.

    Raises:
        SettingError: there is one of that name.
    """
    if known.get(f.name, f) != f:
        raise SettingError(f"{where}: {kind} {f.name!r} must be one function only; got another. Choose another name?")


def _function_of(
    where: str,
    what: str,
    given: Any,
    of: type[F],
    ours: Mapping[str, F],
    offered: Iterable[str],
    check: Callable[[str, F], None],
) -> F:
    """One of ours by its name, of which some are offered; or a custom one, once it has passed its check."""
    if not isinstance(given, of):
        if given not in ours:
            raise unknown("params", what, given, offered)
        return ours[given]
    kind, name = of.__name__.lower(), cast("Any", given.name)
    if not isinstance(name, str) or not name.isidentifier():
        raise SettingError(f"{where}: the name of the {kind} must be a word, such as 'swish'; got {name!r}.")
    refuse_taken(where, kind, given, ours)
    if name not in ours:
        check(f"{where}: {kind} {name}", given)
    return given


def _check_activation(what: str, g: Activation) -> None:
    for name, f in (("value", g.value), ("derivative", g.derivative)):
        _check_array(f"{what}: its {name}", "Z", f, 1)

        def entrywise(Z: Float[Array, "n m"], f: Callable[[Array], Array] = f) -> Float[Array, "n m"]:
            return f(Z)

        _prove(f"{what}: its {name}", entrywise, 1)
        several = _random(1.5)
        if not np.allclose(f(several)[1:2, 3:9], f(several[1:2, 3:9]), equal_nan=True):
            raise SettingError(f"{what}: its {name} must treat each entry alone; got others for the same entry.")
    for scale in SCALES:
        with np.errstate(all="ignore"):
            Z = _random(scale)
            _refuse_wrong(what, slopes_error(g.value, Z, g.derivative(Z), STEP * scale, strict=scale <= 1))


def _check_cost(what: str, cost: Cost) -> None:
    if isinstance(cost.natural_output, str) and cost.natural_output not in OUTPUTS:
        raise SettingError(f"{what} must belong to an output that exists, or to None; got {cost.natural_output!r}.")

    def losses(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:
        return cost.losses(Z, A, Y)

    def derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
        return cost.derivative(A, Y)

    _check_callable(f"{what}: its losses", cost.losses, "Z, A and Y", 3)
    _prove(f"{what}: its losses, one for each column, summed over axis 0", losses, 3)
    _check_array(f"{what}: its derivative", "A and Y", cost.derivative, 2)
    _prove(f"{what}: its derivative", derivative, 2)
    with np.errstate(all="ignore"):
        for output, scale in product(_outputs_of(cost), SCALES):
            for Y in _targets(output, scale):
                _check_slopes(what, cost, output, Y, scale)


def _outputs_of(cost: Cost) -> list[Activation]:
    """Every output that a cost may stand on."""
    natural = cost.natural_output
    named = OUTPUTS[natural] if isinstance(natural, str) else natural
    return list(OUTPUTS.values()) if named is None else [named]


def _targets(output: Activation, scale: float) -> list[Array]:
    """Values of Y that an output may meet: probabilities, and, where it is none, numbers of its scale."""
    probabilities = SOFTMAX.value(_random(1.0)[::-1])
    return [probabilities] if output in (SOFTMAX, SIGMOID) else [probabilities, _random(scale)[:, ::-1]]


def _check_slopes(what: str, cost: Cost, output: Activation, Y: Array, scale: float) -> None:
    def error(dZ: Array) -> float:
        strict = scale <= 1 and output in (SIGMOID, SOFTMAX)  # another may be outside of what a cost is for
        return slopes_error(
            lambda Z: cost.losses(Z, output.value(Z), Y), Z, dZ, STEP * scale, by_rows=True, strict=strict
        )

    Z = _random(scale)
    A = output.value(Z)
    dA = cost.derivative(A, Y)
    _refuse_wrong(what, error(softmax_error(A, dA) if output == SOFTMAX else dA * output.derivative(Z)))
    if cost.natural_output and not error(A - Y) < CLOSE:
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
    try:
        if checks_are_on():  # nothing can be proved where they are off
            prove(f, *[symbolic("n m", np.float64) for _ in range(count)])
    except ShapeError as error:
        raise ShapeError(f"{what}, must fit for all sizes; got, in a proof: {error}") from error


def _refuse_wrong(what: str, error: float) -> None:
    if not error < CLOSE:
        raise SettingError(
            f"{what}: its derivative must be that of its values; got one that is {error:.1e} away from central "
            f"differences, of at most {CLOSE:.0e}. Derive it again?"
        )


def _random(scale: float) -> Array:
    return np.random.default_rng(0).normal(0, scale, (4, 25))
