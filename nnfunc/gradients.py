"""The gradient of all samples at once, as a mean over tiles, and its check by finite differences."""

import functools
from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float, Real

from nnfunc import boundary, tree
from nnfunc.array import Array
from nnfunc.columns import pixels_to_floats
from nnfunc.network import backward, cost, forward
from nnfunc.params import Params
from nnfunc.passes import Grads
from nnfunc.shapes import checked, requires
from nnfunc.tree import Tree

TILE = 2048
"""Columns of a tile: small enough for the processor's cache."""

STEP = 1e-5
"""Half the distance of the two points of a central difference, relative to a parameter above 1."""

SAMPLE = 200
"""Entries of one array that are checked; all of them in a smaller array."""


def tiles(m: int) -> Iterator[slice]:
    """The columns 0 … m − 1, TILE at a time."""
    return (slice(start, min(start + TILE, m)) for start in range(0, m, TILE))


@requires(boundary.samples_fit)
@checked("n_in m n_out")
def gradient(params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"]) -> tuple[float, Grads]:
    """The mean cost over all samples and its gradient, computed tile by tile.

    The gradient of a mean is the mean of gradients: Σ over the tiles of (columns of the tile / m) · gradient.

    Args:
        params: where the gradient is taken.
        X: floats as they are, or pixels 0..255 (uint8), which are scaled a tile at a time.
        Y: what A[L] should be.

    Raises:
        ShapeError: X or Y do not fit `params`.
    """
    m = X.shape[1]
    whole_cost, whole = 0.0, None
    for tile in tiles(m):
        share = (tile.stop - tile.start) / m
        tile_cost, grads = tile_gradient(params, X[:, tile], Y[:, tile])
        whole_cost += share * tile_cost
        part = tree.map(functools.partial(np.multiply, share), grads)
        whole = part if whole is None else tree.map(np.add, whole, part)
    assert whole is not None  # m > 0 was checked
    return whole_cost, whole


@checked("n_in m n_out")
def tile_gradient(params: Params, X: Real[Array, "n_in m"], Y: Float[Array, "n_out m"]) -> tuple[float, Grads]:
    """The mean cost of a few samples and its gradient."""
    cache = forward(params, pixels_to_floats(X, params.dtype))
    return cost(params, cache, Y), backward(params, cache, Y)


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
