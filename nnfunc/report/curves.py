"""Learning curves as SVG: cost and accuracy over the epochs, on training and test data."""

import math
from collections.abc import Sequence
from typing import Any

from nnfunc.training.epochs.figures import Figured, known

WIDTH, HEIGHT = 460, 280
LEFT, RIGHT, TOP, BOTTOM = 58, 64, 14, 42
"""The margins; the right one holds the names of the lines."""

EVEN, LEAST = 1e-6, 1e-30
"""Values are drawn as equal if they differ by less than this, relative to their size or in absolute terms."""

DOTS = 30
"""The most epochs for which the points of a line are also drawn as dots."""


def curves(history: Sequence[Figured]) -> tuple[str, list[dict[str, Any]]]:
    """Return charts of cost and accuracy, if known, as HTML, and the values that the page shows as text."""
    shown, told = list[str](), list[dict[str, Any]]()
    epochs = [epoch.number for epoch in history]
    for title, factor, unit, kind in (("Cost J", 1, "", "cost"), ("Accuracy, %", 100, " %", "accuracy")):
        found = {"training": known(history, kind), "test": known(history, f"validation_{kind}")}
        lines = {name: {x: factor * y for x, y in points.items()} for name, points in found.items() if points}
        if lines:
            shown.append(_figure(title, epochs, lines))
            texts = [
                {"name": name, "values": [f"{points[x]:.4g}{unit}" if x in points else "–" for x in epochs]}
                for name, points in lines.items()
            ]
            told.append({"epochs": epochs, "lines": texts})
    return "".join(shown), told


def _figure(title: str, epochs: Sequence[int], lines: dict[str, dict[int, float]]) -> str:
    values = [y for points in lines.values() for y in points.values()]
    ticks = _ticks(min(values), max(values))
    first, last = epochs[0], epochs[-1]
    x_of = {x: round(LEFT + (x - first) / max(last - first, 1) * (WIDTH - LEFT - RIGHT), 1) for x in epochs}
    bottom = HEIGHT - BOTTOM
    y_of = {y: round(bottom - (y - ticks[0]) / (ticks[-1] - ticks[0]) * (bottom - TOP), 1) for y in [*ticks, *values]}
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y_of[y]}" y2="{y_of[y]}"/>'
        f'<text x="{LEFT - 8}" y="{y_of[y] + 4}" text-anchor="end">{y:.10g}</text>'
        for y in ticks
    )
    axis = "".join(
        f'<text x="{x_of[x]}" y="{bottom + 18}" text-anchor="middle">{x}</text>'
        for x in _whole_ticks(first, last)
        if x in x_of
    )
    drawn = "".join(_line(name, [(x_of[x], y_of[y]) for x, y in points.items()]) for name, points in lines.items())
    names = _names({name: y_of[list(points.values())[-1]] for name, points in lines.items()})
    return (
        f'<figure class="curve"><figcaption>{title}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" data-x="{" ".join(map(str, x_of.values()))}" '
        f'aria-label="{title}, over epochs">{grid}{axis}'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">epoch</text>'
        f'{drawn}{names}<line class="cursor" x1="0" x2="0" y1="{TOP}" y2="{bottom}"/></svg>'
        f'<p class="reading"></p></figure>'
    )


def _line(name: str, points: Sequence[tuple[float, float]]) -> str:
    path = "M" + "L".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle class="{name}" cx="{x}" cy="{y}" r="3"/>' for x, y in points)
    return f'<path class="{name}" d="{path}"/>{dots if len(points) <= DOTS else ""}'


def _names(ends: dict[str, float]) -> str:
    """Place the names next to the ends of their lines, at least one text line apart."""
    apart = 15
    (upper, y), *others = sorted(ends.items(), key=lambda end: end[1])
    places = {upper: y} | {name: max(y + apart, other) for name, other in others}
    return "".join(
        f'<text class="{name}" x="{WIDTH - RIGHT + 8}" y="{at + 4}">{name}</text>' for name, at in places.items()
    )


def _ticks(low: float, high: float) -> list[float]:
    """Return equally spaced round numbers that enclose low and high."""
    size = max(abs(low), abs(high))
    span = high - low if high - low > max(EVEN * size, LEAST) else max(size / 100, LEAST)
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= span / 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [i * step for i in range(first, max(last, first + 1) + 1)]


def _whole_ticks(first: int, last: int) -> list[int]:
    low, high, *_ = _ticks(first, last)
    step = max(1, round(high - low))
    return [first, *range(first - first % step + step, last + 1, step)]
