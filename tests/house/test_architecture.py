"""Floors, lazy extras, names, sizes of files: what keeps the house in order."""

import ast
import inspect
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

import nnfunc as nn
from tests.golden import PUBLIC
from tests.places import ROOT

PACKAGE = Path(nn.__file__).parent

FLOORS = (
    ("base",),
    ("tracing", "schedules"),
    ("shapes", "recording"),
    ("activations",),
    ("costs",),
    ("model",),
    ("network", "data", "files"),
    ("notes", "optimizers", "tiling"),
    ("training",),
    ("convert", "distributed", "export", "jax", "plots", "report", "sklearn"),  # doors to others
    ("cli",),
    ("__main__",),
)
"""Rooms, the files in front and the folders, from the ground up: each imports what is below its floor only."""

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


def room_of(module: str) -> str:
    """The folder or the file in front of `nnfunc.<name>…`."""
    return module.split(".")[1]


def module_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str) -> set[str]:
    """The modules of nnfunc that a module imports when it runs, wherever in the file."""
    found: set[str] = set()
    for node in _running(ast.parse(FILES[module].read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in FILES else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name in FILES} - {"nnfunc"}


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in it, but for what only static checkers read."""
    skips = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    yield node
    for child in node.orelse if isinstance(node, ast.If) and skips else ast.iter_child_nodes(node):
        yield from _running(child)


IMPORTS = {module: imports(module) for module in FILES}

ROOMS = {
    room: {room_of(name) for m in IMPORTS if m != "nnfunc" and room_of(m) == room for name in IMPORTS[m]} - {room}
    for floor in FLOORS
    for room in floor
}


def test_the_floors_name_every_room_once() -> None:
    named = [room for floor in FLOORS for room in floor]
    assert sorted(named) == sorted({room_of(module) for module in FILES if module != "nnfunc"})
    assert len(FLOORS) <= 12
    assert len(list(PACKAGE.glob("*.py"))) <= 12


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_down(room: str) -> None:
    (floor,) = (i for i, rooms in enumerate(FLOORS) if room in rooms)
    below = {name for rooms in FLOORS[:floor] for name in rooms}
    assert ROOMS[room] <= below, f"{room} imports {ROOMS[room] - below}, which is not below it"


def test_no_two_floors_could_be_one() -> None:
    for lower, floor in pairwise(FLOORS):
        assert any(ROOMS[room] & set(lower) for room in floor), f"none of {floor} needs {lower}"


def test_training_has_floors_of_its_own() -> None:
    floors = ("states", "steps", "epochs", "train rate_range")
    for module in IMPORTS:
        if module.count(".") > 1 and module.startswith("nnfunc.training."):
            (own,) = (i for i, floor in enumerate(floors) if module.split(".")[2] in floor.split())
            above = {f"nnfunc.training.{name}" for floor in floors[own + 1 :] for name in floor.split()}
            assert not {name for name in IMPORTS[module] if name.startswith(tuple(above))}, module


def test_only_the_command_imports_the_package_itself() -> None:
    for module, file in FILES.items():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "nnfunc" and not module.startswith("nnfunc.cli"):
                assert {f"nnfunc.{alias.name}" for alias in node.names} <= set(FILES), module
            if isinstance(node, ast.Import) and not module.startswith("nnfunc.cli"):
                assert "nnfunc" not in {alias.name for alias in node.names}, module


def test_the_wing_in_c_is_entered_at_one_place() -> None:
    wing = "nnfunc.recording.native"
    entering = {
        module
        for module in IMPORTS
        if module.startswith("nnfunc.recording.")
        and not module.startswith(wing)
        and any(name.startswith(wing) for name in IMPORTS[module])
    }
    assert entering == {"nnfunc.recording.recorder"}


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
    public = {name for name, value in vars(nn).items() if not (name.startswith("_") or inspect.ismodule(value))}
    assert public == set(PUBLIC)
    assert {"train", "forward", "Params", "load_state", "from_frame"} <= public
    assert len(PUBLIC) == len(set(PUBLIC)) == 85


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("checkpointing", nn.Checkpointing),
        ("early_stopping", nn.EarlyStopping),
        ("history", nn.History),
        ("logging", nn.Logging),
        ("progress", nn.Progress),
        ("tensorboard", nn.TensorBoard),
    ],
)
def test_old_names_work_and_say_the_new_one(old: str, new: type) -> None:
    with pytest.warns(DeprecationWarning, match=rf"nn\.{old} is now nn\.{new.__name__}\."):
        assert getattr(nn, old) is new


def test_a_name_that_never_was_is_none() -> None:
    with pytest.raises(AttributeError, match="module 'nnfunc' has no attribute 'trian'"):
        _ = cast("Any", nn).trian


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
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    entries = {name.partition("/")[0] for name in listed.stdout.splitlines()}
    expected = {"pyproject.toml", "README.md", "LICENSE", "nnfunc", "tests", "typings", "scripts"}
    assert {entry for entry in entries if not entry.startswith(".")} <= expected
