"""Folders of images by class: 0/….png, 1/….png, …."""

import math
from pathlib import Path

import numpy as np

from nnfunc.base.errors import DataError
from nnfunc.base.validation import whole_number
from nnfunc.data.dataset import Dataset
from nnfunc.data.images import read_image

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


def read_images(path: str | Path, *, pixels: int = 784) -> Dataset:
    """Read square images as columns of pixels, with the number of their folder as label (extra `images`).

    Args:
        path: a folder of folders, each named by the class of the images in it.
        pixels: number of pixels of each image.

    Raises:
        SettingError: pixels is not a whole number of at least 1.
        DataError: Pillow is not installed; pixels is not a square; the folder is missing, or one in it has no number as
            name or no image; or an image is broken or of another size.
    """
    folder, pixels = Path(path), whole_number("read_images", "pixels", pixels)
    if math.isqrt(pixels) ** 2 != pixels:
        raise DataError(f"read_images: pixels must be those of square images, such as 784; got {pixels}.")
    if not folder.is_dir():
        raise DataError(
            f"{folder}: must be a folder of folders 0, 1, …; "
            f"got {'a file' if folder.exists() else 'nothing there'}. Is the path right?"
        )
    classes = sorted(inner for inner in folder.iterdir() if inner.is_dir() and not inner.name.startswith("."))
    twice = len({int(inner.name) for inner in classes if inner.name.isdecimal()}) < len(classes)
    if not classes or twice or any(not inner.name.isdecimal() for inner in classes):
        names = ", ".join(inner.name for inner in classes[:5]) or "none"
        raise DataError(f"{folder}: must hold a folder for each class, 0, 1, …; got {names}. Rename them?")
    files = [(file, int(inner.name)) for inner in classes for file in _images(inner)]
    return Dataset(np.hstack([read_image(file, pixels) for file, _ in files]), np.array([label for _, label in files]))


def is_by_class(folder: Path) -> bool:
    """Return whether a folder holds folders of classes, which are named by numbers."""
    return any(inner.is_dir() and inner.name.isdecimal() for inner in folder.iterdir())


def _images(folder: Path) -> list[Path]:
    found = sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()
    )
    if not found:
        raise DataError(f"{folder}: must hold images; got none that ends in {', '.join(SUFFIXES[:3])} or the like.")
    return found
