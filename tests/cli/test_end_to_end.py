import dataclasses
import gzip
import json
import os
import pickle
import re
import signal
import struct
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.cli.display import watched
from nnfunc.cli.main import main
from nnfunc.files.models import load_model
from tests.data.test_data import CSV_FAULTS, FILES, HEADER, PIXELS, csv, idx, images_file, npz, png, write
from tests.data.test_mapped import npy, without
from tests.files.test_files import rewritten

pytest.importorskip("tyro")
pytest.importorskip("rich")

from nnfunc.cli.options import Generalisation, Network, Result, Steps
from nnfunc.cli.settings import settings_of
from nnfunc.cli.train import Train
from tests.places import ROOT

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "here"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.npz"
    data, _ = nn.load_mnist()
    *_, epoch = nn.train(nn.init((784, 10, 10)), data, learning_rate=0.1, batch=64, epochs=1)
    nn.save(path, epoch.params)
    return path


def nnfunc(*arguments: str | Path) -> int:
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else -1


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# what the commands do


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
    assert "an output that is no probability names no classes" in text
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


def test_evaluate(model: Path, capsys: Capture) -> None:
    assert nnfunc("evaluate", model, "--json") == 0
    (quality,) = json_lines(capsys.readouterr().out)
    expected = nn.evaluate(nn.load(model), nn.load_mnist()[1])
    assert quality["test_accuracy"] == expected.accuracy
    assert quality["confusion"] == expected.confusion.tolist()


def test_explain_counts_the_parameters(model: Path, capsys: Capture) -> None:
    assert nnfunc("explain", model) == 0
    text = capsys.readouterr().out
    for part in ("784-10-10", "dW[1]", "10×784", "parameters: (7840 + 10) + (100 + 10) = 7960"):
        assert part in text


def test_explain_in_json(model: Path, capsys: Capture) -> None:
    assert nnfunc("explain", model, "--json") == 0
    (facts,) = json_lines(capsys.readouterr().out)
    assert (facts["sizes"], facts["parameters"]) == ([784, 10, 10], 7960)
    assert [row["step"] for row in facts["equations"]].count("update") == 4


def test_predict_a_png(model: Path, here: Path, subset: tuple[nn.Dataset, nn.Dataset], capsys: Capture) -> None:
    X = subset[1].X[:, :1]
    path = png(here / "[red]3[b].png", X.reshape(28, 28))
    assert nnfunc("predict", model, path.name) == 0
    assert capsys.readouterr().out.startswith(f"[red]3[b].png: {nn.predict(nn.load(model), X)[0]} (")


def test_predict_an_idx_file(model: Path, here: Path, capsys: Capture) -> None:
    write(here / "x-idx3-ubyte", images_file(3))
    assert nnfunc("predict", model, "x-idx3-ubyte", "--json") == 0
    facts = json_lines(capsys.readouterr().out)
    assert [fact["image"] for fact in facts] == [1, 2, 3]
    assert len({fact["label"] for fact in facts}) == 1


def test_a_long_path_stays_on_its_line(model: Path, here: Path, capsys: Capture) -> None:
    name = "x" * 200 + "-idx3-ubyte"
    write(here / name, images_file(2))
    assert nnfunc("predict", model, name) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_predict_writes_a_submission(
    model: Path, here: Path, subset: tuple[nn.Dataset, nn.Dataset], capsys: Capture
) -> None:
    X = subset[1].X[:, :20]
    write(here / "test.csv", csv(HEADER.removeprefix("label,"), *(",".join(map(str, x)) for x in X.T)))
    assert nnfunc("predict", model, "test.csv", "--out", "submission.csv") == 0
    header, *rows = (here / "submission.csv").read_text().splitlines()
    assert header == "ImageId,Label"
    assert rows == [f"{i},{label}" for i, label in enumerate(nn.predict(nn.load(model), X), start=1)]
    assert "wrote 20 labels to submission.csv" in capsys.readouterr().out


def test_version(capsys: Capture) -> None:
    assert nnfunc("--version") == 0
    assert capsys.readouterr().out.startswith(f"nnfunc {nn.__version__}, which replays recordings in ")


