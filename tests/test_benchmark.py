"""That scripts/benchmark.py still runs, alone and on a few samples. Times are not looked at."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nnfunc as nn

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def report() -> str:
    command = [sys.executable, "scripts/benchmark.py", "--quick", "--rounds", "1", "--against", "--only"]
    parts = ["machine", "W1", "P2", "accuracy", "footprint", "growth"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(command + parts, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def rows(report: str, heading: str) -> dict[str, list[str]]:
    """The cells of the rows under the table head that begins so, by the first of them."""
    _, _, after = report.partition(f"| {heading}")
    lines = after.partition("\n\n")[0].splitlines()[2:]
    return {cells[1].strip(): [cell.strip() for cell in cells[2:-1]] for cells in (line.split("|") for line in lines)}


def test_every_figure_is_a_number(report: str) -> None:
    tables = [line for line in report.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(tables) >= 18
    for heading in ("median time", "cost after", "samples m", "hidden nodes", "hidden layers"):
        assert rows(report, heading), heading
        for cells in rows(report, heading).values():
            assert all(cell == "–" or float(cell.split()[0].replace(",", "")) >= 0 for cell in cells), cells
    for part in ("What the machine can do", "Training", "Prediction", "Time to 97.5%", "Before it", "How nnfunc grows"):
        assert f"### {part}" in report


def test_what_was_learnt_is_what_training_gives(report: str) -> None:
    training, _ = nn.load_mnist()
    epochs = nn.train(nn.init((784, 10, 10)), training.take(slice(512)), learning_rate=0.1, epochs=3)
    *_, last = epochs  # two to warm up, and one round
    for name in ("nnfunc", "nnfunc gradient + update"):
        assert float(rows(report, "cost after")[name][0]) == pytest.approx(last.cost, rel=1e-5)


def test_predictions_are_those_of_float64(report: str) -> None:
    (share,) = re.findall(r"At least ([\d.]+)% of the classes", report)
    assert float(share) > 99
