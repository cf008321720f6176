"""nnfunc train: what it shows, what it saves, and what can be asked of it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.files.models import load_model
from tests.cli.commands import COMMAND, Capture, environment, json_lines, nnfunc
from tests.data.files import npz


def test_train_shows_progress_and_quality_and_saves(here: Path, capsys: Capture) -> None:
    assert nnfunc("train", "--epochs", "2") == 0
    text, errors = capsys.readouterr()
    assert errors == ""
    assert text.startswith("epoch 1/2  cost ")
    params = nn.load(here / "model.npz")
    quality = f"test accuracy {nn.evaluate(params, nn.load_mnist()[1]).accuracy:.2%}"
    for part in ("epoch 2/2", quality, "(2000 images)", "confusion matrix", "saved to model.npz"):
        assert part in text
    assert params.sizes == (784, 10, 10)


def test_train_is_reproducible(here: Path) -> None:
    for name in ("a", "b"):
        assert nnfunc("train", "--epochs", "1", "--out", name, "--seed", "7") == 0
    assert np.array_equal(nn.load(here / "a").layers[0].W, nn.load(here / "b").layers[0].W)


def test_train_in_json(capsys: Capture) -> None:
    assert nnfunc("train", "--epochs", "2", "--json") == 0
    first, second, quality, saved = json_lines(capsys.readouterr().out)
    assert (first["epoch"], second["epoch"]) == (1, 2)
    assert second["cost"] < first["cost"]
    assert quality["test_accuracy"] == second["test_accuracy"] > 0.85
    assert np.sum(quality["confusion"]) == 2000
    assert saved == {"model": "model.npz"}


def test_train_for_one_digit(here: Path, capsys: Capture) -> None:
    assert nnfunc("train", "--digit", "3", "--epochs", "1") == 0
    assert "of the 3s: precision " in capsys.readouterr().out
    params, about = load_model(here / "model.npz")
    assert about == {"digit": 3}
    assert (params.sizes, params.output.name) == ((784, 32, 16, 1), "sigmoid")


def test_an_output_without_classes_has_a_cost_only(capsys: Capture) -> None:
    assert nnfunc("train", "--digit", "3", "--output", "identity", "--learning-rate", "0.01", "--epochs", "1") == 0
    text = capsys.readouterr().out
    assert "an output that is not a probability does not name classes" in text
    assert "nan" not in text


def test_train_takes_a_perceptron_and_full_batches(here: Path) -> None:
    assert nnfunc("train", "--hidden", "--batch", "full", "--epochs", "1") == 0
    assert nn.load(here / "model.npz").sizes == (784, 10)


def test_a_batch_larger_than_the_data_is_the_data(here: Path) -> None:
    data = npz(here / "x.npz", X=np.eye(12, dtype=np.float32), y=np.arange(12) % 10)
    assert nnfunc("train", "--data", data, "--batch", "100", "--epochs", "1", "--out", "large") == 0
    assert nnfunc("train", "--data", data, "--batch", "full", "--epochs", "1", "--out", "full") == 0
    large, full = (nn.load(here / name).layers[0].W for name in ("large", "full"))
    assert np.allclose(large, full, atol=1e-6)


def test_train_on_the_whole_of_mnist(mnist_folder: Path, capsys: Capture) -> None:
    assert nnfunc("train", "--data", mnist_folder, "--batch", "full", "--epochs", "1") == 0
    assert "(10000 images)" in capsys.readouterr().out


def test_divergence_is_named(here: Path, capsys: Capture) -> None:
    arguments = ("--output", "identity", "--cost", "squared_error", "--learning-rate", "1000", "--epochs", "1")
    assert nnfunc("train", *arguments) == 3
    text, errors = capsys.readouterr()
    assert text == ""
    saved, said = errors.splitlines()
    assert saved == "diverged: the last parameters that are finite are in model.diverged.npz"
    assert said.startswith("nnfunc: train: parameters must stay finite; got NaN or ∞ in epoch 1, step ")
    assert said.endswith(". Choose a smaller learning rate.")
    assert [path.name for path in here.iterdir()] == ["model.diverged.npz"]
    assert all(np.isfinite(layer.W).all() for layer in nn.load("model.diverged.npz").layers)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupted_training_is_saved(here: Path) -> None:
    command = [*COMMAND, "train", "--epochs", "100000"]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith("epoch 1/100000 ")
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        errors = process.stderr.read()
        assert process.wait(60) == 130
    assert errors.startswith("interrupted: epoch ")
    assert errors.count("\n") == 1
    assert nn.load(here / "model.npz").sizes == (784, 10, 10)


def test_a_model_is_saved_although_nobody_reads_on() -> None:
    command = f"{sys.executable} -m nnfunc train --epochs 3 | head -n 1"
    subprocess.run(command, shell=True, check=True, capture_output=True)
    assert len(nn.load("model.npz").layers) == 2


@pytest.mark.parametrize(("optimizer", "rate"), [("descent", "0.1"), ("adam", "0.001")])
def test_a_learning_rate_by_default_goes_with_the_optimizer(optimizer: str, rate: str) -> None:
    assert nnfunc("train", "--epochs", "1", "--optimizer", optimizer, "--out", "one.npz") == 0
    assert nnfunc("train", "--epochs", "1", "--optimizer", optimizer, "--learning-rate", rate, "--out", "two.npz") == 0
    assert Path("one.npz").read_bytes() == Path("two.npz").read_bytes()


def test_the_best_epoch_is_kept(capsys: Capture) -> None:
    assert nnfunc("train", "--epochs", "30", "--learning-rate", "0.8", "--patience", "2", "--run", "run") == 0
    text = capsys.readouterr().out
    best = int(re.findall(r"the best is epoch (\d+)", text)[0])
    rows = Path("run/history.csv").read_text().splitlines()[1:]
    costs = [float(row.split(",")[4]) for row in rows]
    assert best == int(np.argmin(costs)) + 1 == len(rows) - 2
    (cost,) = re.findall(r"test accuracy .*cost (\d\.\d+)  \(", text)
    assert float(cost) == pytest.approx(min(costs), abs=5e-5)


def test_lbfgs_from_the_command_line(capsys: Capture) -> None:
    pytest.importorskip("scipy")
    assert nnfunc("train", "--optimizer", "lbfgs", "--batch", "full", "--learning-rate", "1", "--epochs", "20") == 0
    (accuracy,) = re.findall(r"^test accuracy (\d+\.\d+)%", capsys.readouterr().out, re.MULTILINE)
    assert float(accuracy) > 84


def test_help_is_one_screen(capsys: Capture) -> None:
    assert nnfunc("train", "--help") == 0
    assert len(capsys.readouterr().out.splitlines()) <= 60
