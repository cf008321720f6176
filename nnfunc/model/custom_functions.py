"""Lookup of activations and costs by name, and checks of custom ones."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from jaxtyping import Float

from nnfunc.activations import ACTIVATIONS, OUTPUTS, SIGMOID, SOFTMAX, Activation, softmax_error
from nnfunc.base.array import Array, is_array, shape_text
from nnfunc.base.errors import NnfuncError, SettingError, ShapeError
from nnfunc.base.validation import unknown
from nnfunc.costs import COSTS, Cost
from nnfunc.model.differences import STEP, slopes, slopes_error
from nnfunc.shapes import checks_are_on
from nnfunc.shapes.symbolic import prove, symbolic

CLOSE = 1e-6
"""The largest error of a derivative compared with central differences, relative to its length."""

SCALES = (0.1, 1.0, 10.0, 100.0)
"""The scales of the random numbers that custom functions are tried on; beyond 1 a derivative may overflow."""

SATURATED = 1e-6
"""The slope of an output below which a cost is not checked: A is too close to its bound, or clipped by the cost."""

F = TypeVar("F", Activation, Cost)


class Functions(NamedTuple):
    """Activations and costs by name, for reading files, which contain only the names."""

    activations: Mapping[str, Activation] = OUTPUTS
    costs: Mapping[str, Cost] = COSTS


OURS = Functions()


def functions_of(where: str, given: Any) -> Functions:
    """Return the built-in functions and the custom ones given, one or several, by name.

    Raises:
        SettingError: one is neither an activation nor a cost, or its name is taken.
    """
    activations, costs = dict(OUTPUTS), dict(COSTS)
    several: Any = given if hasattr(given, "__iter__") else [given]
    for f in several:
        if isinstance(f, Activation):
            activations[f.name] = function_of(where, "activation", f, activations)
        elif isinstance(f, Cost):
            costs[f.name] = function_of(where, "cost", f, costs)
        else:
            raise SettingError(
                f"{where}: functions must be nn.Activation or nn.Cost; got a value of type {type(f).__name__}."
            )
    return Functions(activations, costs)


def function_of(where: str, what: str, given: Any, known: Mapping[str, F]) -> F:
    """Return the activation, output or cost of a name; or a custom one itself, whose name must be free.

    Raises:
        SettingError: the name is unknown; or that of a custom one is not an identifier, or taken.
    """
    if not isinstance(given, Cost if what == "cost" else Activation):
        if not isinstance(given, str) or given not in known:
            raise unknown(where, what, given, ACTIVATIONS if what == "activation" else known)
        return known[given]
    name, kind = cast("Any", given.name), type(given).__name__.lower()
    if not isinstance(name, str) or not name.isidentifier():
        raise SettingError(f"{where}: the name of the {kind} must be a word, such as 'swish'; got {name!r}.")
    if known.get(name, given) != given:
        raise SettingError(
            f"{where}: {kind} {name!r} must name a single function; got a second one. Choose another name?"
        )
    return cast("F", given)


def check_functions(where: str, activations: Sequence[Activation], cost: Cost) -> None:
    """Check the custom functions of a network; the last activation is the output.

    Raises:
        SettingError: one is not pure, mixes entries (or samples), or has a wrong derivative; or the natural output of
            the cost does not exist.
        ShapeError: one changes the dtype, or for some sizes the shape.
    """
    natural: Any = cost.natural_output
    if not (natural is None or isinstance(natural, Activation) or (isinstance(natural, str) and natural in OUTPUTS)):
        raise SettingError(
            f"{where}: cost {cost.name} must belong to an output that exists, or to None; got {natural!r}."
        )
    several = (*activations, natural) if isinstance(natural, Activation) else activations
    for g in {id(g): g for g in several if g.name not in OUTPUTS}.values():
        _check_activation(f"{where}: activation {g.name}", g)
    if cost.name not in COSTS:
        _check_cost(f"{where}: cost {cost.name}", cost, activations[-1])


def _check_activation(what: str, g: Activation) -> None:
    for name, f in (("value", g.value), ("derivative", g.derivative)):
        _check_array(f"{what}: its {name}", f, "Z", 1)

        def entrywise(Z: Float[Array, "n m"], f: Callable[[Array], Array] = f) -> Float[Array, "n m"]:
            return f(Z)

        _prove(f"{what}: its {name}", entrywise, 1)
        several = _random(1.5)
        _refuse_others(f"{what}: its {name}", "entry", f(several)[1:2, 3:9], f(several[1:2, 3:9]))
    for scale in SCALES:
        with np.errstate(all="ignore"):
            Z = _random(scale)
            dZ, between = g.derivative(Z), slopes(g.value, Z, STEP * scale)
            _refuse_wrong(what, slopes_error(dZ, between, np.isfinite(sum(between, dZ)) | (scale <= 10)))


def _check_cost(what: str, cost: Cost, output: Activation) -> None:
    def losses(Z: Float[Array, "n m"], A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, " m"]:
        return cost.losses(Z, A, Y)

    def derivative(A: Float[Array, "n m"], Y: Float[Array, "n m"]) -> Float[Array, "n m"]:
        return cost.derivative(A, Y)

    found = _called(f"{what}: its losses", cost.losses, "Z, A and Y", 3)
    _prove(f"{what}: its losses, one for each column, summed over axis 0", losses, 3)
    _refuse_misfit(f"{what}: its losses", found, "one number for each column, of the dtype it takes", (3,))
    _check_array(f"{what}: its derivative", cost.derivative, "A and Y", 2)
    _prove(f"{what}: its derivative", derivative, 2)
    given = _random(1.0), SIGMOID.value(_random(1.0)), SOFTMAX.value(_random(1.0)[::-1])
    Z, A, Y = (x[:, 3:9] for x in given)
    _refuse_others(f"{what}: its losses", "sample", cost.losses(*given)[3:9], cost.losses(Z, A, Y))
    _refuse_others(f"{what}: its derivative", "sample", cost.derivative(*given[1:])[:, 3:9], cost.derivative(A, Y))
    with np.errstate(all="ignore"):
        for g, scale in product(_outputs_of(cost, output), SCALES):
            for targets in _targets(g, scale):
                _check_slopes(what, cost, g, targets, scale, flat=g == output)


def _outputs_of(cost: Cost, output: Activation) -> list[Activation]:
    """Return the outputs to check a cost with: its natural one; else, if it reads Z, the network's; else all."""
    if (natural := cost.natural_output) is not None:
        return [OUTPUTS[natural] if isinstance(natural, str) else natural]
    Z, A, Y = _random(1.0), SIGMOID.value(_random(1.0)), SOFTMAX.value(_random(1.0))
    looks_at_Z = not np.array_equal(cost.losses(Z, A, Y), cost.losses(Z + 1, A, Y), equal_nan=True)
    return [output] if looks_at_Z else [*OUTPUTS.values(), *([] if output.name in OUTPUTS else [output])]