def npy_folder(here: Path) -> Path:
    """60 training and 30 test images of the embedded ones, as .npy files in the working folder."""
    for part, data, m in zip(("train", "test"), nn.load_mnist(), (60, 30), strict=True):
        npy(here / f"x_{part}.npy", data.X.T[:m])
        npy(here / f"y_{part}.npy", data.y[:m])
    return here


def test_the_commands_on_a_folder_of_npy_files(here: Path, capsys: Capture) -> None:
    folder = npy_folder(here)
    assert nnfunc("train", "--data", folder, "--epochs", "2", "--out", "m", "--json") == 0
    *_, quality, _ = json_lines(capsys.readouterr().out)
    assert nnfunc("evaluate", "m", "--data", folder, "--json") == 0
    (evaluated,) = json_lines(capsys.readouterr().out)
    assert evaluated == quality
    assert np.sum(quality["confusion"]) == 30
    expected = nn.predict(nn.load("m"), nn.load_mapped(folder)[1].X).tolist()
    for images in (folder, "x_test.npy"):
        assert nnfunc("predict", "m", images, "--json") == 0
        assert [fact["label"] for fact in json_lines(capsys.readouterr().out)] == expected
    assert nnfunc("train", "--data", folder, "--digit", "3", "--epochs", "1") == 0
    without(folder, "x_train.npy", "y_train.npy")
    assert nnfunc("evaluate", "m", "--data", folder) == 0


def test_predict_looks_at_the_values_of_an_npy(model: Path, here: Path, capsys: Capture) -> None:
    npy(here / "x.npy", np.full((3, 784), np.nan, np.float32))
    message = "data: X must be finite; got nan at feature 0 of sample 0."
    assert_refused(capsys, here, message, "predict", model, "x.npy")


# bad input


def write_folder(here: Path, **changed: bytes | None) -> Path:
    """A folder of small IDX files of which some are changed, or missing."""
    folder = here / "mnist"
    folder.mkdir()
    for name, content in FILES.items():
        new = changed.get(name.partition("-idx")[0].replace("-", "_"), content)
        if new is not None:
            write(folder / name, new)
    return folder


def write_gz(here: Path, content: bytes) -> Path:
    folder = write_folder(here, t10k_images=None)
    write(folder / "t10k-images-idx3-ubyte.gz", content)
    return folder


