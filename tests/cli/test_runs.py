"""Runs in folders: they repeat themselves, and go on where they stood."""

import dataclasses
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from tests.cli.commands import Capture, nnfunc

pytest.importorskip("tyro")

from nnfunc.cli.display import watched
from nnfunc.cli.options import Generalisation, Network, Result, Steps
from nnfunc.cli.settings import settings_of
from nnfunc.cli.train import TrainCommand

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
    every = dataclasses.replace(
        TrainCommand(), network=Network(digit=3, output="sigmoid", cost="squared_error", hidden=())
    )
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
    assert "nothing was left to do; raise --epochs or --patience to continue" in text


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
        "nnfunc: train: --patience must be set from the beginning of a run; got one at epoch 1. Start a new run?\n"
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
