"""Images by Pillow: one grey-scale image, one column of pixels."""

import math
import warnings
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from nnfunc.array import Array
from nnfunc.errors import DataError


def read_image(path: str | Path, pixels: int = 784) -> UInt8[Array, "n 1"]:
    """A square image of `pixels` pixels as one column of grey levels, 0 (black) to 255 (white), as MNIST's.

    Raises:
        DataError: Pillow is not installed, or the file is missing, no image, or of another size.
    """
    path, side = Path(path), math.isqrt(pixels)
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise DataError(
            f"{path.name}: Pillow must be installed to read images; got none. pip install 'nnfunc[images]'"
        ) from error
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            if image.size != (side, side):
                width, height = image.size
                raise DataError(f"{path.name}: image must be {side}×{side} pixels; got {width}×{height}. Resize it?")
            if image.mode[0] in "IF":
                raise DataError(f"{path.name}: image must have 8 bits per pixel; got mode {image.mode}. Convert it?")
            return np.asarray(image.convert("L"), np.uint8).reshape(-1, 1)
    except FileNotFoundError as error:
        raise DataError(f"{path}: file must exist; got nothing there. Is the path right?") from error
    except UnidentifiedImageError as error:
        raise DataError(f"{path.name}: must be an image that Pillow can read; got something else.") from error
    except DataError:
        raise
    except Exception as error:  # the decoders raise a dozen kinds
        reason = error.strerror if isinstance(error, OSError) else None
        raise DataError(f"{path}: must be a whole image; got {reason or error}.") from error
