"""Digits of any size, as MNIST's are."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as some

import nnfunc as nn
from nnfunc.data.photos import ink_of

SIZE = some.integers(1, 60)


def drawn(seed: int, height: int, width: int) -> nn.Array:
    """Some ink, up to all four edges."""
    rng = np.random.default_rng(seed)
    ink: nn.Array = (rng.integers(1, 256, (height, width)) * (rng.random((height, width)) < 0.4)).astype(np.uint8)
    for end in (0, -1):
        ink[end, rng.integers(width)] = 255
        ink[rng.integers(height), end] = 255
    return ink


@given(seed=some.integers(0, 1000), height=SIZE, width=SIZE)
@settings(max_examples=60, deadline=None)
def test_what_is_fitted_fills_the_box_around_its_centre(seed: int, height: int, width: int) -> None:
    ink = drawn(seed, height, width)
    image = nn.fit_to_mnist(ink)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    for axis, found in enumerate((rows, columns)):
        masses = image.sum(axis=1 - axis).astype(float)
        centre = (masses * (np.arange(28) + 0.5)).sum() / masses.sum()
        assert np.ptp(found) < 20
        assert 14 <= centre < 15 or found[0] == 0 or found[-1] == 27
    assert np.array_equal(image, nn.fit_to_mnist(np.pad(ink, ((3, 1), (0, 7))))), "where it is does not matter"


def test_areas_by_hand() -> None:
    two = np.array([[255, 0], [0, 0], [0, 100]], np.uint8)  # 3×2 becomes 20×13, each pixel 6.67×6.5
    image = nn.fit_to_mnist(two)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == (20, 13)
    corner = image[rows[0] :, columns[0] :]
    assert corner[0, 0] == 255
    assert corner[6, 0] == 170  # ⅔ of it are covered: 20/3 = 6 + 2/3
    assert corner[0, 6] == 128  # a half: 13/2 = 6 + 1/2
    assert corner[6, 6] == 85
    assert image[rows[-1], columns[-1]] == 100


def test_digits_of_mnist_are_fitted_already(subset: tuple[nn.Dataset, nn.Dataset]) -> None:
    X = subset[0].X[:, :2000]
    same = sum(np.array_equal(nn.fit_to_mnist(x.reshape(28, 28)).ravel(), x) for x in X.T)
    assert same >= 1998


def test_no_ink_is_refused() -> None:
    with pytest.raises(nn.DataError, match="ink must be above 0 somewhere; got none"):
        nn.fit_to_mnist(np.zeros((9, 4), np.uint8))


@pytest.fixture(scope="module")
def trained(subset: tuple[nn.Dataset, nn.Dataset]) -> nn.Params:
    *_, last = nn.train(nn.init((784, 64, 10)), subset[0], learning_rate=0.1, batch=32, epochs=5)
    return last.params


def photo(digit: nn.Array, kind: str, rng: "np.random.Generator") -> nn.Array:
    """A digit on paper: larger, off the middle, and lit unevenly, with noise."""
    large = np.kron(digit, np.ones((9, 9))) / 255
    page = np.zeros((480, 420))
    top, left = rng.integers(0, 220), rng.integers(0, 160)
    page[top : top + 252, left : left + 252] = large
    light = np.add.outer(np.linspace(0, 40, 480), np.linspace(0, -30, 420))
    grey = {
        "dark on light": 235 - 235 * page,
        "light on dark": 20 + 220 * page,
        "pencil": 200 + light - 90 * page + rng.normal(0, 4, page.shape),
        "chalk": 60 + light + 120 * page + rng.normal(0, 4, page.shape),
    }[kind]
    levels: nn.Array = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return levels


@pytest.mark.parametrize("kind", ["dark on light", "light on dark", "pencil", "chalk"])
def test_photos_are_recognised(
    kind: str, trained: nn.Params, subset: tuple[nn.Dataset, nn.Dataset], tmp_path: Path
) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    _, test = subset
    rng = np.random.default_rng(0)
    as_is = nn.predict(trained, test.X[:, :50])
    same = 0
    for i in range(50):
        image.fromarray(photo(test.X[:, i].reshape(28, 28), kind, rng)).save(tmp_path / "x.jpg", quality=80)
        same += int(nn.predict(trained, nn.read_photo(tmp_path / "x.jpg"))[0] == as_is[i])
    assert same >= 47


def test_ink_in_black_and_white_is_taken_to_the_grey_level() -> None:
    ink = np.zeros((30, 40), np.uint8)
    ink[5:20, 11:20] = 255
    ink[20, 11:20] = 7
    for grey in (ink, 255 - ink):
        assert np.array_equal(ink_of(grey), ink)


@pytest.mark.parametrize("size", [60, 200, 900])
@pytest.mark.parametrize("mode", ["1", "P", "L", "RGB", "CMYK", "LA", "RGBA"])
def test_thick_lines_in_pictures_of_all_modes(size: int, mode: str, tmp_path: Path) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    ink = np.zeros((size, size), np.uint8)
    ink[size // 6 : -size // 6, size // 4 : -size // 4] = 255
    suffix = "tif" if mode == "CMYK" else "png"
    image.fromarray(255 - ink).convert(mode).save(tmp_path / f"x.{suffix}")
    found = nn.read_photo(tmp_path / f"x.{suffix}").reshape(28, 28)
    assert (found > 200).sum() >= 20 * 14
    assert (found > 0).sum() <= 20 * 16


def test_specks_are_no_digit(tmp_path: Path) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    specks = np.zeros((599, 599), np.uint8)
    specks[3, 3] = specks[595, 595] = 255
    with pytest.raises(nn.DataError, match="ink must be a digit; got a few points far from each other"):
        nn.fit_to_mnist(specks)
    image.fromarray(specks).save(tmp_path / "x.png")
    with pytest.raises(nn.DataError):
        nn.read_photo(tmp_path / "x.png")


@pytest.mark.parametrize("seed", range(20))
def test_grain_is_never_turned_into_ink(seed: int, tmp_path: Path) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(seed)
    grey = rng.normal(130, rng.uniform(5, 60), rng.integers(8, 200, 2)).clip(0, 255).astype(np.uint8)
    image.fromarray(grey).save(tmp_path / "x.png")
    try:
        found = nn.read_photo(tmp_path / "x.png")
    except nn.DataError:
        return
    assert (found > 0).mean() < 0.9


def test_what_is_transparent_is_paper(tmp_path: Path) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    ink = np.zeros((60, 50), np.uint8)
    ink[10:50, 20:30] = 255
    for colour in (0, 255):
        pixels = np.full((60, 50, 4), colour, np.uint8)
        pixels[..., 3] = ink
        image.fromarray(pixels).save(tmp_path / "x.png")
        assert np.array_equal(nn.read_photo(tmp_path / "x.png")[:, 0], nn.fit_to_mnist(ink).ravel())


def test_a_phone_held_sideways(tmp_path: Path) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    ink = drawn(0, 40, 30)
    grey = np.pad(ink, 10)
    tags = image.Exif()
    tags[0x0112] = 6  # it was taken turned to the left: turn it to the right
    image.fromarray(np.rot90(grey)).save(tmp_path / "x.png", exif=tags)
    assert np.array_equal(nn.read_photo(tmp_path / "x.png")[:, 0], nn.fit_to_mnist(ink).ravel())


def test_a_digit_of_mnist_in_a_file_is_taken_as_it_is(tmp_path: Path, subset: tuple[nn.Dataset, nn.Dataset]) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    x = subset[1].X[:, 0].reshape(28, 28)
    shifted = np.roll(x, 3, axis=0)
    image.fromarray(shifted).save(tmp_path / "x.png")
    assert np.array_equal(nn.read_photo(tmp_path / "x.png").ravel(), shifted.ravel())
    image.fromarray(255 - shifted).save(tmp_path / "x.png")
    assert np.array_equal(nn.read_photo(tmp_path / "x.png").ravel(), x.ravel())


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_picture_is_refused(grey: int, tmp_path: Path) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    noisy = np.clip(rng.normal(grey, 3, (200, 300)), 0, 255).astype(np.uint8)
    image.fromarray(noisy).save(tmp_path / "x.png")
    with pytest.raises(nn.DataError, match=r"x\.png: must show a digit, dark on light or light on dark; got"):
        nn.read_photo(tmp_path / "x.png")
