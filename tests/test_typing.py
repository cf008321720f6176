"""What the static checkers say of a user's code: one file that passes, one that fails on each marked line."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
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


@needs_mypy
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


def declarations() -> Iterator[tuple[str, set[str], set[str]]]:
    """Each definition under `@checked("n m")`: where it is, the axes that it declares, the axes that it names."""
    for file in sorted((ROOT / "nnfunc").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            for decorator in node.decorator_list:
                match decorator:
                    case ast.Call(func=ast.Name("checked"), args=[ast.Constant(value=str(declared))]):
                        named = re.findall(r'\[Array, "([^"]*)"\]', ast.unparse(node).replace("'", '"'))
                        axes = {axis.lstrip("*") for axes in named for axis in axes.split()}
                        names = {axis for axis in axes if axis.isidentifier()}
                        yield f"{file.name}: {node.name}", {n.lstrip("*") for n in declared.split()}, names
                    case _:
                        pass


def test_what_is_declared_to_pyrefly_is_what_the_annotations_name() -> None:
    found = list(declarations())
    assert len(found) > 40
    for where, declared, named in found:
        assert declared == named, where
