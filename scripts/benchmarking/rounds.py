"""Interleaved rounds, in which each contestant has a turn, in a changing order; and their results as text."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

PAUSE = 0.1
"""Seconds before a turn: threads that still waited for work made the next contestant up to a quarter slower."""


@dataclass(frozen=True)
class Rounds:
    """The seconds of each contestant in each round."""

    seconds: Mapping[str, list[float]]

    def time(self, name: str) -> str:
        """Return the median time as text."""
        if name not in self.seconds:
            return "–"
        seconds = median(self.seconds[name])
        value, unit = (1e6 * seconds, "µs") if seconds < 5e-4 else (1e3 * seconds, "ms")
        return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"

    def ratio(self, name: str, other: str) -> str:
        """Return the time over the other's time in the same round: the median, with the smallest and the largest."""
        if other not in self.seconds:
            return "–"
        ratios = [a / b for a, b in zip(self.seconds[name], self.seconds[other], strict=True)]
        return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def interleaved(turns: Mapping[str, Callable[[], float]], count: int) -> Rounds:
    """Give each contestant `count` turns, in an order that changes from round to round."""
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    chance = Random(0)
    for _ in range(count):
        for name in chance.sample(list(turns), len(turns)):
            time.sleep(PAUSE)
            seconds[name].append(turns[name]())
    return Rounds(seconds)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown: the first column is text, the others are figures."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
