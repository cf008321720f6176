"""Pictures of one digit, of any size, dark on light or light on dark: a photo, a scan, a drawing (extra `images`)."""

from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError
from nnfunc.data.digits import SIDE, fit_to_mnist
from nnfunc.data.images import opened
from nnfunc.shapes import checked

LARGEST = 300
"""The longer side in pixels, about: larger pictures are first reduced by a whole factor, which averages out noise."""

WIDEST = 4
"""The longer side divided by this is the width of the widest line on uneven paper."""

NOISE = 9
"""Ink differs from the paper by more than this many times the paper's noise, its median absolute deviation."""

SHADOW = 0.35
"""On a photo, anything fainter than this share of the ink is taken for a shadow."""

FAINT = 32
"""The least difference between the darkest ink and the paper, in grey levels."""


def read_photo(path: str | Path) -> UInt8[Array, "784 1"]:
    """Read a picture of one digit as one column of pixels like MNIST's: light ink on black, by `nn.fit_to_mnist`.

    A picture of 28×28 pixels that is light on dark is used unchanged.

    Raises:
        DataError: Pillow is not installed, or the file is missing, not an image, or shows nothing.
    """
    path = Path(path)
    grey = opened(path, lambda image: image.reduce(max(1, max(image.size) // LARGEST)))
    is_one_of_mnist = grey.shape == (SIDE, SIDE) and np.median(_border(grey)) < 128
    ink = grey if is_one_of_mnist else ink_of(grey)
    if not ink.any():
        raise DataError(
            f"{path.name}: must show a digit, dark on light or light on dark; got nothing that stands out from its "
            f"paper. Crop it closer, or take it in more light?"
        )
    return ink.reshape(-1, 1) if is_one_of_mnist else fit_to_mnist(ink).reshape(-1, 1)


@checked
def ink_of(grey: UInt8[Array, "height width"]) -> UInt8[Array, "height width"]:
    """Return the ink on a picture, 0 to 255: its difference from the paper, found by closing (Serra 1982, chapter 2).

    For a drawing in black and white it is exactly that drawing, or its negative if it is dark on light.
    """
    middle = float(np.median(_border(grey)))
    levels = (grey if grey.max() - middle <= middle - grey.min() else 255 - grey).astype(np.int16)
    paper = np.median(_border(levels))
    if np.median(abs(_border(levels) - paper)):
        reach = max(grey.shape) // WIDEST // 2
        paper = -_highest(-_highest(levels, reach), reach)
    ink = np.maximum(paper - levels, 0)
    offset = np.median(_border(ink))
    noise = np.median(abs(_border(ink) - offset))
    least, full = offset + NOISE * noise, ink.max()
    if noise:  # not a drawing: shadows are paper, too, and lines are uneven
        full = np.median(ink[ink >= full / 2])
        least = max(least, full * SHADOW)
    if full < least + FAINT:
        return np.zeros(grey.shape, np.uint8)
    clear: Array = np.rint(np.clip((ink - least) / (full - least), 0, 1) * 255)
    return clear.astype(np.uint8)


def _border(levels: Array) -> Array:
    return np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]])


def _highest(levels: Array, reach: int) -> Array:
    """Return the highest level around each pixel, up to `reach` pixels away along each axis."""
    for axis in (0, 1):
        sides = [(reach, reach) if axis == other else (0, 0) for other in (0, 1)]
        padded = np.pad(levels, sides, mode="edge")
        levels = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis).max(axis=-1)
    return levels
