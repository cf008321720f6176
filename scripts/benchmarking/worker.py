"""A process for each contestant, which does what it is told and sleeps meanwhile."""

import re
import sys
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarking.contestants import Contestant
from benchmarking.tasks import Task, Weights
from benchmarking.workloads import Workload

Ask = Callable[[str], Any]
"""Calls a method of the Bench in another process, by its name."""

FREED = 30 * 2**20
"""Bytes that each process takes and returns first. Until then glibc asks the system for each larger block anew, page by
page, and arrays that come and go cost twice the time. Whoever has read a data file is past that; so is everybody here.
"""


class Bench:
    """A network of one contestant, in the process where it is measured."""

    def __init__(self, contestant: Contestant, workload: Workload, folder: Path, weights: Weights) -> None:
        bytearray(FREED)
        if contestant.checkout is not None:
            sys.path.insert(0, str(contestant.checkout))
        self._user = import_module(f"benchmarking.with_{contestant.package}")
        used = Path(str(sys.modules[contestant.package].__file__))
        if contestant.checkout is not None and contestant.checkout not in used.parents:
            raise ImportError(f"{contestant.name} was imported from {used}, not from {contestant.checkout}")
        self._task = Task.read(workload, folder, weights)
        self.reset()

    def reset(self) -> None:
        """Go back to the start."""
        if self._task.workload.kind == "predict":
            self._run: Callable[[], Any] = self._user.predict(self._task)
        else:
            self._run = partial(next, self._user.train(self._task))
            self._run()

    def turn(self) -> float:
        """Run its epochs or calls, and return the seconds of one."""
        units = self._task.workload.units
        start = perf_counter()
        for _ in range(units):
            self._result = self._run()
        return (perf_counter() - start) / units

    def result(self) -> Any:
        """The weights that were learnt, or the classes that are predicted."""
        return np.asarray(self._result) if self._task.workload.kind == "predict" else self._result()

    def peak_memory(self) -> float:
        """Bytes of memory that this process occupied at most; NaN where the system does not tell."""
        status = Path("/proc/self/status")  # getrusage would count the process that started this one
        found = re.search(r"VmHWM:\s*(\d+)", status.read_text() if status.exists() else "")
        return 1024 * int(found[1]) if found else float("nan")


_benches: list[Bench] = []
"""In a process of a contestant its only one."""


def _prepare(*given: Any) -> None:
    _benches.append(Bench(*given))


def _ask(method: str) -> Any:
    return getattr(_benches[0], method)()


@contextmanager
def worker(contestant: Contestant, workload: Workload, folder: Path, weights: Weights) -> Generator[Ask]:
    """Start a process with this network, which ends with the `with` statement."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pool.submit(_prepare, contestant, workload, folder, weights).result()
        yield lambda method: pool.submit(_ask, method).result()
