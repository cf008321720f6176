"""What a trained network says of new samples."""

import numpy as np
from jaxtyping import Float, Int

from nnfunc import boundary
from nnfunc.array import Array
from nnfunc.columns import pixels_to_floats
from nnfunc.errors import SettingError
from nnfunc.network import forward
from nnfunc.params import Params
from nnfunc.shapes import checked, first


@first(boundary.prediction_fits)
@checked
def probabilities(params: Params, X: Array) -> Float[Array, "n m"]:
    """A[L] of floats as they are, or of pixels 0..255 (uint8), which are scaled."""
    return forward(params, pixels_to_floats(X, params.dtype)).output


@first(boundary.prediction_fits)
@checked
def predict(params: Params, X: Array) -> Int[Array, " m"]:
    """The class of each sample: the row of its largest output, or 1 where a single sigmoid output is above 0.5.

    Args:
        params: of the network.
        X: floats as they are, or pixels 0..255 (uint8), which are scaled.

    Raises:
        SettingError: a single output that is no probability names no class.
    """
    return classes_of(params, probabilities(params, X))


@checked
def classes_of(params: Params, A: Float[Array, "n m"]) -> Int[Array, " m"]:
    """The classes that the outputs A[L] name."""
    if not params.names_classes:
        raise SettingError(
            f"predict: the output must be sigmoid, or more than one, to name classes; got one {params.output} output. "
            f"Its values are nn.forward(params, X).output."
        )
    classes: Array = A.argmax(axis=0) if A.shape[0] > 1 else np.greater(A[0], 0.5).astype(np.intp)
    return classes
