"""Regularisation and gradient clipping: dropout, label smoothing, class and sample weights."""

import sys
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from jaxtyping import Float

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError, SettingError
from nnfunc.base.validation import is_number, whole_number
from nnfunc.model.cache_and_grads import Grads, Masks
from nnfunc.model.params import Params
from nnfunc.shapes import checked
from nnfunc.tracing import tree

TINY = sys.float_info.min
"""The smallest number to divide by."""


def clipped(grads: Grads, longest: float) -> Grads:
    """Return g · min(1, longest/‖g‖), ‖g‖ over all layers (Pascanu, Mikolov, Bengio 2013, algorithm 1)."""
    squares = (np.sum(np.square(g, dtype=np.float64), keepdims=True) for g in tree.leaves(grads))  # without overflow
    factor: Array = longest / np.maximum(np.sqrt(sum(squares)), longest)
    return tree.map(lambda g: g * factor.astype(g.dtype), grads)


@checked
def smoothed(Y: Float[Array, "n m"], ε: float, classes: int) -> Float[Array, "n m"]:
    """Return (1 − ε) Y + ε/classes (Szegedy et al. 2016, section 7); a sigmoid output, yes or no, has two classes."""
    return (1 - ε) * Y + ε / classes


def dropout_masks(params: Params, m: int, dropout: "float | Sequence[float]", rng: "np.random.Generator") -> Masks:
    """Draw dropout masks for `forward` and m samples: 0 with the probability `dropout`, else 1 / (1 − dropout).

    The mean of a node stays what it is without them (inverted dropout; Srivastava et al. 2014, section 10).

    Args:
        params: network for whose hidden layers they are.
        m: number of samples.
        dropout: one share for all hidden layers, or one for each.
        rng: generator to draw from.

    Raises:
        SettingError: dropout is not 0 or more and below 1.
    """
    shares = dropout_of("dropout_masks", params, dropout)
    whole_number("dropout_masks", "m", m)
    if not isinstance(cast("Any", rng), np.random.Generator):
        raise SettingError(
            f"dropout_masks: rng must be a generator; got a value of type {type(rng).__name__}. "
            f"Pass np.random.default_rng(0)?"
        )
    return draw(masks_like(params, m), shares, rng)


def masks_like(params: Params, m: int) -> Masks:
    """Return uninitialised buffers for the masks of the hidden layers."""
    return tuple(np.empty((n, m), params.dtype) for n in params.sizes[1:-1])


def draw(masks: Masks, shares: Sequence[float], rng: "np.random.Generator") -> Masks:
    """Fill the masks with new random factors, and return them."""
    for mask, share in zip(masks, shares, strict=True):
        rng.random(out=mask, dtype=mask.dtype.type)
        np.greater_equal(mask, share, out=mask)
        np.divide(mask, 1 - share, out=mask)
    return masks


def dropout_of(where: str, params: Params, dropout: Any) -> tuple[float, ...]:
    """Return the dropout share of each hidden layer.

    Raises:
        SettingError: a share is not 0 or more and below 1, or there is not one per hidden layer.
    """
    hidden = len(params.layers) - 1
    if hidden == 0:
        if isinstance(dropout, Sequence | int | float) and dropout in (0, (), []):
            return ()
        raise SettingError(f"{where}: dropout must come with hidden layers; got none. Leave it out?")
    shares: tuple[Any, ...] = tuple(cast("Any", dropout)) if isinstance(dropout, Sequence) else (dropout,) * hidden
    if len(shares) != hidden:
        raise SettingError(
            f"{where}: dropout must be one number, or one for each of {hidden} hidden layers; got {len(shares)}."
        )
    for share in shares:
        if not (is_number(share) and 0 <= share < 1):
            raise SettingError(f"{where}: dropout must be 0 or more and below 1; got {share!r}. Try 0.2?")
    return tuple(float(share) for share in shares)


def sample_weights(where: str, labels: Array, classes: int, by_class: Any, given: Any, dtype: Any) -> Array | None:
    """Return the weight of each sample in J, of mean 1, from class and sample weights; None without any.

    Args:
        where: name of the caller, for errors.
        labels: class of each sample.
        classes: number of classes of the network.
        by_class: "balanced", so that all classes count the same; class → weight, 1 for the others; or one for each.
        given: weight of each sample.
        dtype: dtype of the result.

    Raises:
        SettingError: a class is not in the data, or its weight is not a number of at least 0.
        DataError: the sample weights are not one per sample, or not numbers of at least 0, or all weights are 0.
    """
    if by_class is None and given is None:
        return None
    balance = np.ones(classes) if by_class is None else _of_classes(where, labels, classes, by_class)
    weights = _at_most_1(balance)[labels]
    if given is not None:
        weights *= _at_most_1(_of_samples(where, given, len(labels)))
    if not weights.any():
        raise DataError(f"{where}: weights must be above 0 for at least one sample; got 0 for all.")
    mean_1: Array = (weights / weights.mean()).astype(dtype)
    return mean_1


def _at_most_1(weights: Array) -> Array:
    """Scale weights to at most 1, so that no sum or product of them overflows."""
    return weights / max(float(weights.max()), TINY)


def _of_classes(where: str, labels: Array, classes: int, by_class: Any) -> Array:
    if isinstance(by_class, str):
        if by_class != "balanced":
            raise SettingError(
                f"{where}: class_weights must be 'balanced' or a weight for each class; got {by_class!r}."
            )
        counts = np.bincount(labels, minlength=classes)
        return np.where(counts > 0, len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1)), 0.0)
    if hasattr(by_class, "items"):
        named, there = by_class.items(), set(np.unique(labels).tolist())
    elif isinstance(by_class, Sequence | np.ndarray) and np.shape(cast("Any", by_class)) == (classes,):
        named, there = enumerate(cast("Any", by_class)), set(range(classes))
    else:
        raise SettingError(f"{where}: class_weights must be a weight for each of {classes} classes; got {by_class!r}.")
    weights = np.ones(classes)
    for name, weight in named:
        if not isinstance(name, int | np.integer) or isinstance(name, bool) or name not in there:
            text = ", ".join(map(str, sorted(there)))
            raise SettingError(f"{where}: class_weights must be of classes in the data, {text}; got {name!r}.")
        if not (is_number(weight) and np.isfinite(weight) and weight >= 0):
            raise SettingError(f"{where}: class_weights must be numbers from 0; got {weight!r} for class {name}.")
        weights[name] = weight
    return weights


def _of_samples(where: str, given: Any, m: int) -> Array:
    try:
        weights = cast("Any", np.asarray(given))
    except ValueError:  # lists of different lengths
        weights = cast("Any", np.zeros(()))
    if weights.shape != (m,) or weights.dtype.kind not in "biuf":
        raise DataError(
            f"{where}: sample_weights must be {m} numbers, one per sample; "
            f"got {weights.dtype} of shape {weights.shape}."
        )
    if (bad := np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))).size:
        raise DataError(f"{where}: sample_weights must be numbers from 0; got {weights[bad[0]]} at sample {bad[0]}.")
    return np.asarray(weights, np.float64)
