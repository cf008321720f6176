"""Finite differences, and the error of a gradient compared with them."""

from collections.abc import Callable
from sys import float_info

import numpy as np

from nnfunc.base.array import Array
from nnfunc.tracing import tree
from nnfunc.tracing.tree import Tree

STEP = 1e-5
"""Half the distance of the two points of a central difference; relative to a parameter larger than 1."""

SAMPLE = 200
"""The most entries of an array that are checked."""


def gradient_error(J: Callable[[Tree], float], at: Tree, gradient: object) -> float:
    """Return ‖g − ĝ‖ / max(‖g‖, ‖ĝ‖) of the worst leaf, ĝ by central differences of J at a tree of float64 arrays."""
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
    return float(np.max(errors))  # np.max passes NaN on


def slopes(f: Callable[[Array], Array], Z: Array, ε: float, *, by_rows: bool = False) -> tuple[Array, Array]:
    """Return the least and the largest slope that f may have at each entry, from its left and right differences.

    At a kink every slope between the two is accepted. The interval is widened by the rounding error, and by how much a
    difference over a wider step disagrees.

    Args:
        f: n×m → n×m, entry by entry; or, with `by_rows`, n×m → m, one number for each column.
        Z: where the slopes are taken, n×m.
        ε: step to the left and to the right.
        by_rows: whether f mixes the entries of a column, so that one row is moved at a time.
    """
    steps = [ε * row[:, None] for row in np.eye(len(Z))] if by_rows else [np.full_like(Z, ε)]
    here = f(Z)
    right = np.vstack([(f(Z + step) - here) / ε for step in steps])
    left = np.vstack([(here - f(Z - step)) / ε for step in steps])
    wider = np.vstack([(f(Z + 3 * step) - f(Z - 3 * step)) / (6 * ε) for step in steps])
    doubt = 64 * float_info.epsilon * np.abs(here) / ε + 10 * np.abs((left + right) / 2 - wider)
    return np.minimum(left, right) - doubt, np.maximum(left, right) + doubt


def slopes_error(dZ: Array, between: tuple[Array, Array], where: Array) -> float:
    """Return the relative distance of dZ from the intervals `between`, over the entries `where`; NaN if one is."""
    nearest = np.clip(dZ, *between)[where]
    length = np.maximum(np.linalg.norm(dZ[where]), np.linalg.norm(nearest))
    return float(np.linalg.norm(dZ[where] - nearest) / length) if length != 0 else 0.0


def central_difference(f: Callable[[Array], float], θ: Array, i: int) -> float:
    """Return (f(θ + ε e_i) − f(θ − ε e_i)) / 2ε."""
    ε = STEP * max(1.0, abs(float(θ[i])))
    above, below = θ.copy(), θ.copy()
    above[i] += ε
    below[i] -= ε
    return (f(above) - f(below)) / (2 * ε)
