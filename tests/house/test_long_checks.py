"""A sample of what `scripts/long_checks.py` checks in full."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

SCRIPT = ROOT / "scripts" / "long_checks.py"


pytestmark = pytest.mark.slow


def names() -> list[str]:
    for node in ast.parse(SCRIPT.read_text()).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
            return [
                key.value for key in node.value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
            ]
    raise AssertionError("no table of checks")


@pytest.mark.skipif(sys.platform != "linux", reason="it needs signals, limits and /proc of Linux")
@pytest.mark.parametrize("name", names())
def test_a_sample_passes(name: str, tmp_path: Path) -> None:
    if name == "fuzzed":
        pytest.importorskip("safetensors")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), name, "--quick"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{name}: ")
