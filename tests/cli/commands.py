"""The command as the tests call it, in this process or as a program; they are skipped where its extra is not there."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import nnfunc as nn
from nnfunc.cli.main import main
from tests.data.files import npy
from tests.places import ROOT

pytest.importorskip("tyro")
pytest.importorskip("rich")

Capture = pytest.CaptureFixture[str]
COMMAND = [sys.executable, "-m", "nnfunc"]


def nnfunc(*arguments: str | Path) -> int:
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else -1


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


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


def npy_folder(here: Path) -> Path:
    """60 training and 30 test images of the embedded ones, as .npy files in the working folder."""
    for part, data, m in zip(("train", "test"), nn.load_mnist(), (60, 30), strict=True):
        npy(here / f"x_{part}.npy", data.X.T[:m])
        npy(here / f"y_{part}.npy", data.y[:m])
    return here
