"""Slips that pyrefly has to find: an ignore that hides no error is an error, so each marked line must be wrong."""

from jaxtyping import Float

import nnfunc as nn
from nnfunc import notes
from nnfunc.activations import softmax
from nnfunc.base.array import Array
from nnfunc.network import layer_gradient


@nn.checked("n_in n_out m")
def linear(
    W: Float[Array, "n_out n_in"], X: Float[Array, "n_in m"], b: Float[Array, "n_out 1"]
) -> Float[Array, "n_out m"]:
    wrong: Array = W.T @ X  # pyrefly: ignore[unsupported-operation]
    wrong = W @ X + b.T  # pyrefly: ignore[unsupported-operation]
    A: Float[Array, "n_out m"] = softmax(X)  # pyrefly: ignore[bad-assignment]
    layer_gradient(wrong, X)
    layer_gradient(W @ X, X.T)  # pyrefly: ignore[bad-argument-type]
    nn.LayerGrads(W @ X @ X.T, A.sum(axis=1))  # pyrefly: ignore[bad-argument-type]
    Z: Float[Array, "n_out m"] = W @ X + b
    return Z


@nn.checked("m")
def literal(params: notes.Params, X: Float[Array, "784 m"]) -> Float[Array, "10 m"]:
    wrong: Array = params.W1.T @ X  # pyrefly: ignore[unsupported-operation]
    notes.forward(params, X[:783])  # pyrefly: ignore[bad-argument-type]
    linear(params.W2, X, params.b2)  # pyrefly: ignore[bad-argument-type]
    Z: Float[Array, "10 m"] = params.W1 @ X + params.b1
    return Z if wrong is not Z else wrong
