"""Training and prediction: the time and memory of each contestant, and what it learned or predicted."""

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

import nnfunc as nn
from benchmarking.contestants import NNFUNC, Contestant
from benchmarking.rounds import Rounds, interleaved, table
from benchmarking.tasks import Task, cost, scores
from benchmarking.worker import Ask, worker
from benchmarking.workloads import Workload


@dataclass(frozen=True)
class Setting:
    """The settings that all measurements share."""

    folder: Path
    """The folder of the samples."""
    rounds: int
    quick: bool
    """Whether everything is as small as possible."""

    def task(self, workload: Workload) -> Task:
        """Return the workload, or the same on a few samples, with the initial weights of all contestants."""
        weights = [(layer.W, layer.b) for layer in nn.init(workload.sizes).layers]
        return Task.read(workload.small() if self.quick else workload, self.folder, weights)

    @contextmanager
    def workers(self, task: Task, contestants: Sequence[Contestant], warm_up: int) -> Generator[dict[str, Ask]]:
        """Start a process for each contestant, with some warm-up turns; one that fails is left out, but not nnfunc."""
        print(task.workload.title, file=sys.stderr, flush=True)
        ready: dict[str, Ask] = {}
        with ExitStack() as stack:
            for contestant in contestants:
                try:
                    ask = stack.enter_context(worker(contestant, task.workload, self.folder, task.weights))
                    for _ in range(warm_up):
                        ask("turn")
                    ready[contestant.name] = ask
                except Exception as error:
                    if contestant.package == NNFUNC.package:
                        raise
                    print(f"{contestant.name} is left out: {error}", file=sys.stderr)
            yield ready


@dataclass(frozen=True)
class Speed:
    """The measurements of one workload."""

    workload: Workload
    rounds: Rounds
    outcomes: Mapping[str, float]
    """The cost at the end of training, or the share of the samples that are predicted as in float64."""
    memory: Mapping[str, float]
    """The peak memory of its process in megabytes."""


def measure(workload: Workload, setting: Setting, contestants: Sequence[Contestant]) -> Speed:
    """Time all contestants in interleaved rounds, then evaluate their results."""
    task = setting.task(workload)
    with setting.workers(task, contestants, warm_up=2) as ready:
        rounds = interleaved({name: partial(ask, "turn") for name, ask in ready.items()}, setting.rounds)
        memory = {name: ask("peak_memory") / 1e6 for name, ask in ready.items()}
        results = {name: ask("result") for name, ask in ready.items()}
    if workload.kind == "train":
        outcomes = {name: cost(weights, task.X, task.y) for name, weights in results.items()}
    else:
        right = scores(task.weights, task.X).argmax(axis=1)
        outcomes = {name: float(np.equal(classes, right).mean()) for name, classes in results.items()}
    return Speed(task.workload, rounds, outcomes, memory)


def tables(speeds: Sequence[Speed]) -> str:
    """Return tables of medians, ratios to the peers, what was learned or predicted, and memory; a row per workload."""
    names = list(dict.fromkeys(name for speed in speeds for name in speed.outcomes))
    outcome = "cost after all rounds" if speeds[0].workload.kind == "train" else "classes as in float64"
    columns: dict[str, Callable[[Speed, str], str]] = {
        "median time": lambda speed, name: speed.rounds.time(name),
        f"time of {names[0]} / that of": lambda speed, name: speed.rounds.ratio(names[0], name),
        outcome: lambda speed, name: f"{speed.outcomes.get(name, np.nan):.6f}",
        "peak memory, MB": lambda speed, name: f"{speed.memory.get(name, np.nan):.0f}",
    }
    return "\n\n".join(
        table([title, *names], [[speed.workload.title, *(cell(speed, name) for name in names)] for speed in speeds])
        for title, cell in columns.items()
    )
