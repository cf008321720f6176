"""A process for each contestant, which does what it is told over a pipe and sleeps meanwhile."""

import multiprocessing
import resource
import sys
import traceback
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self, cast

import numpy as np

from benchmarking.contestants import Contestant, Predictor, Trainer, predictor, trainer
from benchmarking.workloads import Array, Samples, Weights, Workload

WARM_UP = 2
"""Turns before the first that counts."""

FREED = 30 * 2**20
"""Bytes that each process takes and returns first. Until then glibc asks the system for each larger block anew, page by
page, and arrays that come and go cost twice the time. Whoever has read a data file is past that; so is everybody here.
"""


class ContestantError(Exception):
    """A contestant could not do what it was asked; the message is its last line of error."""


class Bench:
    """What is done in the process: several networks of one contestant, by the names of their workloads."""

    def __init__(self, contestant: Contestant, folder: Path) -> None:
        self._contestant, self._folder = contestant, folder
        self._trainers: dict[str, Trainer] = {}
        self._predictors: dict[str, Predictor] = {}
        self._units: dict[str, int] = {}

    def prepare(self, workload: Workload, weights: Weights) -> None:
        """Make a network ready, without running it."""
        part = "training" if workload.kind == "train" else "test"
        samples = Samples.read(self._folder, part, workload.samples)
        if workload.kind == "train":
            self._trainers[workload.name] = trainer(self._contestant, workload, weights, samples)
        else:
            self._predictors[workload.name] = predictor(self._contestant, weights, samples)
        self._units[workload.name] = workload.units

    def turn(self, name: str) -> float:
        """Run its epochs or calls, and return the seconds of one."""
        units = self._units[name]
        run = self._trainers[name].epoch if name in self._trainers else self._predictors[name]
        start = perf_counter()
        for _ in range(units):
            run()
        return (perf_counter() - start) / units

    def reset(self, name: str) -> float:
        """Back to the start; the seconds that it took."""
        start = perf_counter()
        self._trainers[name].reset()
        return perf_counter() - start

    def weights(self, name: str) -> Weights:
        """What was learnt."""
        return self._trainers[name].weights()

    def classes(self, name: str) -> Array:
        """What is predicted."""
        return np.asarray(self._predictors[name]())

    def peak_memory(self) -> int:
        """Bytes of memory that this process occupied at most."""
        status = Path("/proc/self/status")
        if status.exists():  # getrusage would count the process that started this one
            (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            return 1024 * int(line.split()[1])
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def serve(connection: Connection, contestant: Contestant, folder: Path) -> None:
    """Answer questions, (name of a method of Bench, arguments), until the other side closes."""
    bytearray(FREED)
    bench = Bench(contestant, folder)
    while True:
        try:
            method, arguments = cast("tuple[str, tuple[Any, ...]]", connection.recv())
        except EOFError:
            return
        try:
            connection.send((True, getattr(bench, method)(*arguments)))
        except Exception:
            connection.send((False, traceback.format_exc().strip().splitlines()[-1]))


class Worker(AbstractContextManager["Worker"]):
    """A contestant in a process of its own, which ends with the `with` statement."""

    def __init__(self, contestant: Contestant, folder: Path) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.contestant = contestant
        self._connection, other = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(other, contestant, folder))
        self._process.start()
        other.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()
        self._process.join()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def prepare(self, workload: Workload, weights: Weights, warm_up: int = WARM_UP) -> None:
        """Make a network ready, and run it for so many turns."""
        self._ask("prepare", workload, weights)
        for _ in range(warm_up):
            self.turn(workload.name)

    def turn(self, name: str) -> float:
        """Seconds of an epoch or a call."""
        return float(self._ask("turn", name))

    def reset(self, name: str) -> float:
        """Seconds that it took to go back to the start."""
        return float(self._ask("reset", name))

    def weights(self, name: str) -> Weights:
        """What was learnt."""
        return cast("Weights", self._ask("weights", name))

    def classes(self, name: str) -> Array:
        """What is predicted."""
        return cast("Array", self._ask("classes", name))

    def peak_memory(self) -> int:
        """Bytes."""
        return int(self._ask("peak_memory"))

    def _ask(self, method: str, *arguments: object) -> Any:
        try:
            self._connection.send((method, arguments))
            succeeded, answer = self._connection.recv()
        except (EOFError, OSError):
            raise ContestantError("its process ended") from None
        if not succeeded:
            raise ContestantError(answer)
        return answer
