"""Digits in the form of MNIST's: fitted to a box of 20×20 pixels, and placed in 28×28 by their centre of mass.

LeCun, Cortes and Burges describe this as the way they made MNIST from NIST's digits. They do not say where the centre
goes: in all but two of the 70,000 images it lies within the pixel in row 14 and column 14, counted from 0.
"""

import numpy as np
from jaxtyping import Float, UInt8

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError
from nnfunc.shapes import checked

SIDE, BOX, MIDDLE = 28, 20, 14
"""The sides of an image and of the box in pixels, and the row and column of the centre."""


@checked
def fit_to_mnist(ink: UInt8[Array, "height width"]) -> UInt8[Array, "28 28"]:
    """Fit a digit of any size to an image like MNIST's: its ink fills the box, each pixel the mean of what it covers.

    All sums are of whole numbers, so that the order of addition cannot change a bit.

    Args:
        ink: one digit: 0 where there is no ink, 255 where it is full.

    Raises:
        DataError: there is no ink, or so little, spread so widely, that nothing is left of it.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        raise DataError("fit_to_mnist: ink must be above 0 somewhere; got none. Is there a digit?")
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = digit.shape
    longer = max(height, width)
    down, across = (_shares(size, max(1, (2 * BOX * size + longer) // (2 * longer))) for size in digit.shape)
    sums = down @ digit @ across.T  # each pixel of the box has height·width shares
    fitted = np.floor((2 * sums + height * width) / (2 * height * width)).astype(np.uint8)
    if not fitted.any():
        raise DataError("fit_to_mnist: ink must be a digit; got a few points far from each other. Crop it closer?")
    top, left = _start(fitted.sum(axis=1)), _start(fitted.sum(axis=0))
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return image


@checked
def _shares(size: int, fitted: int) -> Float[Array, "{fitted} {size}"]:  # pyrefly: ignore[invalid-annotation]
    """Compute how much of each of `size` pixels each of `fitted` pixels covers, if the whole is size·fitted long."""
    i, k = np.arange(fitted)[:, None], np.arange(size)
    ends = np.minimum((i + 1) * size, (k + 1) * fitted) - np.maximum(i * size, k * fitted)
    shares: Array = np.maximum(ends, 0).astype(np.float64)
    return shares


def _start(masses: Array) -> int:
    """Return where rows or columns of these masses begin, for their centre to be in the middle and none outside."""
    mass, moment = int(masses.sum()), sum((2 * i + 1) * int(x) for i, x in enumerate(masses))  # centre: moment / 2 mass
    start = -((moment - 2 * MIDDLE * mass) // (2 * mass))
    return min(max(start, 0), SIDE - len(masses))
