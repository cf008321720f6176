"""The command line of scripts/benchmark.py: which measurements, how often, and where they are shown."""

import argparse
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import nnfunc as nn
from benchmarking import accuracy, baseline, imports, machine, plot, speed
from benchmarking.contestants import NNFUNC, PEERS
from benchmarking.rounds import table
from benchmarking.speed import Setting, Speed
from benchmarking.workloads import GROWTH, PREDICTION, TO_ACCURACY, TRAINING

PARTS = ("machine", *(workload.name for workload in TRAINING + PREDICTION), "accuracy", "import", "growth")


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="nnfunc beside PyTorch, JAX and scikit-learn, as Markdown tables.")
    parser.add_argument("folder", nargs="?", help="IDX files of MNIST; by default the embedded subset")
    parser.add_argument("--baseline", metavar="COMMIT", help="compare with nnfunc at this commit instead")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=7, help="of everybody's turn (7)")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="a picture of the same, with matplotlib")
    parser.add_argument("--quick", action="store_true", help="a few samples, to see that it runs; figures mean nothing")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds must be 1 or more; got {options.rounds}")
    return options


def main() -> None:
    """Measure, and print the tables."""
    options = arguments()
    with TemporaryDirectory() as folder:
        for part, data in zip(("training", "test"), nn.load_mnist(options.folder), strict=True):
            np.save(Path(folder) / f"{part}-X.npy", data.X.T)
            np.save(Path(folder) / f"{part}-y.npy", data.labels)
        setting = Setting(Path(folder), options.rounds, options.quick)
        if options.baseline:
            print(machine.head(["numpy"]), flush=True)
            workloads = [workload for workload in TRAINING + PREDICTION if workload.name in options.only]
            print(baseline.compare(options.baseline, workloads, setting))
        else:
            report(setting, options.only, options.plot)


def report(setting: Setting, parts: Sequence[str], picture: Path | None) -> None:
    """Print each part when it is done, and plot the speeds."""
    contestants = [NNFUNC, *(peer for peer in PEERS if find_spec(peer.package))]
    head = machine.head([*(contestant.distribution for contestant in contestants[1:]), "numpy"])
    print(head, flush=True)
    if "machine" in parts:
        section("What the machine can do", machine.limits(setting.quick))
    drawn: list[tuple[str, list[Speed]]] = []
    for title, workloads in (("Training", TRAINING), ("Prediction", PREDICTION)):
        speeds = [speed.measure(one, setting, contestants) for one in workloads if one.name in parts]
        if speeds:
            section(title, speed.tables(speeds))
            drawn.append((title, speeds))
    if "accuracy" in parts:
        section(f"Time to {accuracy.TARGET:.1%} of {TO_ACCURACY.title}", accuracy.measure(setting, contestants))
    if "import" in parts:
        rounds = imports.import_times(setting.rounds, contestants)
        section("Import", table(["import", "time"], [[one.statement, rounds.time(one.name)] for one in contestants]))
    if "growth" in parts:
        grown = [speed.measure(one, setting, [NNFUNC]) for one in GROWTH[:: 3 if setting.quick else 1]]
        times = [[one.workload.title, one.rounds.time(NNFUNC.name)] for one in grown]
        section("How nnfunc grows", table(["growth", "median time"], times))
    if picture is not None and drawn:
        plot.draw(picture, head, drawn)


def section(title: str, content: str) -> None:
    """Print a part of the report."""
    print(f"\n### {title}\n\n{content}", flush=True)