BAD_FOLDERS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda here: here / "nowhere", "nowhere: data must exist; got nothing there. Is the path right?"),
    "another file": (lambda here: write(here / "x.txt", "x"), "x.txt: data must be a folder (of IDX or .npy files, "),
    "no IDX files": (lambda here: here, "must contain train-images-idx3-ubyte, or the same with .gz; got no such file"),
    "truncated": (lambda here: write_folder(here, t10k_images=images_file(2)[:-1]), "header; got fewer. Copy or "),
    "over-long": (lambda here: write_folder(here, t10k_images=images_file(2) + b"x"), "header; got more. Copy or "),
    "wrong magic": (
        lambda here: write_folder(here, t10k_images=FILES["t10k-labels-idx1-ubyte"]),
        "t10k-images-idx3-ubyte: magic number must be 2051 (images); got 2049. Is this the label file?",
    ),
    "counts differ": (
        lambda here: write_folder(here, train_images=images_file(9)),
        "images and labels must be equally many; got 9 in train-images-idx3-ubyte and 3 in train-labels-idx1-ubyte.",
    ),
    "no images": (
        lambda here: write_folder(here, train_images=images_file(0), train_labels=idx(2049, (0,), b"")),
        "X must have at least one sample",
    ),
    "huge header": (
        lambda here: write_folder(here, t10k_images=struct.pack(">4I", 2051, 2**31, 28, 28)),
        "must hold the 1683627180032 bytes of 2147483648×28×28 after its header; got fewer. Copy or download it again?",
    ),
    "huge header in .gz": (
        lambda here: write_gz(here, gzip.compress(struct.pack(">4I", 2051, 2**31, 28, 28))),
        "the sizes in its header must not exceed 2147483647 bytes; got (2147483648, 28, 28). Is it damaged? If not, ",
    ),
    "no test part": (
        lambda here: without(npy_folder(here), "x_test.npy"),
        "must contain x_train.npy, y_train.npy, x_test.npy and y_test.npy; got no x_test.npy.",
    ),
    "a truncated .npy": (
        lambda here: write(npy_folder(here) / "x_train.npy", (here / "x_train.npy").read_bytes()[:-1]).parent,
        "x_train.npy: must hold the 47040 bytes of 60×784 after its header; got fewer. Copy or download it again?",
    ),
    "a single .npy": (
        lambda here: npy_folder(here) / "x_train.npy",
        "x_train.npy: data must be a folder (of IDX or .npy files, of images by class), a .csv or an .npz; got another.",
    ),
    "truncated gzip": (
        lambda here: write_gz(here, gzip.compress(images_file(2))[:-9]),
        "t10k-images-idx3-ubyte.gz: must be a whole gzip file; got ",
    ),
    "no gzip": (lambda here: write_gz(here, images_file(2)), "must be a whole gzip file; got Not a gzipped file"),
    "labels outside the classes": (
        lambda here: write(here / "x.csv", csv(*[f"12,{PIXELS}"] * 6)),
        "data: labels must be 0..9, as the network has 10 outputs; got 12 at sample 0.",
    ),
    "too few rows": (
        lambda here: write(here / "x.csv", csv(*[f"1,{PIXELS}"] * 3)),
        "x.csv: must hold at least 4 samples, one of them for the test; got 3.",
    ),
    "other arrays": (lambda here: npz(here / "x.npz", a=np.zeros(2)), "x.npz: must hold X and y, or x_train, "),
    "text in an .npz": (lambda here: write(here / "x.npz", "hello"), "x.npz: must be an .npz of plain arrays; got "),
    "too long a name": (lambda here: here / ("x" * 300), "must be a path that can be used; got File name too long."),
}

BAD_SETTINGS: dict[str, tuple[list[str], str]] = {
    "learning rate 0": (["--learning-rate", "0"], "learning rate must be a finite number above 0; got 0.0. Try 0.1?"),
    "negative": (["--learning-rate", "-0.1"], "learning rate must be a finite number above 0; got -0.1. Try 0.1?"),
    "nan": (["--learning-rate", "nan"], "learning rate must be a finite number above 0; got nan. Try 0.1?"),
    "inf": (["--learning-rate", "inf"], "learning rate must be a finite number above 0; got inf. Try 0.1?"),
    "batch 0": (["--batch", "0"], "train: batch must be a whole number from 1"),
    "batches on Dask": (
        ["--dask", "local"],
        "train: batch must be full with --dask; got 32. Add --batch full.",
    ),
    "epochs 0": (["--epochs", "0"], "train: epochs must be a whole number from 1; got 0."),
    "seed": (["--seed", "-1"], "init: seed must be a whole number from 0; got -1."),
    "activation": (["--activation", "rleu"], "got 'rleu'. Did you mean 'relu'?"),
    "output": (["--output", "sofmax"], "got 'sofmax'. Did you mean 'softmax'?"),
    "cost": (["--cost", "cross-entrpy"], "got 'cross-entrpy'. Did you mean 'cross_entropy'?"),
    "illegal pair": (
        ["--output", "softmax", "--cost", "binary_cross_entropy"],
        "binary_cross_entropy must follow a sigmoid output; got softmax. "
        "Use cost='cross_entropy', or output='sigmoid'?",
    ),
    "softmax inside": (["--activation", "softmax"], "softmax must be the last activation; got it in a hidden layer."),
    "too many activations": (["--activation", "relu", "tanh"], "activation must be one name, or one for each of 1 "),
    "hidden 0": (["--hidden", "0"], "init: each of sizes must be a whole number from 1; got 0."),
    "no such folder": (["--out", "nowhere/m.npz"], "nowhere/m.npz: must be a file in a folder that can be written to"),
    "digit 11": (["--digit", "11"], "is_digit: digit must be 0..9; got 11."),
    "digit -1": (["--digit", "-1"], "is_digit: digit must be 0..9; got -1."),
}


