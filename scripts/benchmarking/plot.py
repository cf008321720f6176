"""The picture: times of training and prediction, each contestant a marker, and how nnfunc grows."""

import importlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarking.contestants import COMPILED, GRADIENT, JAX, NNFUNC, SCAN, SKLEARN, TORCH
from benchmarking.growth import Growth
from benchmarking.speed import Speed

LOOKS = {  # colours that differ for the colour-blind too (Okabe, Ito 2008), and markers that differ without colour
    NNFUNC.name: ("#D55E00", "o"),
    GRADIENT.name: ("#E69F00", "P"),
    SCAN.name: ("#000000", "v"),
    JAX.name: ("#009E73", "^"),
    COMPILED.name: ("#56B4E9", "D"),
    TORCH.name: ("#0072B2", "s"),
    SKLEARN.name: ("#CC79A7", "X"),
}

WIDTH = 12
"""Inches."""

BAND = 0.8
"""Share of a workload's height that its contestants take."""


def can_draw() -> bool:
    """Whether matplotlib is there."""
    return find_spec("matplotlib") is not None


def draw(
    path: Path, caption: str, training: Sequence[Speed], prediction: Sequence[Speed], growths: Sequence[Growth]
) -> None:
    """Write the picture of what was measured: speed above, growth below."""
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    pyplot.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    columns = [(speeds, title) for speeds, title in ((training, "Training"), (prediction, "Prediction")) if speeds]
    heights = [1.4 + 0.9 * max(len(speeds) for speeds, _ in columns)] if columns else []
    heights += [2.7] if growths else []
    if not heights:
        return
    figure = pyplot.figure(figsize=(WIDTH, sum(heights)), layout="constrained")
    rows = list(figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0])
    if columns:
        row = rows.pop(0)
        axes = row.subplots(1, len(columns), squeeze=False)[0]
        for ax, (speeds, title) in zip(axes, columns, strict=True):
            _speeds(ax, speeds, title)
        _legend(row, axes)
    if growths:
        for ax, growth in zip(rows[0].subplots(1, len(growths)), growths, strict=True):
            _growth(ax, growth)
    figure.supxlabel(caption, fontsize=7, color="#555555")
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


def _speeds(ax: Any, speeds: Sequence[Speed], title: str) -> None:
    """A band for each workload, in it a line for each contestant."""
    for y, speed in enumerate(speeds):
        names = [name for name in LOOKS if name in speed.outcomes]
        for i, name in enumerate(names):
            colour, marker = LOOKS[name]
            at = y + BAND * ((i + 0.5) / len(names) - 0.5)
            times = [1e3 * seconds for seconds in speed.rounds.seconds[name]]
            ax.plot([min(times), max(times)], [at, at], color=colour, linewidth=1.5, zorder=2)
            ax.plot([1e3 * speed.rounds.median(name)], [at], marker, color=colour, markersize=6.5, label=name)
        if y % 2 == 0:
            ax.axhspan(y - 0.5, y + 0.5, color="#F4F4F4", linewidth=0, zorder=0)
    ax.set_xscale("log")
    lowest, highest = ax.get_xlim()
    _plain_ticks(ax.xaxis, (1,) if highest / lowest > 500 else (1, 2, 5))
    ax.set_yticks(range(len(speeds)), [speed.workload.title.replace(", ", "\n") for speed in speeds])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(speeds) - 0.5, -0.5)
    ax.grid(axis="x", color="#D8D8D8", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_xlabel("milliseconds, log scale (marker: median; line: all rounds)")
    ax.set_title(f"{title}: further left is faster", loc="left", fontweight="bold")


def _plain_ticks(axis: Any, multiples: tuple[int, ...]) -> None:
    """These multiples of powers of ten, written as numbers."""
    ticker: Any = importlib.import_module("matplotlib.ticker")
    axis.set_major_locator(ticker.LogLocator(subs=multiples))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(ticker.NullLocator())


def _legend(row: Any, axes: Sequence[Any]) -> None:
    handles: dict[str, Any] = {}
    for ax in axes:
        found, names = ax.get_legend_handles_labels()
        handles |= dict(zip(names, found, strict=True))
    names = [name for name in LOOKS if name in handles]
    row.legend([handles[name] for name in names], names, loc="outside lower center", ncols=len(names), frameon=False)


def _growth(ax: Any, growth: Growth) -> None:
    colour, marker = LOOKS[NNFUNC.name]
    ax.plot(growth.sizes, growth.per_unit, color=colour, marker=marker)
    ax.set_xscale("log")
    ax.set_xticks(growth.sizes, [f"{size:,}" for size in growth.sizes])
    ax.minorticks_off()
    ax.set_ylim(0, 1.1 * max(growth.per_unit))
    ax.grid(color="#D8D8D8", linewidth=0.6)
    ax.set_xlabel(growth.axis)
    ax.set_ylabel(f"ns per {growth.unit}")
    ax.set_title(f"nnfunc: {growth.title}", loc="left", fontsize=8.5, fontweight="bold")
