"""The command line of scripts/benchmark.py: which measurements, how often, and where they are shown."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarking import accuracy, footprint, growth, machine, plot, speed
from benchmarking.contestants import CONTESTANTS, LIBRARIES, NNFUNC
from benchmarking.inputs import Inputs
from benchmarking.rounds import Timekeeper
from benchmarking.speed import Speed
from benchmarking.workloads import PREDICTION, TO_ACCURACY, TRAINING, Workload

PARTS = ("machine", *(workload.name for workload in TRAINING + PREDICTION), "accuracy", "footprint", "growth")

PATIENCE = 3
"""Times as many rounds as are wanted are taken at most, where they are disturbed."""

PEERS = tuple(library.distribution for library in LIBRARIES if library != NNFUNC.library)


def arguments() -> argparse.Namespace:
    """What the user wants."""
    parser = argparse.ArgumentParser(description="nnfunc beside PyTorch, JAX and scikit-learn, as Markdown tables.")
    parser.add_argument("folder", nargs="?", help="IDX files of MNIST; by default the embedded subset")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--against", nargs="*", choices=PEERS, default=PEERS, metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--rounds", type=int, default=7, help="of everybody's turn (7)")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="a picture of the same, with matplotlib")
    parser.add_argument("--quick", action="store_true", help="a few samples, to see that it runs; figures mean nothing")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds must be 1 or more; got {options.rounds}")
    return options


def main() -> None:
    """Measure and print."""
    options = arguments()
    wanted = {NNFUNC.library.distribution, *options.against}
    present = [c for c in CONTESTANTS if c.library.distribution in wanted and c.library.is_installed]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder  # so that a first compilation is one
        timekeeper = Timekeeper(options.rounds, most=(1 if options.quick else PATIENCE) * options.rounds)
        inputs = Inputs(Path(folder), present, timekeeper, options.quick)
        for peer in sorted(wanted - {contestant.library.distribution for contestant in present}):
            inputs.note(f"{peer} is left out: it is not installed.")
        inputs.write(options.folder)
        report(inputs, options.only, options.plot)


def report(inputs: Inputs, parts: Sequence[str], picture: Path | None) -> None:
    """Print each part when it is done, draw them, and say what happened on the way."""
    head = machine.head([*dict.fromkeys(c.library.distribution for c in inputs.contestants), "numpy"])
    print(head, flush=True)
    if "machine" in parts:
        section("What the machine can do", machine.limits(inputs.timekeeper.rounds, inputs.quick))
    training = speeds("Training", [workload for workload in TRAINING if workload.name in parts], inputs)
    prediction = speeds("Prediction", [workload for workload in PREDICTION if workload.name in parts], inputs)
    if "accuracy" in parts:
        section(f"Time to {accuracy.TARGET:.1%} test accuracy: {TO_ACCURACY.title}", accuracy.measure(inputs))
    if "footprint" in parts:
        section("Before it computes", footprint.measure(inputs))
    growths = growth.measure(inputs) if "growth" in parts else []
    if growths:
        section("How nnfunc grows", growth.tables(growths))
    if picture is not None and not plot.can_draw():
        inputs.note("the picture is left out: matplotlib is not installed.")
    elif picture is not None:
        plot.draw(picture, head, training, prediction, growths)
    if inputs.notes:
        section("Notes", "\n".join(f"- {note}" for note in inputs.notes))


def speeds(title: str, workloads: Sequence[Workload], inputs: Inputs) -> list[Speed]:
    """Measure these and print their tables."""
    measured: list[Speed] = []
    for workload in workloads:
        inputs.progress(f"{workload.name}: {workload.title}")
        measured.append(speed.measure(inputs.sized(workload), inputs))
    if measured:
        section(title, speed.tables(measured))
    return measured


def section(title: str, content: str) -> None:
    """A part of the report."""
    print(f"\n### {title}\n\n{content}", flush=True)
