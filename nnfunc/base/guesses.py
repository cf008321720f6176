"""Names that people guess, because other libraries use them, and what they are called here."""

import functools
import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from nnfunc.base.errors import SettingError

F = TypeVar("F", bound=Callable[..., Any])

SYNONYMS = {
    # optimizers
    "sgd": "descent",
    "gd": "descent",
    "gradient_descent": "descent",
    "nag": "nesterov",
    "l_bfgs": "lbfgs",
    # costs
    "mse": "squared_error",
    "mean_squared_error": "squared_error",
    "l2_loss": "squared_error",
    "nll": "cross_entropy",
    "log_loss": "cross_entropy",
    "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy",
    "crossentropy": "cross_entropy",
    "binary_crossentropy": "binary_cross_entropy",
    "bce": "binary_cross_entropy",
    # activations
    "linear": "identity",
    "none": "identity",
    "logistic": "sigmoid",
    "leakyrelu": "leaky_relu",
    # arguments
    "batch_size": "batch",
    "lr": "learning_rate",
    "learning_rate_init": "learning_rate",
    "max_iter": "epochs",
    "n_epochs": "epochs",
    "num_epochs": "epochs",
    "validation_data": "validation",
    "weight_decay": "l2",
    "random_state": "seed",
    "hidden_layer_sizes": "sizes",
    "layers": "sizes",
    "class_weight": "class_weights",
    "sample_weight": "sample_weights",
    "clipnorm": "clip",
    "max_norm": "clip",
    "loss": "cost",
}
"""The field's names, and ours."""


def meant(name: object, known: Iterable[str]) -> str | None:
    """Return the known name that a written one stands for: its synonym, or the nearest; None if unclear."""
    names, written = sorted(known), str(name).lower().replace("-", "_")
    synonym = SYNONYMS.get(written)
    return synonym if synonym in names else next(iter(get_close_matches(written, names, n=1)), None)


def keywords_explained(f: F) -> F:
    """Explain a keyword that `f` does not have, by the one that is meant.

    Raises:
        SettingError: when called: a keyword is unknown.
    """
    names = [name for name, each in inspect.signature(f).parameters.items() if each.kind is not each.VAR_KEYWORD]

    @functools.wraps(f)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        for name in kwargs:
            if name not in names:
                likely = meant(name, names)
                remedy = f"Did you mean {likely}=?" if likely else f"It has {', '.join(names)}."
                raise SettingError(f"{f.__name__}: keywords must be among its arguments; got {name}=. {remedy}")
        return f(*args, **kwargs)

    return cast("F", wrapper)