def _targets(output: Activation, scale: float) -> list[Array]:
    """Return Ys to check with: probabilities, one-hot columns and, unless A are probabilities, other numbers."""
    probabilities = SOFTMAX.value(_random(1.0)[::-1])
    classes = [probabilities, np.equal(probabilities, probabilities.max(axis=0)).astype(np.float64)]
    return classes if output in (SOFTMAX, SIGMOID) else [*classes, _random(scale)[:, ::-1]]


def _check_slopes(what: str, cost: Cost, output: Activation, Y: Array, scale: float, *, flat: bool) -> None:
    Z = _random(scale)
    A = output.value(Z)
    dA = cost.derivative(A, Y)
    slope = np.min(A * (1 - A), axis=0) if output == SOFTMAX else np.abs(output.derivative(Z))
    least, largest = slopes(lambda Z: cost.losses(Z, output.value(Z), Y), Z, STEP * scale, by_rows=True)
    # otherwise A or Y may be outside the domain of the cost, or clipped by it: only finite slopes are compared
    strict = bool(scale <= 1 and output in (SIGMOID, SOFTMAX) and Y.min() > 0)
    counts = (slope > SATURATED) & (flat | (least + largest != 0))

    def error(dZ: Array) -> float:
        return slopes_error(dZ, (least, largest), counts & (strict | np.isfinite(least + largest + dZ)))

    _refuse_wrong(what, error(softmax_error(A, dA) if output == SOFTMAX else dA * output.derivative(Z)))
    if cost.natural_output and not error(A - Y) < CLOSE:
        raise SettingError(f"{what}: under {output} dZ must be A − Y; got another. Leave natural_output out?")


def _called(what: str, f: Any, arguments: str, count: int) -> Any:
    given = [np.full((2, 3), 0.25, np.float32) for _ in range(count)]
    try:
        result = f(*given)
    except NnfuncError:
        raise
    except Exception as error:  # a user's function may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise SettingError(f"{what} must be a function of {arguments}; got {f!r} ({reason}).") from error
    if any((x != 0.25).any() for x in given):
        raise SettingError(f"{what} must be pure; got one that writes into its arguments. Return a new array?")
    return result


def _check_array(what: str, f: Any, arguments: str, count: int) -> None:
    _refuse_misfit(what, _called(what, f, arguments, count), "an array of the shape and dtype it takes", (2, 3))


def _refuse_misfit(what: str, found: Any, must: str, shape: tuple[int, ...]) -> None:
    if type(found) is not Array or found.shape != shape or found.dtype != np.float32:
        got = f"{shape_text(found)} {found.dtype}" if is_array(found) else type(found).__name__
        remedy = " Add .astype(Z.dtype)?" if is_array(found) and found.shape == shape else ""
        raise ShapeError(f"{what} must return {must}; got {got} of 2×3 float32.{remedy}")


def _refuse_others(what: str, each: str, among: Array, alone: Array) -> None:
    if not np.allclose(among, alone, equal_nan=True):
        raise SettingError(f"{what} must treat each {each} alone; got others for the same {each}.")


def _prove(what: str, f: Any, count: int) -> None:
    try:
        if checks_are_on():  # nothing can be proved if they are off
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
