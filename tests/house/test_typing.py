"""What the static checkers say of a user's code: one file that passes, one that fails on each marked line."""

import importlib.util
import json
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from nnfunc.activations import ACTIVATIONS, OUTPUTS, ActivationName, OutputName
from nnfunc.costs import COSTS, CostName
from nnfunc.training.steps.settings import OPTIMIZERS, OptimizerName
from tests.places import ROOT

FAILS = Path("tests/typing/fails.py")

needs_mypy = pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
needs_pyright = pytest.mark.skipif(importlib.util.find_spec("pyright") is None, reason="pyright is not installed")


def run(tool: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", tool, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def marked_lines() -> set[int]:
    return {i for i, line in enumerate((ROOT / FAILS).read_text().splitlines(), start=1) if line.endswith("# error")}


def lines_with_errors(output: str) -> set[int]:
    return {int(line) for line in re.findall(r"fails\.py:(\d+)(?::\d+)?(?: -|:) error", output)}


@needs_mypy
def test_mypy_refuses_each_marked_line_and_no_other() -> None:
    assert lines_with_errors(run("mypy", str(FAILS)).stdout) == marked_lines()


@needs_pyright
def test_pyright_refuses_each_marked_line_and_no_other(tmp_path: Path) -> None:
    shutil.copy(ROOT / FAILS, tmp_path)
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT)]}))
    result = run("pyright", "--pythonpath", sys.executable, "fails.py", cwd=tmp_path)
    assert lines_with_errors(result.stdout) == marked_lines()


@needs_mypy
def test_mypy_accepts_what_users_write() -> None:
    result = run("mypy", "tests/typing/passes.py")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("names", "table"),
    [(ActivationName, ACTIVATIONS), (OutputName, OUTPUTS), (CostName, COSTS), (OptimizerName, OPTIMIZERS)],
)
def test_the_names_that_checkers_accept_are_those_of_the_table(names: Any, table: Mapping[str, object]) -> None:
    assert set(get_args(names)) == table.keys()


@needs_mypy
@pytest.mark.slow
def test_each_stub_is_needed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "nnfunc", tmp_path / "nnfunc")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)  # and no stubs
    output = run("mypy", "nnfunc", cwd=tmp_path).stdout
    failing = {line.partition(":")[0] for line in output.splitlines() if ": error: " in line}
    stubs = sorted(path.name for path in (ROOT / "typings").iterdir())
    users = {stub: {file for file in failing if imports(file, stub)} for stub in stubs}
    assert all(users.values()), users
    assert set[str]().union(*users.values()) == failing


def imports(file: str, stub: str) -> bool:
    return bool(re.search(rf"^ *(import|from) {stub}\b", source_of(file), re.MULTILINE))


def source_of(file: str) -> str:
    return (ROOT / file).read_text()


def test_the_overlay_names_the_axes_of_each_checked_function() -> None:
    overlay = runpy.run_path(str(ROOT / ".ci" / "pyrefly" / "overlay.py"))
    text = '@checked\ndef f(x: Float[Array, "n m+k"]) -> Float[Array, "{n} *rest"]:\n    y: Float[Array, " m"] = x\n'
    assert overlay["named"](text) == text.replace("@checked\n", '@checked("n m k *rest")\n')
    for file in (ROOT / "nnfunc").rglob("*.py"):
        source = file.read_text()
        named = overlay["named"](source)
        assert len(named.splitlines()) == len(source.splitlines())
        assert not re.search(r"^ *@checked(_with\([\w.]+\))?$", named, re.MULTILINE)
