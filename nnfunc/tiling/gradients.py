"""The gradient over all samples, computed as a mean over tiles, and its check by finite differences."""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Real

from nnfunc.base.array import Array, Scalar
from nnfunc.base.validation import whole_number
from nnfunc.data.encoding import pixels_to_floats
from nnfunc.model import checks
from nnfunc.model.cache_and_grads import Grads, LayerGrads, Masks
from nnfunc.model.differences import gradient_error
from nnfunc.model.params import Params
from nnfunc.network import backward, cost, forward, mean_cost
from nnfunc.recording.step import Step
from nnfunc.shapes import checked, checked_with
from nnfunc.tiling.lanes import in_lanes, processors
from nnfunc.tracing import tree


@checked_with(checks.samples)
def gradient(
    params: Params,
    X: Real[Array, "n_in m"],
    Y: Float[Array, "n_out m"],
    weights: Float[Array, " m"] | None = None,
    *,
    threads: int | None = None,
) -> tuple[float, Grads]:
    """Compute the mean cost over all samples and its gradient, tile by tile.

    The gradient of a mean is the mean of gradients: Σ over the tiles of (columns of the tile / m) · gradient. The tiles
    are divided into a fixed number of lanes, and the sums of the lanes are added in order, so the number of threads
    changes no bit.

    Args:
        params: where the gradient is taken.
        X: floats, used unchanged, or pixels 0..255 (uint8), which are scaled a tile at a time.
        Y: targets of A[L].
        weights: w of each sample in J = 1/m Σ w · loss; by default 1 for all.
        threads: number of threads that work on the lanes; by default the number of processors.

    Raises:
        ShapeError: X, Y or weights do not fit `params`.
        SettingError: threads is not a whole number of at least 1.
    """
    threads = None if threads is None else whole_number("gradient", "threads", threads)
    return local_gradient(params, X.shape[1], columns_of(X, Y, weights), threads)


Columns: TypeAlias = tuple[Array, Array, Array | None, Masks]
"""The X, Y, weights and masks of some samples."""


def columns_of(X: Array, Y: Array, weights: Array | None = None) -> Callable[[slice], Columns]:
    """Return a function that selects the columns of a tile, without masks."""
    return lambda tile: (X[:, tile], Y[:, tile], None if weights is None else weights[tile], ())


def local_gradient(
    params: Params,
    m: int,
    columns: Callable[[slice], Columns],
    threads: int | None = None,
    used: Callable[[int], object] = bool,
) -> tuple[float, Grads]:
    """Compute the mean cost and gradient of m samples that fit; `used` is told the number of columns of each tile."""
    work = partial(lane_sum, params, m, columns, used=used)
    return mean_of(in_lanes(work, m, params.size, threads or processors()))


Sums: TypeAlias = tuple[Array, ...]
"""The sums of the tiles' shares of the cost, in float64, and of each dW and db, layer by layer."""


def lane_sum(
    params: Params,
    m: int,
    columns: Callable[[slice], Columns],
    lane: Sequence[slice],
    used: Callable[[int], object] = bool,
) -> Sums:
    """Return Σ over the tiles of a lane of (columns of the tile / m) · (cost, gradient)."""
    sums = np.zeros(()), *(np.zeros_like(leaf) for leaf in tree.leaves(params))
    for tile in lane:
        n = tile.stop - tile.start
        ADD_TILE.advance(sums, params, np.array(n / m), *columns(tile))
        used(n)
    return sums


def add_tile(sums: Sums, params: Params, share: Array, X: Array, Y: Array, weights: Array | None, masks: Masks) -> Sums:
    """Return the sums with the share of one tile added."""
    J, grads = tile_gradient(params, X, Y, weights, masks)
    own_share = share.astype(params.dtype)
    parts = (share * J, *(own_share * leaf for leaf in tree.leaves(grads)))
    return tuple(whole + part for whole, part in zip(sums, parts, strict=True))


ADD_TILE = Step(add_tile)


def mean_of(sums: Sequence[Sums]) -> tuple[float, Grads]:
    """Return the mean cost and gradient, from the sums of all lanes."""
    J, *leaves = (reduce(np.add, lane) for lane in zip(*sums, strict=True))
    return float(J), Grads(tuple(LayerGrads(dW, db) for dW, db in zip(leaves[::2], leaves[1::2], strict=True)))


@checked
def tile_gradient(
    params: Params,
    X: Real[Array, "n_in m"],
    Y: Float[Array, "n_out m"],
    weights: Float[Array, " m"] | None,
    masks: Masks,
) -> tuple[Scalar, Grads]:
    """Compute the mean cost of a few samples and its gradient."""
    cache = forward(params, pixels_to_floats(X, params.dtype), masks)
    return mean_cost(params, cache, Y, weights), backward(params, cache, Y, weights)


@checked_with(checks.samples)
def check_gradient(
    params: Params,
    X: Real[Array, "n_in m"],
    Y: Float[Array, "n_out m"],
    weights: Float[Array, " m"] | None = None,
    *,
    masks: Masks = (),
) -> float:
    """Compare `backward` with central differences: return ‖g − ĝ‖ / max(‖g‖, ‖ĝ‖) of the worst W or b.

    Everything is computed in float64, whatever the dtype of `params`; of a large array, a fixed sample of entries is
    compared. `masks` are those of `forward`. Below 1e-7 the gradient is right; near 1 it is wrong; NaN means that
    something is not finite. Where a ReLU is within 1e-5 of its kink there is no derivative to compare, so give the
    biases random values first.

    Raises:
        ShapeError: X, Y, weights or masks do not fit `params`.
    """
    params64, masks64 = tree.map(_in_float64, params), tree.map(_in_float64, masks)
    X64, Y64 = _in_float64(pixels_to_floats(X, np.float64)), _in_float64(Y)
    weights64 = None if weights is None else _in_float64(weights)

    def J(params: Params) -> float:
        return cost(params, forward(params, X64, masks64), Y64, weights64)

    return gradient_error(J, params64, backward(params64, forward(params64, X64, masks64), Y64, weights64))


def _in_float64(x: Array) -> Array:
    return x.astype(np.float64)
