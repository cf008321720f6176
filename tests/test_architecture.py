"""Floors, lazy extras, names, sizes of files: what keeps the house in order."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import nnfunc as nn

PACKAGE = Path(nn.__file__).parent

FLOORS: tuple[set[str], ...] = (
    {"array", "blas", "differences", "errors", "html", "interrupts", "numbers", "source", "stand_in", "tree"},
    {"recording", "shapes", "symbols"},
    {"activations", "augmentation", "columns", "costs", "digits", "functions"},
    {
        "params",
        "passes",
        "boundary",
        "network",
        "notes",
        "gradients",
        "tiling",
        "prediction",
        "metrics",
        "equations",
        "symbolic_network",
    },
    {
        "data",
        "npz",
        "archive",
        "files",
        "older_files",
        "evaluation",
        "divergence",
        "descent",
        "lbfgs",
        "minibatches",
        "optimizers",
        "recipe",
        "settings",
        "reading",
        "regularisation",
        "schedules",
        "states",
        "checkpoints",
        "writing",
    },
    {"training", "epoch", "epochs", "rates", "runs", "saving", "wrappers"},
    {"convert", "distributed", "export", "jax", "onnx_stack", "plots", "report", "sklearn"},
    {"cli", "__main__"},
)

EXTRAS = {
    "tyro",
    "rich",
    "PIL",
    "pooch",
    "dask",
    "distributed",
    "scipy",
    "matplotlib",
    "tensorboardX",
    "safetensors",
    "sklearn",
    "onnx",
    "jax",
}


def floor_of(module: str) -> int:
    """The floor of `nnfunc.<name>…`."""
    name = module.split(".")[1]
    (floor,) = (i for i, names in enumerate(FLOORS) if name in names)
    return floor


def module_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str) -> set[str]:
    """The modules of nnfunc that a module imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(FILES[module].read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in FILES else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name in FILES} - {"nnfunc"}


IMPORTS = {module: imports(module) for module in FILES}


@pytest.mark.parametrize("module", [module for module in FILES if module != "nnfunc"])
def test_imports_point_down(module: str) -> None:
    for other in IMPORTS[module]:
        assert floor_of(other) <= floor_of(module), f"{module} imports {other}, which is above it"


def test_no_reading_knows_another() -> None:
    for module in IMPORTS:
        for one, other in (("recording", "symbols"), ("symbols", "recording")):
            if module.startswith(f"nnfunc.{one}"):
                assert not any(name.startswith(f"nnfunc.{other}") for name in IMPORTS[module]), module


def test_there_is_no_circle() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module not in done:
            for other in IMPORTS[module]:
                if not other.startswith(f"{module}."):  # a package re-exports its own parts
                    visit(other, (*path, module))
            done.add(module)

    for module in FILES:
        visit(module, ())
    assert done == set(FILES)


def test_no_file_is_long() -> None:
    lengths = sorted(len(file.read_text().splitlines()) for file in FILES.values())
    assert lengths[-1] <= 300
    assert lengths[len(lengths) // 2] < 150


def test_no_function_is_longer_than_a_screen() -> None:
    for module, file in FILES.items():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0
                assert lines <= 40, f"{module}.{node.name}"


def test_the_public_names_are_these() -> None:
    public = {name for name in vars(nn) if not name.startswith("_")}
    modules = {name.split(".")[1] for name in FILES if name != "nnfunc"}
    assert public - modules == set(nn.__all__)
    assert {"train", "forward", "Params", "load_state", "from_frame"} <= set(nn.__all__)


def test_the_core_needs_these_four() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=~ ]", line)[0] for line in project["dependencies"]}
    assert names == {"numpy", "jaxtyping", "beartype", "threadpoolctl"}


def test_importing_brings_in_nothing_beyond_the_three() -> None:
    program = "import numpy, jaxtyping, beartype, sys; before = set(sys.modules); import nnfunc; print(*sorted(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", program], env=os.environ, capture_output=True, text=True, check=True)
    brought = {name.partition(".")[0] for name in run.stdout.split()} - set(sys.stdlib_module_names)
    assert brought <= {"nnfunc", "numpy", "jaxtyping", "beartype"}, brought


def test_extras_are_imported_where_they_are_used_only() -> None:
    for module, file in FILES.items():
        if module.startswith(("nnfunc.cli", "nnfunc.sklearn")):
            continue
        for node in ast.parse(file.read_text()).body:  # the top level: what runs at import
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
                assert not {name.partition(".")[0] for name in names} & EXTRAS, module


def test_the_mathematics_is_pure() -> None:
    for module in ("activations", "costs", "network", "notes"):
        for node in ast.walk(ast.parse(FILES[f"nnfunc.{module}"].read_text())):
            assert not isinstance(node, ast.AugAssign | ast.Delete | ast.Global | ast.Nonlocal), module
            if isinstance(node, ast.Call):
                assert all(keyword.arg != "out" for keyword in node.keywords), module
            if isinstance(node, ast.Assign):
                assert not any(isinstance(target, ast.Subscript) for target in node.targets), module


def test_the_top_level_holds_nothing_else() -> None:
    root = Path(__file__).parents[1]
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    entries = {name.partition("/")[0] for name in listed.stdout.splitlines()}
    expected = {"pyproject.toml", "README.md", "LICENSE", "nnfunc", "tests", "typings", "scripts"}
    assert {entry for entry in entries if not entry.startswith(".")} <= expected
