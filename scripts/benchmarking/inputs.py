"""What all measurements share: samples in files, first weights, who takes the time, notes on what happened."""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nnfunc as nn
from benchmarking.contestants import Contestant
from benchmarking.rounds import Rounds, Timekeeper
from benchmarking.workloads import Samples, Weights, Workload


@dataclass(frozen=True)
class Inputs:
    """Given to every measurement."""

    folder: Path
    """Where the samples are, written by `write`."""
    contestants: Sequence[Contestant]
    """Those that are wanted and installed."""
    timekeeper: Timekeeper
    quick: bool
    """Whether everything is as small as can be."""
    notes: list[str] = field(default_factory=list[str])

    def write(self, mnist: str | None) -> None:
        """Put the samples where the contestants read them, as files without nnfunc."""
        for part, data in zip(("training", "test"), nn.load_mnist(mnist), strict=True):
            Samples(data.X.T, data.labels).write(self.folder, part)

    def weights(self, workload: Workload) -> Weights:
        """Those that everybody starts from."""
        return [(layer.W, layer.b) for layer in nn.init(workload.sizes).layers]

    def sized(self, workload: Workload) -> Workload:
        """The workload, or the same on a few samples."""
        return workload.small() if self.quick else workload

    def note(self, line: str) -> None:
        """Keep for the end, and tell at once."""
        self.notes.append(line)
        self.progress(line)

    def interleaved(self, name: str, turns: Mapping[str, Callable[[], float]], pids: Collection[int]) -> Rounds:
        """The rounds of these turns, which processes of ours take; and a note if they were disturbed."""
        rounds = self.timekeeper.interleaved(turns, pids)
        if rounds.dropped or rounds.disturbed:
            self.note(
                f"{name}: the machine was busy with other things. More rounds that were taken: {rounds.dropped}; "
                f"disturbed among the {self.timekeeper.rounds} that count: {rounds.disturbed}."
            )
        return rounds

    def progress(self, line: str) -> None:
        """To the terminal, not into the tables."""
        print(line, file=sys.stderr, flush=True)
