"""A network as scikit-learn keeps it, and back: lists of weights, with a row for each input, and of biases."""

from typing import Any

import numpy as np

from nnfunc.activations import OUTPUTS, SIGMOID
from nnfunc.base.array import Array
from nnfunc.costs import costs_of
from nnfunc.model.params import Layer, Params
from nnfunc.sklearn.settings import activations_of


def coefficients_of(params: Params) -> dict[str, Any]:
    """The attributes of an estimator that has learnt these; they may be changed."""
    return {
        "coefs_": [np.array(layer.W.T, order="C") for layer in params.layers],
        "intercepts_": [layer.b[:, 0].copy() for layer in params.layers],
        "n_layers_": len(params.layers) + 1,
        "n_outputs_": params.sizes[-1],
        "out_activation_": "logistic" if params.output == SIGMOID else params.output.name,
    }


def network_of(estimator: Any) -> Params:
    """The network of an estimator, with its coefficients as they are now."""
    coefs: list[Any] = estimator.coefs_
    output = SIGMOID if estimator.out_activation_ == "logistic" else OUTPUTS[estimator.out_activation_]
    hidden = (OUTPUTS[g] if isinstance(g, str) else g for g in activations_of(estimator.activation, len(coefs) - 1))
    layers = (
        Layer(np.ascontiguousarray(np.asarray(W).T), np.asarray(b)[:, None], g)
        for W, b, g in zip(coefs, estimator.intercepts_, [*hidden, output], strict=True)
    )
    return Params(tuple(layers), costs_of(output)[0])


def rows_of(X: Any) -> Array:
    """Rows of numbers; those of a sparse matrix with their zeros."""
    return np.ascontiguousarray(X.toarray() if hasattr(X, "toarray") else X)
