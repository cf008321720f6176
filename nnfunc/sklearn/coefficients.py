"""A network as scikit-learn keeps it, and back: lists of weights, with a row for each input, and of biases."""

from typing import Any

import numpy as np

from nnfunc.array import Array
from nnfunc.params import Layer, Params, costs_of
from nnfunc.registry import activation_name
from nnfunc.sklearn.settings import activations_of


def coefficients_of(params: Params) -> dict[str, Any]:
    """The attributes of an estimator that has learnt these; they may be changed."""
    return {
        "coefs_": [np.array(layer.W.T, order="C") for layer in params.layers],
        "intercepts_": [layer.b[:, 0].copy() for layer in params.layers],
        "n_layers_": len(params.layers) + 1,
        "n_outputs_": params.sizes[-1],
        "out_activation_": "logistic" if params.output == "sigmoid" else params.output,
    }


def network_of(estimator: Any) -> Params:
    """The network of an estimator, with its coefficients as they are now."""
    coefs: list[Any] = estimator.coefs_
    output = "sigmoid" if estimator.out_activation_ == "logistic" else estimator.out_activation_
    names = [activation_name("MLP", one) for one in activations_of(estimator.activation, len(coefs) - 1)]
    layers = (
        Layer(np.ascontiguousarray(np.asarray(W).T), np.asarray(b)[:, None], name)
        for W, b, name in zip(coefs, estimator.intercepts_, [*names, output], strict=True)
    )
    return Params(tuple(layers), costs_of(output)[0])


def rows_of(X: Any) -> Array:
    """Rows of numbers; those of a sparse matrix with their zeros."""
    return np.ascontiguousarray(X.toarray() if hasattr(X, "toarray") else X)
