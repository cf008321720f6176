"""Data augmentation: images of the same digits, shifted, rotated and elastically distorted.

    augment = Distorted(shift=2, rotation=10, elastic=8)
    nn.train(…, batch=128, augmentation=augment)

Each epoch draws new distortions at random.
"""

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import numpy as np
from jaxtyping import Float

from nnfunc.base.array import Array
from nnfunc.base.errors import ShapeError
from nnfunc.base.validation import Numbers, number, passes
from nnfunc.shapes import checked


@dataclass(frozen=True)
class Distorted(Numbers):
    """A random distortion of square images: the pixels of each are moved by its own smooth field of displacements.

    Each pixel takes the value at its displaced position, interpolated between four pixels, 0 outside. The displacements
    are those of a shift, a rotation around the centre, and an elastic distortion: random numbers in −1..1 for each
    pixel, smoothed by a Gaussian, times a factor (Simard, Steinkraus, Platt 2003, section 2: σ = 4 and α = 34).

    Raises:
        SettingError: a number is below 0, smoothness is below 0.1, or a number is huge.
        ShapeError: when called: the images are not square.
    """

    shift: float = field(default=0.0, metadata=passes(number, below=10_000))
    """The largest shift in each direction, in pixels."""
    rotation: float = field(default=0.0, metadata=passes(number, below=10_000))
    """The largest rotation in each direction, in degrees."""
    elastic: float = field(default=0.0, metadata=passes(number, below=10_000))
    """α, the factor of the elastic distortion."""
    smoothness: float = field(default=4.0, metadata=passes(number, least=0.1, below=1000))
    """σ of the Gaussian that smooths the elastic distortion, in pixels."""

    @checked
    def __call__(self, X: Float[Array, "n m"], rng: "np.random.Generator") -> Float[Array, "n m"]:
        """Distort the images of a batch."""
        size = math.isqrt(X.shape[0])
        if size**2 != X.shape[0]:
            raise ShapeError(
                f"augmentation: X must be square images, such as 28×28 in 784 rows; got {X.shape[0]} rows. "
                f"Leave it out?"
            )
        m, dtype = X.shape[1], X.dtype.type
        rows, columns = (x.astype(dtype) for x in np.indices((size, size)))
        middle = dtype((size - 1) / 2)
        angle = np.radians(_between(rng, self.rotation, m, dtype))
        sine, cosine = np.sin(angle), np.cos(angle)
        down = cosine * (rows - middle) - sine * (columns - middle) + middle + _between(rng, self.shift, m, dtype)
        right = sine * (rows - middle) + cosine * (columns - middle) + middle + _between(rng, self.shift, m, dtype)
        if self.elastic:
            G = _gaussian(size, self.smoothness).astype(dtype)
            down, right = (
                field + dtype(self.elastic) * (G @ rng.uniform(-1, 1, (m, size, size)).astype(dtype) @ G.T)
                for field in (down, right)
            )
        return _looked_up(X.T.reshape(m, size, size), down, right).reshape(m, -1).T


def _between(rng: "np.random.Generator", most: float, m: int, dtype: type) -> Array:
    """Draw a number in −most..most for each image."""
    return rng.uniform(-most, most, (m, 1, 1)).astype(cast("Any", dtype))


@cache
def _gaussian(size: int, σ: float) -> Array:
    """Return the matrix that smooths a column; rows sum to 1 before the edges cut them off."""
    distance = np.subtract.outer(np.arange(size), np.arange(size))
    reach = math.ceil(8 * σ)
    far = np.arange(2 * reach + 1) - reach
    G: Array = np.exp(-(distance**2) / (2 * σ**2)) / np.exp(-(far**2) / (2 * σ**2)).sum()
    return G


def _looked_up(images: Array, down: Array, right: Array) -> Array:
    """Interpolate each image at m×size×size points between its pixels."""
    m, size, _ = images.shape
    # One pixel more on each side, and one for the far neighbours.
    framed: Array = np.zeros((m, size + 3, size + 3), images.dtype)
    framed[:, 1 : size + 1, 1 : size + 1] = images
    down, right = (np.clip(x + 1, 0, size + 1) for x in (down, right))
    below, beside = down - np.floor(down), right - np.floor(right)
    flat, width = framed.reshape(-1), size + 3
    first: Array = width**2 * np.indices((m, 1, 1))[0] + width * down.astype(np.intp) + right.astype(np.intp)
    upper = flat.take(first) * (1 - beside) + flat.take(first + 1) * beside
    lower = flat.take(first + width) * (1 - beside) + flat.take(first + width + 1) * beside
    result: Array = upper * (1 - below) + lower * below
    return result
