"""The predictions of a trained network for new samples."""

import functools
from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Int, Real

from nnfunc.activations import SIGMOID, SOFTMAX
from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.data.encoding import labels_of, pixels_to_floats
from nnfunc.model import checks
from nnfunc.model.params import Params
from nnfunc.network import forward
from nnfunc.recording import recorded
from nnfunc.shapes import checked_with
from nnfunc.tiling.lanes import TILE, tiles

Answer = Callable[[Params, Array], Array]


def in_tiles(f: Answer) -> Answer:
    """Record f, and apply it to many samples a tile at a time, so that its temporary arrays stay in the cache."""
    of_tile = recorded(f)

    @functools.wraps(f)
    def wrapper(params: Params, samples: Array) -> Array:
        X = np.asarray(samples) if type(samples) is np.memmap else samples
        if type(X) is not Array or type(params) is not Params:
            return f(params, X)
        if X.ndim != 2 or X.shape[1] <= TILE:
            return of_tile(params, X)
        return np.concatenate([of_tile(params, X[:, tile]) for tile in tiles(X.shape[1])], axis=-1)

    return wrapper


@in_tiles
@checked_with(checks.pixels_or_input)
def probabilities(params: Params, X: Real[Array, "n_in m"]) -> Float[Array, "n_out m"]:
    """Compute A[L] of floats, used unchanged, or of pixels 0..255 (uint8), which are scaled."""
    return forward(params, pixels_to_floats(X, params.dtype)).output


@in_tiles
@checked_with(checks.pixels_or_input)
def predict(params: Params, X: Real[Array, "n_in m"]) -> Int[Array, " m"]:
    """Return the class of each sample: the row of its largest output, or 1 where a single sigmoid output is above 0.5.

    Args:
        params: trained network.
        X: floats, used unchanged, or pixels 0..255 (uint8), which are scaled.

    Raises:
        SettingError: a single output that is not a probability does not name a class.
    """
    return classes_of(params, probabilities(params, X))


@in_tiles
@checked_with(checks.pixels_or_input)
def predict_labels(params: Params, X: Real[Array, "n_in m"]) -> Bool[Array, "n_out m"]:
    """Return which of several labels each sample has: those whose sigmoid output is above 0.5.

    Args:
        params: trained network with sigmoid outputs.
        X: floats, used unchanged, or pixels 0..255 (uint8), which are scaled.

    Raises:
        SettingError: the outputs are not sigmoid.
    """
    if params.output != SIGMOID:
        raise SettingError(
            f"predict_labels: the output must be sigmoid, one for each label; got {params.output}. Use nn.predict?"
        )
    return probabilities(params, X) > 0.5


def answers(params: Params, X: Array) -> tuple[Array, Array]:
    """Return the class of each sample, and its probability; NaN if the outputs are not probabilities.

    Raises:
        SettingError: a single output that is not a probability does not name a class.
    """
    A = probabilities(params, X)
    p: Array = A.max(axis=0) if A.shape[0] > 1 else np.maximum(A[0], 1 - A[0])
    is_probability = params.output in (SOFTMAX, SIGMOID)
    return classes_of(params, A), p if is_probability else np.full_like(p, np.nan)


def classes_of(params: Params, A: Array) -> Array:
    """Return the classes that the outputs A[L] name.

    Raises:
        SettingError: a single output that is not a probability does not name a class.
    """
    if not params.names_classes:
        raise SettingError(
            f"predict: the output must be sigmoid, or more than one, to name classes; got one {params.output} output. "
            f"Its values are nn.forward(params, X).output."
        )
    return labels_of(A)
