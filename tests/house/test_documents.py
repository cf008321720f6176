"""The notebook runs, and the reference has all that is public."""

import ast
import subprocess
import sys
from typing import Any

import pytest

from tests.golden import MODULES, PUBLIC
from tests.places import ROOT


def test_the_notebook_runs() -> None:
    pytest.importorskip("marimo")
    run = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "notebook.py")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def table(name: str) -> Any:
    """A table of `.site/pages.py`."""
    for node in ast.parse((ROOT / ".site" / "pages.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise AssertionError(name)


def test_the_reference_has_every_public_name_once() -> None:
    names = [name for _, names in table("REFERENCE").values() for name in names.split()]
    assert sorted(names) == [name for name in PUBLIC if name != "Array"]  # NumPy's
    assert {name for _, names in table("MODULES").values() for name in names} == set(MODULES)
