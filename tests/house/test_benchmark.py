"""That scripts/benchmark.py still runs, on a few samples. How long anything takes is not looked at."""

import math
import os
import re
import subprocess
import sys

import pytest

import nnfunc as nn
from tests.places import ROOT

pytestmark = pytest.mark.slow

TRAINED = "784-10-10, full-batch step, 512 samples"


def benchmark(*arguments: str) -> str:
    command = [sys.executable, "scripts/benchmark.py", "--quick", "--rounds", "1", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def report() -> str:
    return benchmark("--only", "machine", "W1", "P2", "accuracy", "import", "growth")


def rows(report: str, heading: str) -> dict[str, dict[str, str]]:
    """By their first cell, the cells of the rows under the table head that begins so, by the names of the columns."""
    begin = report.index(f"| {heading} |")
    head, _, *lines = (line[2:-2].split(" | ") for line in report[begin:].partition("\n\n")[0].splitlines())
    return {first: dict(zip(head[1:], cells, strict=True)) for first, *cells in lines}


def seconds(time: str) -> float:
    value, unit = time.split()
    return float(value) * {"ms": 1e-3, "µs": 1e-6}[unit]


def test_every_time_is_positive_and_finite(report: str) -> None:
    for heading, name in (
        ("median time", TRAINED),
        ("learner", "nnfunc"),
        ("import", "import nnfunc"),
        ("growth", TRAINED),
    ):
        for cells in (rows(report, heading)[name], *rows(report, heading).values()):
            times = [seconds(cell) for cell in cells.values() if cell.endswith(("ms", "µs"))]
            assert times
            assert all(math.isfinite(time) and time > 0 for time in times), cells


def test_ratios_and_the_peak_of_the_machine_are_positive(report: str) -> None:
    ratios = rows(report, "time of nnfunc / that of")[TRAINED]
    assert ratios["nnfunc"] == "1.00 (1.00–1.00)"
    for cell in ratios.values():
        middle, least, most = map(float, re.findall(r"[\d.]+", cell))
        assert 0 < least <= middle <= most
    (peak,) = re.findall(r"([\d.]+) GFLOP/s in a large product, ([\d.]+) GB/s", report)
    assert all(float(figure) > 0 for figure in peak)


def test_everybody_learns_what_training_gives(report: str) -> None:
    training, _ = nn.load_mnist()
    epochs = nn.train(nn.init((784, 10, 10)), training.take(slice(512)), learning_rate=0.1, epochs=3)
    *_, last = epochs  # two to warm up, and one round
    for cost in rows(report, "cost after all rounds")[TRAINED].values():
        assert float(cost) == pytest.approx(last.cost, rel=1e-5)


def test_predictions_are_those_of_float64(report: str) -> None:
    (cells,) = rows(report, "classes as in float64").values()
    assert cells["nnfunc"] == "1.000000"


def test_the_checkout_is_compared_with_a_commit_of_itself() -> None:
    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("not a checkout")
    report = benchmark("--baseline", "HEAD", "--only", "W1")
    compared = rows(report, "work")
    assert list(compared) == [TRAINED, "import nnfunc"]
    for cells in compared.values():
        assert seconds(cells["old"]) > 0
    *_, old, new = compared[TRAINED].values()
    assert float(old) == pytest.approx(float(new), rel=1e-5)
