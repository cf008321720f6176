"""What the two passes leave behind: the cache of the forward pass, the gradients of the backward pass.

Both hold read-only views: what a step makes belongs to nobody else, and A[0] is the caller's X, not a copy.
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
"""n[l]×m factors of the entries of A[l], for each hidden layer."""


def times(x: Array, factors: Array | None) -> Array:
    """x ∗ factors, entry by entry, or x itself where there are none."""
    return x if factors is None else x * factors


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerCache(tree.Node):
    """What layer l saw and made: A[l−1], Z[l], A[l]; and the mask that A[l] was multiplied by, if there was one."""

    A_prev: Float[Array, "n_in m"]
    Z: Float[Array, "n_out m"]
    A: Float[Array, "n_out m"]
    mask: Float[Array, "n_out m"] | None = None


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cache(tree.Node):
    """The forward pass, layer by layer."""

    layers: tuple[LayerCache, ...]

    def __post_init__(self) -> None:
        all_are(LayerCache, "cache", self.layers)

    @property
    def output(self) -> Float[Array, "n_out m"]:
        """A[L]."""
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
    """dW[l] and db[l], of the mean cost over the samples."""

    dW: Float[Array, "n_out n_in"]
    db: Float[Array, "n_out 1"]


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grads(tree.Node):
    """The gradients, layer by layer, in the order of `Params.layers`."""

    layers: tuple[LayerGrads, ...]

    def __post_init__(self) -> None:
        all_are(LayerGrads, "grads", self.layers)
