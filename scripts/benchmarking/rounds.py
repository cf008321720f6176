"""Interleaved rounds: everybody's turn, then in reverse; and more of them where the machine was not left alone."""

import os
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarking.machine import cores

PAUSE = 0.1
"""Seconds before a turn: threads that still wait for work made the next contestant up to a quarter slower."""

OTHERS = 0.05
"""Share of all cores that processes of others may take during a round."""

SLOWER = 0.3
"""How much slower than at its fastest the machine may be around a turn, other users of the same host included."""

STAT = Path("/proc/stat")


@dataclass(frozen=True)
class Rounds:
    """Seconds of each contestant in each round that counts."""

    seconds: Mapping[str, list[float]]
    dropped: int
    """Rounds that do not count: they were disturbed."""
    disturbed: int
    """Rounds that count although they were disturbed: there were no better ones."""

    def median(self, name: str) -> float:
        """Seconds."""
        return median(self.seconds[name])

    def ratios(self, name: str, other: str) -> list[float]:
        """Time over the other's time, in each round."""
        return [a / b for a, b in zip(self.seconds[name], self.seconds[other], strict=True)]


@dataclass(frozen=True)
class _Round:
    seconds: dict[str, float]
    others: float
    """Share of all cores that others took."""
    kernel: float
    """Seconds of the kernel, at its slowest around a turn."""


class Timekeeper:
    """Takes rounds, and remembers how fast the machine can be."""

    def __init__(self, rounds: int, most: int) -> None:
        self.rounds, self._most = rounds, most
        self._kernel, self._fastest = _kernel(), float("inf")

    def interleaved(self, turns: Mapping[str, Callable[[], float]], pids: Collection[int]) -> Rounds:
        """Take rounds until enough were undisturbed, or the most are taken; the least disturbed ones count."""
        taken: list[_Round] = []
        while len(taken) < self._most and sum(self._disturbance(one) <= 1 for one in taken) < self.rounds:
            names = list(turns) if len(taken) % 2 == 0 else list(turns)[::-1]
            taken.append(self._round({name: turns[name] for name in names}, pids))
        best = sorted(taken, key=self._disturbance)[: self.rounds]
        times = {name: [one.seconds[name] for one in best] for name in turns}
        return Rounds(times, len(taken) - self.rounds, sum(self._disturbance(one) > 1 for one in best))

    def _round(self, turns: Mapping[str, Callable[[], float]], pids: Collection[int]) -> _Round:
        others, kernels, seconds = _Others(pids), [self._calibrate()], dict[str, float]()
        for name, turn in turns.items():
            time.sleep(PAUSE)
            seconds[name] = turn()
            kernels.append(self._calibrate())
        return _Round(seconds, others.share(), max(kernels))

    def _calibrate(self) -> float:
        seconds = self._kernel()
        self._fastest = min(seconds, self._fastest)
        return seconds

    def _disturbance(self, one: _Round) -> float:
        """Above 1 is too much."""
        return max(one.others / OTHERS, (one.kernel / self._fastest - 1) / SLOWER)


def _kernel() -> Callable[[], float]:
    """Seconds of a product and a pass over arrays beyond the inner caches: the median of some, in few milliseconds."""
    X, W = np.ones((784, 2048), np.float32), np.ones((10, 784), np.float32)

    def once() -> float:
        start = time.perf_counter()
        np.matmul(W, X)
        np.multiply(X, 1, out=X)
        return time.perf_counter() - start

    return lambda: median(once() for _ in range(15))


class _Others:
    """What processes that are not ours take of the processor, from now on; 0 where the system does not tell."""

    def __init__(self, pids: Collection[int]) -> None:
        self._pids = {os.getpid(), *pids}
        self._start, self._busy, self._ours = time.perf_counter(), _busy(), self._own()

    def share(self) -> float:
        """Share of all cores."""
        elapsed = time.perf_counter() - self._start
        return (_busy() - self._busy - self._own() + self._ours) / (elapsed * cores())

    def _own(self) -> float:
        if not STAT.exists():
            return 0
        fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._pids)
        return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")


def _busy() -> float:
    """Seconds that all cores have worked, for us or for others, or were taken from this machine."""
    if not STAT.exists():
        return 0
    user, nice, system, _, _, irq, softirq, steal = map(int, STAT.read_text().split(maxsplit=9)[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
