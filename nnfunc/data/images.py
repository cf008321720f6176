"""Images read with Pillow: each greyscale image becomes one column of pixels."""

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import UInt8

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image


def read_image(path: str | Path, pixels: int = 784) -> UInt8[Array, "n 1"]:
    """Read a square image of `pixels` pixels as one column of grey levels, 0 (black) to 255 (white), as in MNIST.

    Raises:
        DataError: Pillow is not installed, or the file is missing, not an image, or of another size.
    """
    path, side = Path(path), math.isqrt(pixels)

    def right(image: "Image") -> "Image":
        if image.size != (side, side):
            raise DataError(
                f"{path.name}: image must be {side}×{side} pixels; got {image.width}×{image.height}. Resize it?"
            )
        return image

    return opened(path, right).reshape(-1, 1)


def opened(path: Path, change: "Callable[[Image], Image]") -> UInt8[Array, "height width"]:
    """Open an image, turn it upright, apply `change`, and return its grey levels, with transparent areas filled.

    Raises:
        DataError: Pillow is not installed, or the file is missing or not an image.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise DataError(
            f"{path.name}: Pillow must be installed to read images; got none. pip install 'nnfunc[images]'"
        ) from error
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            if image.mode[0] in "IF":
                raise DataError(f"{path.name}: image must have 8 bits per pixel; got mode {image.mode}. Convert it?")
            upright = ImageOps.exif_transpose(image)
            return _opaque(change(upright.convert("LA" if upright.has_transparency_data else "L")))
    except FileNotFoundError as error:
        raise DataError(f"{path}: file must exist; got nothing there. Is the path right?") from error
    except UnidentifiedImageError as error:
        raise DataError(f"{path.name}: must be an image that Pillow can read; got something else.") from error
    except DataError:
        raise
    except Exception as error:  # the decoders raise a dozen kinds of errors
        raise DataError(f"{path}: must be a whole image; got {getattr(error, 'strerror', None) or error}.") from error


def _opaque(image: "Image") -> Array:
    """Return grey levels; transparent areas become white, or black if the opaque part is light."""
    if image.mode == "L":
        return np.asarray(image, np.uint8)
    grey, opacity = (np.asarray(band, np.float64) for band in image.split())
    behind = 255 if (grey * opacity).sum() < 128 * opacity.sum() else 0
    return np.rint((grey * opacity + behind * (255 - opacity)) / 255).astype(np.uint8)
