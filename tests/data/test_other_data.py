"""Data from frames and from folders of images."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from tests.data.files import png
from tests.places import ROOT

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 4), np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


@pytest.fixture(params=["pandas", "polars"])
def frames(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


def columns(x: nn.Array) -> dict[str, Any]:
    return {"first": x[:, 0], "digit": LABELS, **{f"p{i}": x[:, i] for i in range(1, x.shape[1])}}


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_pixels_of_a_frame(frames: Any, dtype: Any) -> None:
    pixels: nn.Array = PIXELS.astype(dtype)
    data = nn.from_frame(frames.DataFrame(columns(pixels)), label="digit")
    assert data.X.dtype == np.uint8
    assert np.array_equal(data.X, PIXELS.T)
    assert np.array_equal(data.y, LABELS)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_of_a_frame(frames: Any, dtype: Any) -> None:
    shifted: nn.Array = PIXELS.astype(dtype) - 0.5
    data = nn.from_frame(frames.DataFrame(columns(shifted)), label="digit")
    assert data.X.dtype == dtype
    assert np.array_equal(data.X, PIXELS.T - 0.5)


def test_other_frames_are_refused(frames: Any) -> None:
    for change, message in (
        ({"label": "no"}, "frame must have a column 'no'; got first, digit, p1, p2, p3, …. Pass label="),
        ({"frame": frames.DataFrame(columns(PIXELS.astype(int) + 200))}, "whole numbers must be pixels, 0..255; got 2"),
        ({"frame": frames.DataFrame({"digit": LABELS, "name": list("abcdef")})}, "features must be numbers; got"),
        (
            {"label": "first", "frame": frames.DataFrame(columns(PIXELS - 0.5))},
            "column 'first' must hold whole numbers",
        ),
        ({"frame": PIXELS}, "frame must be one of pandas or polars; got a value of type ndarray"),
    ):
        settings: dict[str, Any] = {"frame": frames.DataFrame(columns(PIXELS)), "label": "digit"} | change
        with pytest.raises(nn.DataError, match=message):
            nn.from_frame(settings["frame"], label=settings["label"])


def test_columns_of_one_name_are_refused() -> None:
    pandas: Any = pytest.importorskip("pandas")
    frame = pandas.DataFrame([[1.0, 2.0, 0]], columns=["a", "a", "label"])
    with pytest.raises(nn.DataError, match="column names must be unique; got 'a' twice"):
        nn.from_frame(frame)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip("PIL")
    for i, label in enumerate(LABELS):
        (tmp_path / "digits" / str(label)).mkdir(parents=True, exist_ok=True)
        png(tmp_path / "digits" / str(label) / f"{i}.png", PIXELS[i].reshape(2, 2))
    return tmp_path / "digits"


def test_images_by_class(folder: Path) -> None:
    data = nn.read_images(folder, pixels=4)
    order = [0, 3, 1, 4, 2, 5]
    assert np.array_equal(data.X, PIXELS[order].T)
    assert data.y.tolist() == [0, 0, 1, 1, 2, 2]


def test_other_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(nn.DataError, match="image must be 28×28 pixels; got 2×2"):
        nn.read_images(folder)
    (folder / "3").mkdir()
    with pytest.raises(nn.DataError, match=r"3: must hold images; got none that ends in .png"):
        nn.read_images(folder, pixels=4)
    (folder / "cats").mkdir()
    with pytest.raises(nn.DataError, match=r"must hold a folder for each class, 0, 1, …; got 0, 1, 2, 3, cats. Rename"):
        nn.read_images(folder, pixels=4)
    (folder / "cats").rename(folder / "00")
    with pytest.raises(nn.DataError, match="must hold a folder for each class"):
        nn.read_images(folder, pixels=4)
    with pytest.raises(nn.DataError, match="pixels must be those of square images, such as 784; got 785"):
        nn.read_images(folder, pixels=785)
    (tmp_path / "empty").mkdir()
    for name, what in (("nowhere", "nothing there"), ("empty", "none")):
        with pytest.raises(nn.DataError, match=f"got {what}"):
            nn.read_images(tmp_path / name)


def test_a_folder_of_images_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("PIL")
    pytest.importorskip("tyro")
    from nnfunc.cli.main import main

    monkeypatch.chdir(tmp_path)
    training, _ = nn.load_mnist()
    for i in range(60):
        (Path("digits") / str(training.y[i])).mkdir(parents=True, exist_ok=True)
        png(Path("digits") / str(training.y[i]) / f"{i}.png", training.X[:, i].reshape(28, 28))
    assert main(["train", "--data", "digits", "--epochs", "1"]) == 0
    assert main(["evaluate", "model.npz", "--data", "digits"]) == 0
    assert "(60 images)" in capsys.readouterr().out


def test_digits_of_another_size() -> None:
    pytest.importorskip("sklearn")
    script = ROOT / "scripts" / "digits.py"
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert float(run.stdout.split()[2].rstrip("%")) > 94, run.stdout
