"""Translation of an estimator's parameters into settings of `nn.train`, and checks of them."""

import math
from typing import Any

from nnfunc.activations import ACTIVATIONS, Activation, ActivationName
from nnfunc.base.errors import SettingError
from nnfunc.base.validation import is_number, unknown, whole_number
from nnfunc.optimizers import Adam, GradientDescent, Momentum, Nesterov
from nnfunc.training.steps.lbfgs import LBFGS
from nnfunc.training.steps.settings import OPTIMIZERS, optimizer_of

SOLVERS = ("lbfgs", "sgd", "adam")

LEARNING_RATES = ("constant", "invscaling", "adaptive")

COST_TOLERANCE = 2.220446049250313e-09
"""SciPy's default for L-BFGS, which scikit-learn does not change."""


def hidden_of(hidden_layer_sizes: Any) -> tuple[int, ...]:
    """Return the number of nodes of each hidden layer.

    Raises:
        SettingError: one is not a whole number of at least 1.
    """
    sizes = hidden_layer_sizes if hasattr(hidden_layer_sizes, "__iter__") else (hidden_layer_sizes,)
    return tuple(whole_number("hidden_layer_sizes", "each", size) for size in sizes)


def activations_of(activation: Any, hidden: int) -> tuple[ActivationName | Activation, ...]:
    """Return the activation of each hidden layer, by nnfunc's names: logistic is the sigmoid.

    Raises:
        SettingError: a name is unknown, or there are too few or too many.
    """
    if type(activation) not in (str, Activation, tuple, list):
        raise SettingError(f"activation must be a name, or one for each hidden layer; got {activation!r}.")
    given: tuple[Any, ...] = (activation,) * hidden if isinstance(activation, str | Activation) else tuple(activation)
    if len(given) != hidden:
        raise SettingError(f"activation must be one name, or one for each of {hidden} hidden layers; got {given}.")
    names: tuple[Any, ...] = tuple("sigmoid" if name == "logistic" else name for name in given)
    for name in names:
        if not isinstance(name, Activation) and not (isinstance(name, str) and name in ACTIVATIONS):
            raise unknown("MLP", "activation", name, (*ACTIVATIONS, "logistic"))
    return names


def is_stochastic(estimator: Any) -> bool:
    """Return whether the solver takes mini-batches, so that `partial_fit` and early stopping make sense."""
    return estimator.solver != "lbfgs" and not hasattr(estimator.solver, "descent")


def solver_of(estimator: Any) -> Any:
    """Return the optimizer of an estimator's solver, which may be one of `nn.train`, by name or as an object.

    Raises:
        SettingError: the name is unknown, or a number is out of range.
    """
    solver = estimator.solver
    if solver == "lbfgs":
        return LBFGS(gradient_tolerance=estimator.tol, cost_tolerance=COST_TOLERANCE, most_gradients=estimator.max_fun)
    if solver == "sgd":
        kind = Nesterov if estimator.nesterovs_momentum else Momentum
        return kind(momentum=estimator.momentum) if estimator.momentum else GradientDescent()
    if solver == "adam":
        return Adam(beta_1=estimator.beta_1, beta_2=estimator.beta_2, epsilon=estimator.epsilon)
    if isinstance(solver, str) and solver not in OPTIMIZERS:
        raise unknown("MLP", "solver", solver, {*SOLVERS, *OPTIMIZERS})
    return optimizer_of("MLP", solver)


def check_numbers(estimator: Any) -> None:
    """Raise unless all parameters are in range, before any of them is used.

    Raises:
        SettingError: one is out of range.
    """
    if estimator.learning_rate not in LEARNING_RATES:
        raise unknown("MLP", "learning_rate", estimator.learning_rate, LEARNING_RATES)
    for name, *others in (("max_iter",), ("max_fun",), ("batch_size", "auto"), ("n_iter_no_change", math.inf)):
        if getattr(estimator, name) not in others:
            whole_number("MLP", name, getattr(estimator, name))
    for name in ("alpha", "tol", "power_t"):
        value: Any = getattr(estimator, name)
        if not (is_number(value) and value >= 0):
            raise SettingError(f"MLP: {name} must be a number from 0; got {value!r}.")
    if not (is_number(estimator.learning_rate_init) and 0 < estimator.learning_rate_init < float("inf")):
        raise SettingError(
            f"MLP: learning_rate_init must be a finite number above 0; got {estimator.learning_rate_init!r}."
        )
    if estimator.early_stopping and not 0 < estimator.validation_fraction < 1:
        raise SettingError(f"MLP: validation_fraction must be between 0 and 1; got {estimator.validation_fraction!r}.")
