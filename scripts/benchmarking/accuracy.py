"""Time to an accuracy: fresh weights, epoch after epoch, until the test images are recognised well enough."""

from functools import partial

from benchmarking import judge
from benchmarking.contestants import TORCH
from benchmarking.inputs import Inputs
from benchmarking.speed import workers
from benchmarking.tables import figure, range_of, table
from benchmarking.worker import Worker
from benchmarking.workloads import TO_ACCURACY, Samples

TARGET = 0.975

EPOCHS = 15
"""After these nobody goes on."""


def _run(worker: Worker, name: str, test: Samples, epochs: dict[str, int], most: int) -> float:
    """Seconds of training until the target is reached; the evaluation, in another process, is not among them."""
    seconds = worker.reset(name)
    for number in range(1, most + 1):
        seconds += worker.turn(name)
        epochs[worker.contestant.name] = number
        if judge.accuracy(worker.weights(name), test) >= TARGET:
            return seconds
    epochs[worker.contestant.name] = 0
    return seconds


def measure(inputs: Inputs) -> str:
    """The table."""
    workload, most = inputs.sized(TO_ACCURACY), 2 if inputs.quick else EPOCHS
    test = Samples.read(inputs.folder, "test")
    epochs: dict[str, int] = {}
    with workers(workload, inputs, warm_up=0) as ready:
        turns = {name: partial(_run, worker, workload.name, test, epochs, most) for name, worker in ready.items()}
        first = {name: turn() for name, turn in turns.items()}
        rounds = inputs.interleaved("time to accuracy", turns, [worker.pid for worker in ready.values()])
    header = ["", "epochs", "s", "s, first time in a process", f"time / that of {TORCH.name}"]
    rows = [
        [
            name,
            str(epochs[name] or f"not in {most}"),
            figure(rounds.median(name)),
            figure(first[name]),
            range_of(rounds.ratios(name, TORCH.name)) if TORCH.name in ready else "–",
        ]
        for name in ready
    ]
    return table(header, rows)
