"""A process for each contestant, which runs the methods that are requested and sleeps otherwise."""

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
"""A function that calls a method of the `Bench` in another process, by its name."""

FREED = 30 * 2**20
"""Bytes that each process allocates and frees first. Until then glibc requests each larger block from the system again,
page by page, and short-lived arrays cost twice the time. A process that has read a data file is past that, and so are
all processes here.
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
        """Restart from the initial weights."""
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
        """Return the weights that were learned, or the classes that were predicted."""
        return np.asarray(self._result) if self._task.workload.kind == "predict" else self._result()

    def peak_memory(self) -> float:
        """Return the peak memory of this process in bytes; NaN where the system does not report it."""
        status = Path("/proc/self/status")  # getrusage would include the parent process
        found = re.search(r"VmHWM:\s*(\d+)", status.read_text() if status.exists() else "")
        return 1024 * int(found[1]) if found else float("nan")


_benches: list[Bench] = []
"""The only bench of a contestant's process."""


def _prepare(*given: Any) -> None:
    _benches.append(Bench(*given))


def _ask(method: str) -> Any:
    return getattr(_benches[0], method)()


@contextmanager
def worker(contestant: Contestant, workload: Workload, folder: Path, weights: Weights) -> Generator[Ask]:
    """Start a process with this network, for the `with` statement, and yield a function that calls its bench."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pool.submit(_prepare, contestant, workload, folder, weights).result()
        yield lambda method: pool.submit(_ask, method).result()
