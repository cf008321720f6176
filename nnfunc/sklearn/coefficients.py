"""Conversion between networks and scikit-learn's lists of weights, with a row for each input, and of biases."""

from typing import Any

import numpy as np

from nnfunc.activations import OUTPUTS, SIGMOID
from nnfunc.base.array import Array
from nnfunc.costs import costs_of
from nnfunc.model.params import Layer, Params
from nnfunc.sklearn.settings import activations_of


def coefficients_of(params: Params) -> dict[str, Any]:
    """Return the learned attributes of an estimator, as copies that may be written to."""
    return {
        "coefs_": [np.array(layer.W.T, order="C") for layer in params.layers],
        "intercepts_": [layer.b[:, 0].copy() for layer in params.layers],
        "n_layers_": len(params.layers) + 1,
        "n_outputs_": params.sizes[-1],
        "out_activation_": "logistic" if params.output == SIGMOID else params.output.name,
    }


def network_of(estimator: Any) -> Params:
    """Return the network of an estimator, from its current coefficients."""
    coefs: list[Any] = estimator.coefs_
    output = SIGMOID if estimator.out_activation_ == "logistic" else OUTPUTS[estimator.out_activation_]
    hidden = (OUTPUTS[g] if isinstance(g, str) else g for g in activations_of(estimator.activation, len(coefs) - 1))
    layers = (
        Layer(np.ascontiguousarray(np.asarray(W).T), np.asarray(b)[:, None], g)
        for W, b, g in zip(coefs, estimator.intercepts_, [*hidden, output], strict=True)
    )
    return Params(tuple(layers), costs_of(output)[0])


def rows_of(X: Any) -> Array:
    """Return X as contiguous rows; a sparse matrix becomes dense."""
    return np.ascontiguousarray(X.toarray() if hasattr(X, "toarray") else X)
