"""The picture: times of training and prediction, with a marker for each contestant."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarking.speed import Speed

LOOKS = ("#D55E00", "o"), ("#0072B2", "s"), ("#009E73", "^"), ("#CC79A7", "X")
"""Colours that differ for the colour-blind, too (Okabe, Ito 2008), and markers that differ without colour."""


def draw(path: Path, caption: str, columns: Sequence[tuple[str, Sequence[Speed]]]) -> None:
    """Write the picture, with a column for each title."""
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(1, len(columns), figsize=(12, 5.5), layout="constrained", squeeze=False)
    for ax, (title, speeds) in zip(axes[0], columns, strict=True):
        for i, (name, (colour, marker)) in enumerate(zip(speeds[0].rounds.seconds, LOOKS, strict=False)):
            for y, speed in enumerate(speeds):
                times = [1e3 * seconds for seconds in speed.rounds.seconds.get(name, [float("nan")])]
                at = y + 0.2 * (i - 1.5)
                ax.plot([min(times), max(times)], [at, at], color=colour)
                ax.plot([median(times)], [at], marker, color=colour, label="" if y else name)
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.set_yticks(range(len(speeds)), [speed.workload.title.replace(", ", "\n") for speed in speeds])
        ax.invert_yaxis()
        ax.grid(axis="x", color="#D8D8D8")
        ax.set_xlabel("milliseconds, log scale (marker: median; line: all rounds)")
        ax.set_title(f"{title}: further left is faster", loc="left", fontweight="bold")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=len(LOOKS), frameon=False)
    figure.suptitle(caption, fontsize=7, color="#555555")
    figure.savefig(path, dpi=150)
