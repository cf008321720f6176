"""The gradient of all samples at once, as a mean over tiles, and its check by finite differences."""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Real

from nnfunc import boundary, tree
from nnfunc.array import Array, Scalar
from nnfunc.columns import pixels_to_floats
from nnfunc.costs import COSTS
from nnfunc.network import backward, cost, forward
from nnfunc.params import Params
from nnfunc.passes import Grads, LayerGrads
from nnfunc.recording import Step
from nnfunc.settings import whole_number
from nnfunc.shapes import checked, requires
from nnfunc.tiling import in_lanes, processors
from nnfunc.tree import Tree

STEP = 1e-5
"""Half the distance of the two points of a central difference, relative to a parameter above 1."""

SAMPLE = 200
"""Entries of one array that are checked; all of them in a smaller array."""


@requires(boundary.samples_fit)
@checked("n_in m n_out")
def gradient(
    params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"], *, threads: int | None = None
) -> tuple[float, Grads]:
    """The mean cost over all samples and its gradient, computed tile by tile.

    The gradient of a mean is the mean of gradients: Σ over the tiles of (columns of the tile / m) · gradient. The tiles
    are shared out to a fixed number of lanes, and the sums of the lanes are added in their order: the number of threads
    changes no bit.

    Args:
        params: where the gradient is taken.
        X: floats as they are, or pixels 0..255 (uint8), which are scaled a tile at a time.
        Y: what A[L] should be.
        threads: that work on the lanes; by default as many as there are processors.

    Raises:
        ShapeError: X or Y do not fit `params`.
        SettingError: threads is no whole number from 1.
    """
    return local_gradient(params, X, Y, None if threads is None else whole_number("gradient", "threads", threads))


def local_gradient(
    params: Params, X: Array, Y: Array, threads: int | None = None, used: Callable[[int], object] = bool
) -> tuple[float, Grads]:
    """The gradient of samples that fit; `used` is told the number of columns of each tile that is done."""
    m = X.shape[1]
    work = partial(lane_sum, params, X, Y, m, used=used)
    return mean_of(in_lanes(work, m, params.size, threads or processors()))


Sums: TypeAlias = tuple[Array, ...]
"""Σ of shares of the cost, in float64, and of each dW and db, layer by layer."""


def lane_sum(
    params: Params, X: Array, Y: Array, m: int, lane: Sequence[slice], used: Callable[[int], object] = bool
) -> Sums:
    """Σ over the tiles of a lane of (columns of the tile / m) · (cost, gradient)."""
    sums = np.zeros(()), *(np.zeros_like(leaf) for leaf in tree.leaves(params))
    for tile in lane:
        columns = tile.stop - tile.start
        ADD_TILE.advance(sums, params, X[:, tile], Y[:, tile], np.array(columns / m))
        used(columns)
    return sums


def add_tile(sums: Sums, params: Params, X: Array, Y: Array, share: Array) -> Sums:
    """The sums with the share of one tile."""
    J, grads = tile_gradient(params, X, Y)
    own_share = share.astype(params.dtype)
    parts = (share * J, *(own_share * leaf for leaf in tree.leaves(grads)))
    return tuple(whole + part for whole, part in zip(sums, parts, strict=True))


ADD_TILE = Step(add_tile)


def mean_of(sums: Sequence[Sums]) -> tuple[float, Grads]:
    """The mean cost and gradient from the sums of all lanes."""
    J, *leaves = (reduce(np.add, lane) for lane in zip(*sums, strict=True))
    return float(J), Grads(tuple(LayerGrads(dW, db) for dW, db in zip(leaves[::2], leaves[1::2], strict=True)))


@checked("n_in m n_out")
def tile_gradient(params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"]) -> tuple[Scalar, Grads]:
    """The mean cost of a few samples and its gradient."""
    cache = forward(params, pixels_to_floats(X, params.dtype))
    last = cache.layers[-1]
    return COSTS[params.cost].value(last.Z, last.A, Y), backward(params, cache, Y)


@requires(boundary.samples_fit)
@checked("n_in m n_out")
def check_gradient(params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"]) -> float:
    """How far `backward` is from central differences: ‖g − ĝ‖ / max(‖g‖, ‖ĝ‖), of the worst W or b.

    Everything is computed in float64, whatever the dtype of `params`; of a large array a fixed sample of entries is
    compared. Below 1e-7 the gradient is right; near 1 it is wrong; NaN: something is not finite. Where a ReLU is within
    1e-5 of its kink there is no derivative to compare, so give the biases random values first.

    Raises:
        ShapeError: X or Y do not fit `params`.
    """
    params64 = tree.map(_in_float64, params)
    X64, Y64 = _in_float64(pixels_to_floats(X, np.float64)), _in_float64(Y)

    def J(params: Params) -> float:
        return cost(params, forward(params, X64), Y64)

    return gradient_error(J, params64, backward(params64, forward(params64, X64), Y64))


def gradient_error(J: Callable[[Tree], float], at: Tree, gradient: object) -> float:
    """‖g − ĝ‖ / max(‖g‖, ‖ĝ‖) of the worst leaf, ĝ by central differences of J at a tree of float64 arrays."""
    θ, unflatten = tree.flatten(at)
    g, _ = tree.flatten(gradient)
    errors, start, rng = [0.0], 0, np.random.default_rng(0)
    for leaf in tree.leaves(at):
        entries = start + rng.permutation(leaf.size)[:SAMPLE]
        start += leaf.size
        ĝ = np.array([central_difference(lambda θ: J(unflatten(θ)), θ, int(i)) for i in entries])
        scale = np.maximum(np.linalg.norm(g[entries]), np.linalg.norm(ĝ))
        if scale != 0:
            errors.append(float(np.linalg.norm(g[entries] - ĝ) / scale))
    return float(np.max(errors))  # NaN where one is NaN


def _in_float64(x: Array) -> Array:
    return x.astype(np.float64)


def central_difference(f: Callable[[Array], float], θ: Array, i: int) -> float:
    """(f(θ + ε e_i) − f(θ − ε e_i)) / 2ε."""
    ε = STEP * max(1.0, abs(float(θ[i])))
    above, below = θ.copy(), θ.copy()
    above[i] += ε
    below[i] -= ε
    return (f(above) - f(below)) / (2 * ε)