def assert_refused(capsys: Capture, here: Path, message: str, *arguments: str | Path) -> None:
    """Exit code 2, one line of error that has this message, no output, and no other files than before."""
    before = sorted(here.rglob("*"))
    assert nnfunc(*arguments) == 2
    text, errors = capsys.readouterr()
    assert text == ""
    assert errors.startswith("nnfunc: ")
    assert errors.count("\n") == 1
    assert message in errors
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize("make_and_message", BAD_FOLDERS.values(), ids=BAD_FOLDERS)
def test_bad_data(here: Path, capsys: Capture, make_and_message: tuple[Callable[[Path], Path], str]) -> None:
    make, message = make_and_message
    assert_refused(capsys, here, message, "train", "--data", make(here))


@pytest.mark.parametrize(("content", "message"), CSV_FAULTS)
def test_bad_csv(here: Path, capsys: Capture, content: str | bytes, message: str) -> None:
    assert_refused(capsys, here, f"x.csv: {message}", "train", "--data", write(here / "x.csv", content))


@pytest.mark.parametrize(("settings", "message"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_bad_settings(here: Path, capsys: Capture, settings: list[str], message: str) -> None:
    assert_refused(capsys, here, message, "train", *settings)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def bit_flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def newer(path: Path) -> None:
    rewritten(path, lambda description, _: description.update(format=99))


def a_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps([1]))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (truncated, "m: must be an .npz of plain arrays; got a damaged one ("),
        (bit_flipped, "m: must be an .npz of plain arrays; got a damaged one ("),
        (newer, "m: format must be 2 or below; got 99, of a newer nnfunc. Upgrade nnfunc?"),
        (a_pickle, "m: must be an .npz of plain arrays; got a pickle ("),
        (Path.unlink, "m: file must exist; got nothing there. Is the path right?"),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "explain", "predict"])
def test_bad_models(here: Path, capsys: Capture, command: str, damage: Callable[[Path], None], message: str) -> None:
    nn.save(here / "m", nn.init((784, 10, 10)))
    damage(here / "m")
    assert_refused(capsys, here, message, command, "m", *["x.png"] * (command == "predict"))


def test_images_of_another_size(model: Path, here: Path, capsys: Capture) -> None:
    png(here / "x.png", np.zeros((20, 20), np.uint8))
    assert_refused(capsys, here, "x.png: must show a digit, dark on light or light on dark", "predict", model, "x.png")
    nn.save("small.npz", nn.init((64, 10)))
    message = "x.png: image must be 8×8 pixels; got 20×20. Resize it?"
    assert_refused(capsys, here, message, "predict", "small.npz", "x.png")


def test_predict_a_picture_of_any_size(model: Path, here: Path, capsys: Capture) -> None:
    _, test = nn.load_mnist()
    x = test.X[:, 0].reshape(28, 28)
    paper = np.full((400, 300), 255, np.uint8)
    paper[100:296, 70:266] -= np.kron(x, np.ones((7, 7), np.uint8))
    png(here / "x.png", paper)
    png(here / "as_it_is.png", x)
    assert nnfunc("predict", model, "x.png", "as_it_is.png", "--json") == 0
    photo, as_it_is = json_lines(capsys.readouterr().out)
    assert photo["label"] == as_it_is["label"] == test.y[0]
    assert photo["probability"] == pytest.approx(as_it_is["probability"], abs=0.01)
    write(here / "x-idx3-ubyte", idx(2051, (2, 5, 5), bytes(50)))
    message = "predict: X must have 784 rows, one column per sample, to enter W[1] (10×784); got X (25×2)."
    assert_refused(capsys, here, message, "predict", model, "x-idx3-ubyte")


