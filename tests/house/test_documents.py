"""The notebook runs, and the reference can be made from the docstrings."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nnfunc as nn
from tests.golden import MODULES
from tests.places import ROOT


def test_the_notebook_runs() -> None:
    pytest.importorskip("marimo")
    run = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "notebook.py")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_the_reference_has_every_public_name(tmp_path: Path) -> None:
    pytest.importorskip("pdoc")
    (options,) = re.findall(r"`pdoc (.*?)`", (ROOT / "README.md").read_text())
    command = [sys.executable, "-m", "pdoc", "-o", str(tmp_path), *options.split()]
    run = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    shown = set(re.findall(r'id="(\w+)"', (tmp_path / "nnfunc.html").read_text()))
    public = {name for name, x in vars(nn).items() if not name.startswith("_") and callable(x)}
    assert public <= shown, public - shown
    modules = {name for name in options.split() if name.startswith("nnfunc.")}
    assert modules == {f"nnfunc.{name}" for name in MODULES}
    made = {str(path.relative_to(tmp_path).with_suffix("")).replace("/", ".") for path in tmp_path.rglob("*.html")}
    assert made == {"index", "nnfunc", *modules}, "nothing that is not public"
