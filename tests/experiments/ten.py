"""Ten experiments, as users write them: each is proved by `nnfunc prove`, for all sizes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Integer, UInt8

import nnfunc as nn
from nnfunc import Array


@nn.checked("n_out n_in m")
def dense(
    W: Float[Array, "n_out n_in"], b: Float[Array, "n_out 1"], X: Float[Array, "n_in m"]
) -> Float[Array, "n_out m"]:
    """A hand-written layer."""
    Z: Array = W @ X + b
    return Z * (Z > 0)


@nn.checked("d m n h")
def attention(Q: Float[Array, "d m"], K: Float[Array, "d n"], V: Float[Array, "h n"]) -> Float[Array, "h m"]:
    """Each column of Q looks at all columns of K."""
    scores = np.einsum("dn,dm->nm", K, Q) / np.sqrt(Q.shape[0])
    weights = np.exp(scores - scores.max(axis=0, keepdims=True))
    weights = weights / weights.sum(axis=0, keepdims=True)
    mixed: Array = np.einsum("hn,nm->hm", V, weights)
    return mixed


@nn.checked("n m")
def dropout(A: Float[Array, "n m"], rng: np.random.Generator, keep: float = 0.8) -> Float[Array, "n m"]:
    """Random nodes set to 0, the others made larger."""
    kept = rng.random((A.shape[0], A.shape[1])) < keep
    return np.where(kept, A / np.float32(keep), 0)


@nn.checked("n m k")
def halves(X: Float[Array, "n m"], W: Float[Array, "k n"]) -> Float[Array, "k m"]:
    """The first and the second half of a batch, one after the other."""
    half = X.shape[1] // 2
    first, second = W @ X[:, :half], W @ X[:, half:]
    return np.concatenate([first, second], axis=1)


@nn.checked("n m k")
def bias_as_column(X: Float[Array, "n m"], W: Float[Array, "k n+1"]) -> Float[Array, "k m"]:
    """The bias is the last column of W; under X stands a row of ones."""
    ones = np.ones((1, X.shape[1]), X.dtype)
    Z: Array = W @ np.concatenate([X, ones])
    return Z


@nn.checked("n m")
def standardized(X: Float[Array, "n m"]) -> Float[Array, "n m"]:
    """Each row with mean 0 and variance 1."""
    mean, deviation = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    Z: Array = (X - mean) / np.maximum(deviation, 1e-6)
    return Z


@nn.checked("m")
def pooled(images: UInt8[Array, "m 28 28"]) -> Float[Array, "196 m"]:
    """The mean of each block of 2×2 pixels, 0..1, one image per column."""
    blocks = images.reshape(images.shape[0], 14, 2, 14, 2)
    X: Array = (blocks.mean(axis=(2, 4), dtype=np.float32) / 255).reshape(-1, 196)
    return X.T


@nn.checked("c m")
def top_two(A: Float[Array, "c m"]) -> Int[Array, "2 m"]:
    """The two most probable classes of each sample."""
    order = np.argsort(-A, axis=0)
    return order[:2]


@nn.checked("c m")
def picked(A: Float[Array, "c m"], y: Integer[Array, " m"]) -> Float[Array, " m"]:
    """The probability of each sample's own class."""
    own: Array = A[y, np.arange(A.shape[1])]
    return own


@nn.checked("k n")
@dataclass(frozen=True)
class Momentum:
    """Weights, and how they moved."""

    W: Float[Array, "k n"]
    V: Float[Array, "k n"]


@nn.checked("k n m")
def momentum(state: Momentum, dZ: Float[Array, "k m"], X: Float[Array, "n m"], α: float, β: float = 0.9) -> Momentum:
    """One step of gradient descent with momentum."""
    dW = dZ @ X.T / X.shape[1]
    V = β * state.V + dW
    return Momentum(state.W - α * V, V)