def test_predict_needs_images_and_a_place_to_write(model: Path, here: Path, capsys: Capture) -> None:
    message = "predict: FILE must name at least one file of images; got none."
    assert_refused(capsys, here, message, "predict", model, "--out", "out.csv")
    message = "out.csv: must be a file in a folder that can be written to; got no such folder."
    assert_refused(capsys, here, message, "predict", model, "x.png", "--out", "nowhere/out.csv")


@pytest.mark.parametrize("arguments", [[], ["tran"], ["train", "--epoch", "3"], ["train", "--batch", "many"]])
def test_unknown_arguments(arguments: list[str], capsys: Capture, here: Path) -> None:
    assert nnfunc(*arguments) == 2
    assert capsys.readouterr().err
    assert list(here.iterdir()) == []


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


def test_dask_is_an_extra(here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = "nnfunc: --dask: distributed must be installed; got none. pip install 'nnfunc[dask]'\n"
    assert_refused(capsys, here, message, "train", "--batch", "full", "--dask", "local")


def test_debug_shows_where(capsys: Capture) -> None:
    assert nnfunc("train", "--epochs", "0", "--debug") == 2
    errors = capsys.readouterr().err
    assert errors.startswith("Traceback ")
    assert errors.endswith("nnfunc: train: epochs must be a whole number from 1; got 0.\n")


# as a program

COMMAND = [sys.executable, "-m", "nnfunc"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def test_a_terminal_without_the_symbols(model: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "explain", str(model)], env=environment(PYTHONIOENCODING="ascii"), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"10?784" in done.stdout


def test_an_error_is_one_line(here: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "evaluate", "nowhere"], env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nnfunc: nowhere: file must exist; got nothing there. Is the path right?\n"


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_reader_may_go_away(model: Path, here: Path) -> None:
    write(here / "x-idx3-ubyte", images_file(3000))
    command = [*COMMAND, "predict", str(model), "x-idx3-ubyte"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"x-idx3-ubyte image 1: ")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


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


def test_an_output_that_is_no_probability_is_not_shown_as_one(here: Path, capsys: Capture) -> None:
    params = nn.init((784, 10), output="relu")
    nn.save(here / "m", params)
    png(here / "x.png", 255 * np.eye(28, dtype=np.uint8))
    assert nnfunc("predict", "m", "x.png") == 0
    assert re.fullmatch(r"x\.png: \d\n", capsys.readouterr().out)
    assert nnfunc("predict", "m", "x.png", "--json") == 0
    (line,) = json_lines(capsys.readouterr().out)
    assert line["probability"] is None


# runs in folders

RUN = (
    *("train", "--epochs", "3", "--hidden", "12", "--activation", "tanh", "--optimizer", "adam", "--learning-rate"),
    *("0.003", "--schedule", "one_cycle", "--warm-up", "5", "--dropout", "0.1", "--l2", "1e-4", "--clip", "5"),
    *("--label-smoothing", "0.05", "--balanced", "--distort", "1", "5", "8", "--patience", "2", "--seed", "4"),
)
"""Every option that is about how it is learnt."""


def test_a_run_is_a_folder_that_repeats_itself(capsys: Capture) -> None:
    assert nnfunc(*RUN, "--run", "one", "--checkpoint-steps", "40") == 0
    assert sorted(path.name for path in Path("one").iterdir()) == [
        ".lock",
        "checkpoint.npz",
        "history.csv",
        "model.npz",
        "settings.toml",
    ]
    settings = tomllib.loads(Path("one/settings.toml").read_text())
    assert set(settings["versions"]) == {"python", "numpy", "nnfunc"}
    assert settings["train"]["distort"] == [1.0, 5.0, 8.0]
    assert nnfunc("train", "--config", "one", "--run", "two") == 0
    for name in ("model.npz", "history.csv", "settings.toml", "checkpoint.npz"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes(), name
    assert nnfunc("train", "--config=one/settings.toml", "--epochs", "1", "--run", "three") == 0
    assert len(Path("three/history.csv").read_text().splitlines()) == 2
    assert "epoch 1/1" in capsys.readouterr().out


def test_every_option_is_a_setting() -> None:
    names = {field.name for kind in (Network, Steps, Generalisation, Result) for field in dataclasses.fields(kind)}
    every = dataclasses.replace(Train(), network=Network(digit=3, output="sigmoid", cost="squared_error", hidden=()))
    assert set(settings_of(every.groups)) == names - {"out", "run_folder", "config", "resume"}


def interrupted(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody interrupt the training when an epoch has been saved."""

    def passing(*arguments: Any) -> Iterator[nn.Epoch]:
        for epoch in watched(*arguments):
            if epoch.number > after:
                raise KeyboardInterrupt
            yield epoch

    monkeypatch.setattr("nnfunc.cli.train.watched", passing)


def test_a_run_goes_on_where_it_stood(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert nnfunc(*RUN, "--run", "whole", "--digit", "3") == 0
    with monkeypatch.context() as patch:
        interrupted(1, patch)
        assert nnfunc(*RUN, "--run", "run", "--digit", "3") == 130
    assert nn.load_state("run/checkpoint.npz").epoch == 2
    capsys.readouterr()
    assert nnfunc("train", "--resume", "run") == 0
    text = capsys.readouterr().out
    assert "epoch 2/3" not in text
    assert "epoch 3/3" in text
    for name in ("model.npz", "history.csv", "checkpoint.npz", "settings.toml"):
        assert Path("run", name).read_bytes() == Path("whole", name).read_bytes(), name
    assert nnfunc("evaluate", "run/checkpoint.npz") == 0
    assert nnfunc("evaluate", "run") == 0  # its model
    capsys.readouterr()

    # A run that is done stays as it is.
    before = Path("run/model.npz").read_bytes()
    Path("run/model.npz").unlink()
    assert nnfunc("train", "--resume", "run") == 0
    assert Path("run/model.npz").read_bytes() == before
    text = capsys.readouterr().out
    assert "epoch 3/3" not in text
    assert "there was nothing left to do; more --epochs, or --patience, make it go on" in text


def test_patience_is_there_from_the_beginning(capsys: Capture) -> None:
    stopping = ("train", "--epochs", "30", "--learning-rate", "0.8")
    assert nnfunc(*stopping, "--patience", "4", "--run", "whole") == 0
    assert nnfunc(*stopping, "--patience", "1", "--run", "run") == 0
    assert nnfunc("train", "--resume", "run", "--patience", "4") == 0
    for name in ("model.npz", "history.csv", "checkpoint.npz", "settings.toml"):
        assert Path("run", name).read_bytes() == Path("whole", name).read_bytes(), name
    assert nnfunc("train", "--epochs", "1", "--run", "other") == 0
    capsys.readouterr()
    assert nnfunc("train", "--resume", "other", "--epochs", "2", "--patience", "2") == 2
    assert capsys.readouterr().err == (
        "nnfunc: train: --patience must be there from the beginning of a run; got one at epoch 1. Start a new run?\n"
    )


def test_a_run_goes_on_for_longer() -> None:
    short = ("train", "--optimizer", "adam", "--hidden", "5", "--checkpoint-steps", "100")
    assert nnfunc(*short, "--epochs", "3", "--run", "whole") == 0
    assert nnfunc(*short, "--epochs", "1", "--run", "run") == 0
    assert nnfunc("train", "--resume=run", "--epochs", "3") == 0
    for name in ("model.npz", "history.csv", "checkpoint.npz", "settings.toml"):
        assert Path("run", name).read_bytes() == Path("whole", name).read_bytes(), name


def test_lbfgs_is_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy")
    settings = ("train", "--optimizer", "lbfgs", "--batch", "full", "--epochs", "4", "--hidden", "3")
    assert nnfunc(*settings, "--run", "whole") == 0
    with monkeypatch.context() as patch:
        interrupted(1, patch)
        assert nnfunc(*settings, "--run", "run") == 130
    assert nnfunc("train", "--resume", "run") == 0
    for name in ("model.npz", "history.csv"):
        assert Path("run", name).read_bytes() == Path("whole", name).read_bytes(), name


def test_what_differs_is_said_before_a_run_goes_on(here: Path, capsys: Capture) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 256, (784, 60), np.uint8), np.arange(60) % 10
    np.savez("data.npz", X=X, y=y)
    assert nnfunc("train", "--data", "data.npz", "--epochs", "2", "--run", "run") == 0
    before = Path("run/checkpoint.npz").read_bytes()
    for arguments, message in (
        (["--seed", "1"], r"settings must be those before resume, seed=0, data=SHA-256 \w+…; got seed=1, data=.*\."),
        (
            ["--learning-rate", "0.2"],
            r"settings must be those before resume, learning_rate=0\.1; got learning_rate=0\.2\.",
        ),
        (["--epochs", "2", "--l2", "1"], r"settings must be those before resume, l2=0\.0; got l2=1\.0\."),
        (["--hidden", "9"], r"params must be of the network that resume has, 784-10-10 \(.*\); got 784-9-10 \(.*\)\."),
        (["--epochs", "1"], r"epochs must be at least 2, where resume stands; got 1\."),
        (["--config", "run"], r"--config must be left out with --resume"),
        (["--run", "other"], r"--run must be left out with --resume"),
        (["--out", "x"], r"--out must be left out with --resume, which keeps the model; got x\."),
    ):
        capsys.readouterr()
        more = [] if "--epochs" in arguments else ["--epochs", "3"]
        assert nnfunc("train", "--resume", "run", *arguments, *more) == 2
        assert re.match(f"nnfunc: train: {message}", capsys.readouterr().err), arguments
    np.savez("data.npz", X=255 - X, y=y)
    assert nnfunc("train", "--resume", "run") == 2
    assert "settings must be those before resume, data=SHA-256 " in capsys.readouterr().err
    assert Path("run/checkpoint.npz").read_bytes() == before
    assert nnfunc("train", "--resume", "nowhere") == 2
    assert (
        capsys.readouterr().err
        == "nnfunc: nowhere/settings.toml: file must exist; got nothing there. Is the path right?\n"
    )
    Path("run/checkpoint.npz").write_bytes(before[:-50])
    assert nnfunc("train", "--resume", "run") == 2
    assert capsys.readouterr().err.startswith(
        "nnfunc: checkpoint.npz: must be an .npz of plain arrays; got a damaged one"
    )


def test_two_runs_cannot_have_one_folder(capsys: Capture) -> None:
    assert nnfunc("train", "--epochs", "1", "--run", "run") == 0
    command = [sys.executable, "-m", "nnfunc", "train", "--resume", "run", "--epochs", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("epoch 2/100000 ")
        capsys.readouterr()
        for arguments in (["--resume", "run"], ["--run", "run"]):
            assert nnfunc("train", *arguments) == 2
            assert capsys.readouterr().err == (
                "nnfunc: run: must be a folder that no other run is writing to; got one that is in use. "
                "Wait for that run, or choose another name?\n"
            )
        process.kill()
        process.stdout.read()
    Path("run/.nnfunc-0123456789abcdef.tmp").write_text("what it was writing when it died")
    Path("run/.other.tmp").write_text("somebody else's")
    epoch = nn.load_state("run/checkpoint.npz").epoch
    assert nnfunc("train", "--resume", "run", "--epochs", str(epoch + 1)) == 0  # the dead keep nothing
    assert [path.name for path in Path("run").glob(".*.tmp")] == [".other.tmp"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "format = 1\n[train]\nepoch = 3",
            "settings must be options of nnfunc train; got 'epoch'. Did you mean 'epochs'?",
        ),
        ("format = 1\n[train]\nepochs = 'three'", "epochs must be a whole number; got 'three'."),
        ("format = 1\n[train]\nhidden = [1.5]", "hidden must be a list, each a whole number; got (1.5,)."),
        ("format = 1\n[train]\ndistort = [1, 2]", "distort must be a list of 3, each a number; got (1, 2)."),
        ("format = 1\n[train]\nbatch = 'all'", "batch must be a whole number or 'full'; got 'all'."),
        ("format = 1\n[train]\nbalanced = 1", "balanced must be true or false; got 1."),
        ("format = 2", "format must be 1 or below; got 2, of a newer nnfunc. Upgrade nnfunc?"),
        ("[train]", "must have a number 'format' and a table [train]; got another file. Is this a run's?"),
        (
            "format = 1\ntrain = 3",
            "must have a number 'format' and a table [train]; got another file. Is this a run's?",
        ),
        (
            "=",
            "settings must be TOML; got something else (Invalid statement (at line 1, column 1)). Is this the right file?",
        ),
        (
            "format = 1\n[train]\nout = 'x'",
            "settings must be options of nnfunc train; got 'out'. Did you mean 'output'?",
        ),
    ],
)
def test_bad_settings_are_refused(content: str, message: str, capsys: Capture) -> None:
    Path("settings.toml").write_text(content)
    assert nnfunc("train", "--config", "settings.toml") == 2
    assert capsys.readouterr().err == f"nnfunc: settings.toml: {message}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--config", "nowhere"], "nowhere: file must exist; got nothing there. Is the path right?"),
        (
            ["--run", "."],
            ".: must be a folder without a run; got one with settings.toml. Choose another name, or go on with nnfunc train --resume .?",
        ),
        (
            ["--out", "x.npz", "--run", "y"],
            "train: --out must be left out with --run, which keeps the model; got x.npz.",
        ),
        (["--checkpoint-steps", "1"], "train: checkpoint-steps must have a folder; got none. Add --run FOLDER."),
        (
            ["--checkpoint-steps", "9", "--run", "x", "--batch", "full"],
            "train: checkpoint-steps must come with batches; got --batch full, a step an epoch.",
        ),
        (
            ["--checkpoint-steps", "0", "--run", "x"],
            "train: checkpoint-steps must be a whole number from 1; got 0.",
        ),
        (
            ["--weight-decay", "1"],
            "train: weight decay must come with adamw; got descent. Add --optimizer adamw, or use --l2?",
        ),
        (
            ["--schedule", "cosin"],
            "train: schedule must be one of constant, cosine, exponential, one_cycle, step; got 'cosin'. Did you mean 'cosine'?",
        ),
        (
            ["--optimizer", "sgd"],
            "train: optimizer must be one of adam, adamw, descent, lbfgs, momentum, nesterov, rmsprop; got 'sgd'.",
        ),
        (["--warm-up", "9999"], "train: the warm-up must end within the run of 3130 steps; got 9999. Warm up shorter?"),
        (["--warm-up", "-1"], "WarmUp: steps must be a whole number from 1; got -1."),
        (["--dropout", "1"], "train: dropout must be 0 or more and below 1; got 1.0. Try 0.2?"),
        (
            ["--optimizer", "lbfgs"],
            "train: L-BFGS must see all samples in each step; got batches of 32. Use batch=None, or --batch full?",
        ),
        (["--patience", "0"], "EarlyStopping: patience must be a whole number from 1; got 0."),
        (["--distort", "-1", "0", "0"], "Distorted: shift must be 0 or more and below 10000; got -1.0."),
    ],
)
def test_bad_options_are_refused(arguments: list[str], message: str, capsys: Capture) -> None:
    Path("settings.toml").write_text("")
    assert nnfunc("train", *arguments) == 2
    assert capsys.readouterr().err == f"nnfunc: {message}\n"
    assert not Path("model.npz").exists()


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


def test_a_learning_rate_is_found(capsys: Capture) -> None:
    pytest.importorskip("matplotlib")
    assert nnfunc("lr-range", "--steps", "40", "--plot", "range.png") == 0
    text = capsys.readouterr().out
    assert "suggested: α = 0." in text
    assert Path("range.png").stat().st_size > 10_000
    assert nnfunc("lr-range", "--plot", "range.txt") == 2
    message = "nnfunc: range.txt: must be a picture, .png, .svg, .pdf; got another name. Name it range.png?\n"
    assert capsys.readouterr().err == message
    assert nnfunc("lr-range", "--steps", "40", "--json") == 0
    *_, last = json_lines(capsys.readouterr().out)
    assert 0.01 < last["suggested"] < 1
