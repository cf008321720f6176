"""The results of the two passes: the cache of the forward pass, and the gradients of the backward pass.

Both hold read-only views, not copies: no other code holds the arrays that a pass creates, and A[0] is the caller's X.
"""

from dataclasses import dataclass
from typing import TypeAlias

from jaxtyping import Float

from nnfunc.base.array import Array, shape_text
from nnfunc.base.html import table
from nnfunc.model.params import all_are
from nnfunc.shapes import checked
from nnfunc.tracing import tree

Masks: TypeAlias = tuple[Array, ...]
"""The factors of the entries of A[l], n[l]×m, for each hidden layer."""


def times(x: Array, factors: Array | None) -> Array:
    """Return x ∗ factors, entry by entry, or x itself if there are none."""
    return x if factors is None else x * factors


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerCache(tree.Node):
    """The arrays of layer l in the forward pass: A[l−1], Z[l], A[l], and the mask that multiplied A[l], if any."""

    A_prev: Float[Array, "n_in m"]
    Z: Float[Array, "n_out m"]
    A: Float[Array, "n_out m"]
    mask: Float[Array, "n_out m"] | None = None


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cache(tree.Node):
    """The arrays of the forward pass, layer by layer."""

    layers: tuple[LayerCache, ...]

    def __post_init__(self) -> None:
        all_are(LayerCache, "cache", self.layers)

    @property
    def output(self) -> Float[Array, "n_out m"]:
        """The output of the network, A[L]."""
        return self.layers[-1].A

    def _repr_html_(self) -> str:
        rows = (
            (l, shape_text(layer.A_prev), shape_text(layer.Z), shape_text(layer.A))
            for l, layer in enumerate(self.layers, start=1)
        )
        return table(("layer l", "A[l−1]", "Z[l]", "A[l]"), rows)


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerGrads(tree.Node):
    """The gradients dW[l] and db[l] of the mean cost over the samples."""

    dW: Float[Array, "n_out n_in"]
    db: Float[Array, "n_out 1"]


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grads(tree.Node):
    """The gradients, layer by layer, in the order of `Params.layers`."""

    layers: tuple[LayerGrads, ...]

    def __post_init__(self) -> None:
        all_are(LayerGrads, "grads", self.layers)
