"""What keeps a network from learning its samples by heart, and its steps from leaping: pure functions."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from jaxtyping import Float

from nnfunc import tree
from nnfunc.array import Array
from nnfunc.errors import DataError, SettingError
from nnfunc.params import Params
from nnfunc.passes import Grads, LayerGrads, Masks
from nnfunc.settings import is_number
from nnfunc.shapes import checked


def plus_l2(grads: Grads, params: Params, λ: float) -> Grads:
    """dW + λ W, the gradient of J + λ/2 Σ W²; biases are left out."""
    layers = zip(params.layers, grads.layers, strict=True)
    return Grads(tuple(LayerGrads(grad.dW + λ * layer.W, grad.db) for layer, grad in layers))


def clipped(grads: Grads, longest: float) -> Grads:
    """g · min(1, c/‖g‖), ‖g‖ over all layers (Pascanu, Mikolov, Bengio 2013, algorithm 1)."""
    squares = (np.sum(g**2, keepdims=True) for g in tree.leaves(grads))
    norm = np.sqrt(sum(squares))
    factor = longest / np.maximum(norm, longest)
    return tree.map(lambda g: g * factor, grads)


@checked("n m")
def smoothed(Y: Float[Array, "n m"], ε: float) -> Float[Array, "n m"]:
    """(1 − ε) Y + ε/n of n classes, of which a single row has two (Szegedy et al. 2016, section 7)."""
    classes = max(Y.shape[0], 2)
    smooth: Float[Array, "n m"] = (1 - ε) * Y + ε / classes
    return smooth


def dropout_masks(params: Params, m: int, dropout: "float | Sequence[float]", rng: "np.random.Generator") -> Masks:
    """Factors for `forward` and m samples: 0 with the probability `dropout`, else 1 / (1 − dropout).

    So the mean of a node stays what it is without them (Srivastava et al. 2014, section 10, inverted).

    Args:
        params: network whose hidden layers they are for.
        m: number of samples.
        dropout: of all hidden layers, or one for each.
        rng: generator to draw from.

    Raises:
        SettingError: dropout is not 0 or more and below 1.
    """
    shares = dropout_of("dropout_masks", params, dropout)
    masks = tuple(np.empty((n, m), params.dtype) for n in params.sizes[1:-1])
    draw(masks, shares, rng)
    return masks


def draw(masks: Masks, shares: Sequence[float], rng: "np.random.Generator") -> None:
    """Fill masks with new factors."""
    for mask, share in zip(masks, shares, strict=True):
        rng.random(out=mask, dtype=mask.dtype.type)
        np.greater_equal(mask, share, out=mask)
        np.divide(mask, 1 - share, out=mask)


def dropout_of(where: str, params: Params, dropout: Any) -> tuple[float, ...]:
    """The share of each hidden layer that is dropped.

    Raises:
        SettingError: one is not 0 or more and below 1, or there are not as many as hidden layers.
    """
    hidden = len(params.layers) - 1
    shares: tuple[Any, ...] = tuple(cast("Any", dropout)) if isinstance(dropout, Sequence) else (dropout,) * hidden
    if len(shares) != hidden:
        raise SettingError(
            f"{where}: dropout must be one number, or one for each of {hidden} hidden layers; got {len(shares)}."
        )
    for share in shares or cast("tuple[Any, ...]", (dropout,)):
        if not (is_number(share) and 0 <= share < 1):
            raise SettingError(f"{where}: dropout must be 0 or more and below 1; got {share!r}. Try 0.2?")
    return tuple(float(share) for share in shares)


def sample_weights(where: str, labels: Array, classes: int, by_class: Any, given: Any, dtype: Any) -> Array | None:
    """What each sample counts in J, of mean 1, from weights of the classes and of the samples; None for all alike.

    Args:
        where: who asks.
        labels: class of each sample.
        classes: of the network.
        by_class: "balanced", so that all classes count the same; class → weight, 1 for the others; or one for each.
        given: weight of each sample.
        dtype: of the result.

    Raises:
        SettingError: a class is not there, or a weight is no number from 0.
        DataError: the weights of the samples are not one for each, or all are 0.
    """
    if by_class is None and given is None:
        return None
    weights = np.ones(len(labels))
    if by_class is not None:
        weights *= _of_classes(where, labels, classes, by_class)[labels]
    if given is not None:
        weights *= _of_samples(where, given, len(labels))
    total = weights.sum()
    if not total > 0:
        raise DataError(f"{where}: weights must be above 0 for at least one sample; got 0 for all.")
    mean_1: Array = (weights * (len(labels) / total)).astype(dtype)
    return mean_1


def _of_classes(where: str, labels: Array, classes: int, by_class: Any) -> Array:
    if isinstance(by_class, str):
        if by_class != "balanced":
            raise SettingError(
                f"{where}: class_weights must be 'balanced' or a weight for each class; got {by_class!r}."
            )
        counts = np.bincount(labels, minlength=classes)
        return np.where(counts > 0, len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1)), 0.0)
    named: Any = by_class.items() if hasattr(by_class, "items") else enumerate(by_class)
    weights = np.ones(classes)
    for name, weight in named:
        if name not in range(classes) or not np.any(labels == name):
            there = ", ".join(map(str, np.unique(labels)))
            raise SettingError(f"{where}: class_weights must be of classes in the data, {there}; got {name!r}.")
        if not (is_number(weight) and np.isfinite(weight) and weight >= 0):
            raise SettingError(f"{where}: class_weights must be numbers from 0; got {weight!r} for class {name}.")
        weights[name] = weight
    return weights


def _of_samples(where: str, given: Any, m: int) -> Array:
    weights = np.asarray(given)
    if weights.shape != (m,) or weights.dtype.kind not in "biuf":
        raise DataError(
            f"{where}: sample_weights must be {m} numbers, one per sample; "
            f"got {weights.dtype} of shape {weights.shape}."
        )
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        raise DataError(f"{where}: sample_weights must be numbers from 0; got {weights[i]} at sample {i}.")
    return weights.astype(np.float64)
