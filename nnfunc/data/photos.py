"""Pictures of one digit, of any size, dark on light or light on dark: a photo, a scan, a drawing (extra `images`)."""

from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from nnfunc.array import Array
from nnfunc.data.images import opened
from nnfunc.digits import SIDE, fit_to_mnist
from nnfunc.errors import DataError
from nnfunc.shapes import checked

LARGEST = 300
"""Pixels of the longer side, about; what is larger is made smaller by whole factors first, which evens out noise."""

NOISE = 3
"""Ink is what differs from the paper by more than so many times what the paper differs from itself."""

FAINT = 32
"""Grey levels by which the darkest ink must differ from the paper, at least."""


def read_photo(path: str | Path) -> UInt8[Array, "784 1"]:
    """A picture of one digit as one column of pixels, as MNIST's: light ink on black, `nn.fit_to_mnist`.

    One of 28×28 pixels that is light on dark is taken as it is.

    Raises:
        DataError: Pillow is not installed, or the file is missing, no image, or shows nothing.
    """
    path = Path(path)
    grey = opened(path, lambda image: image.reduce(max(1, max(image.size) // LARGEST)))
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if grey.shape == (SIDE, SIDE) and np.median(edge) < 128:
        return grey.reshape(-1, 1)
    ink = ink_of(grey)
    if not ink.any():
        raise DataError(
            f"{path.name}: must show a digit, dark on light or light on dark; got a picture that is even, but for "
            f"{FAINT} grey levels or fewer."
        )
    return fit_to_mnist(ink).reshape(-1, 1)


@checked("height width")
def ink_of(grey: UInt8[Array, "height width"]) -> UInt8[Array, "height width"]:
    """The ink on a picture, 0 to 255, without its paper: a plane of grey that fits the border best.

    Of a drawing in black and white it is that drawing, or its negative, to the grey level.
    """
    height, width = grey.shape
    y, x = np.indices(grey.shape) / max(height, width)
    plane = np.stack([np.ones(grey.shape), x, y], axis=-1)
    border = np.zeros(grey.shape, np.bool_)
    border[[0, -1]], border[:, [0, -1]] = True, True
    paper, noise = _fitted(plane[border], grey[border].astype(np.float64))
    above = grey - plane @ paper
    ink: Array = above if above.max() > -above.min() else -above
    least = NOISE * noise
    if ink.max() < least + FAINT:
        return np.zeros(grey.shape, np.uint8)
    full = np.median(ink[ink >= ink.max() / 2])
    clear: Array = np.rint(np.clip((ink - least) / (full - least), 0, 1) * 255)
    return clear.astype(np.uint8)


def _fitted(plane: Array, values: Array) -> tuple[Array, float]:
    """The plane that fits the values of the border, without those of ink that goes there; and how far it does not."""
    off = abs(values - np.median(values))
    kept = off <= max(3 * np.median(off), 2)
    if np.ptp(values[kept]) == 0:
        return np.array([values[kept][0], 0, 0]), 0.0
    paper = np.linalg.lstsq(plane[kept], values[kept])[0]
    return paper, float(np.sqrt(np.mean((values[kept] - plane[kept] @ paper) ** 2)))
