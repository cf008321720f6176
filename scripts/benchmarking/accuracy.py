"""Time to an accuracy: from fresh weights, epoch after epoch, until the accuracy on the test images is reached."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarking.contestants import NNFUNC, Contestant
from benchmarking.rounds import interleaved, table
from benchmarking.speed import Setting
from benchmarking.tasks import scores
from benchmarking.worker import Ask
from benchmarking.workloads import TO_ACCURACY

TARGET = 0.975

EPOCHS = 15
"""The largest number of epochs; a contestant that needs more gets an infinite time."""


def measure(setting: Setting, contestants: Sequence[Contestant]) -> str:
    """Measure each contestant, and return the table."""
    test, target = setting.task(replace(TO_ACCURACY, kind="predict")), 0.1 if setting.quick else TARGET
    epochs: dict[str, int] = {}

    def run(name: str, ask: Ask) -> float:
        """Return the seconds of training; the evaluation, in another process, is not included."""
        ask("reset")
        seconds = 0.0
        for number in range(1, EPOCHS + 1):
            epochs[name] = number
            seconds += float(ask("turn"))
            if np.equal(scores(ask("result"), test.X).argmax(axis=1), test.y).mean() >= target:
                return seconds
        return float("inf")

    with setting.workers(setting.task(TO_ACCURACY), contestants, warm_up=0) as ready:
        turns = {name: partial(run, name, ask) for name, ask in ready.items()}
        interleaved(turns, 1)  # compilation is not part of the times
        rounds = interleaved(turns, setting.rounds)
    rows = [[name, str(epochs[name]), rounds.time(name), rounds.ratio(NNFUNC.name, name)] for name in ready]
    return table(["learner", "epochs", "time", "nnfunc / it"], rows)
