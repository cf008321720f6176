"""Single images: each becomes a column of grey levels, or is refused."""

from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.data.images import read_image
from tests.data.files import message_of, png, write


def test_an_image_is_one_column(tmp_path: Path) -> None:
    grey = np.arange(784).reshape(28, 28).astype(np.uint8)
    X = read_image(png(tmp_path / "x.png", grey))
    assert X.shape == (784, 1)
    assert np.array_equal(X.ravel(), grey.ravel())


def test_colours_become_grey_levels(tmp_path: Path) -> None:
    white = np.full((28, 28, 3), 255, np.uint8)
    assert (read_image(png(tmp_path / "x.png", white)) == 255).all()


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((20, 30), np.uint8), "image must be 28×28 pixels; got 30×20. Resize it?"),
        (np.zeros((28, 28), np.uint16), "image must have 8 bits per pixel; got mode I;16. Convert it?"),
    ],
)
def test_another_image_is_refused(tmp_path: Path, image: nn.Array, message: str) -> None:
    path = png(tmp_path / "x.png", image)
    assert message_of(lambda: read_image(path)) == f"x.png: {message}"


def test_a_text_is_no_image(tmp_path: Path) -> None:
    path = write(tmp_path / "x.png", "hello")
    assert message_of(lambda: read_image(path)) == "x.png: must be an image that Pillow can read; got something else."


def test_half_an_image_is_refused(tmp_path: Path) -> None:
    whole = png(tmp_path / "x.png", np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)).read_bytes()
    path = write(tmp_path / "x.png", whole[: len(whole) // 2])
    assert message_of(lambda: read_image(path)).startswith(f"{path}: must be a whole image; got ")


def test_a_folder_is_no_image(tmp_path: Path) -> None:
    assert message_of(lambda: read_image(tmp_path)) == f"{tmp_path}: must be a whole image; got Is a directory."
