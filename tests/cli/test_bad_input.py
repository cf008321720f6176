"""What the commands refuse: data, settings, models and arguments."""

import gzip
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from tests.cli.commands import COMMAND, Capture, assert_refused, environment, nnfunc, npy_folder
from tests.data.files import CSV_FAULTS, FILES, PIXELS, csv, idx, images_file, npy, npz, png, without, write
from tests.files.test_files import rewritten


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
        "the numbers of images and labels must be equal; got 9 in train-images-idx3-ubyte and 3 in train-labels-idx1-ubyte.",
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
            ".: must be a folder without a run; got one with settings.toml. Choose another name, or resume with nnfunc train --resume .?",
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
            "train: optimizer must be one of adam, adamw, descent, lbfgs, momentum, nesterov, rmsprop; got 'sgd'. Did you mean 'descent'?",
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


def test_predict_looks_at_the_values_of_an_npy(model: Path, here: Path, capsys: Capture) -> None:
    npy(here / "x.npy", np.full((3, 784), np.nan, np.float32))
    message = "data: X must be finite; got nan at feature 0 of sample 0."
    assert_refused(capsys, here, message, "predict", model, "x.npy")


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


def test_dask_is_an_extra(here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = "nnfunc: --dask: distributed must be installed; got none. pip install 'nnfunc[dask]'\n"
    assert_refused(capsys, here, message, "train", "--batch", "full", "--dask", "local")


def test_debug_shows_where(capsys: Capture) -> None:
    assert nnfunc("train", "--epochs", "0", "--debug") == 2
    errors = capsys.readouterr().err
    assert errors.startswith("Traceback ")
    assert errors.endswith("nnfunc: train: epochs must be a whole number from 1; got 0.\n")


def test_an_error_is_one_line(here: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "evaluate", "nowhere"], env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nnfunc: nowhere: file must exist; got nothing there. Is the path right?\n"
