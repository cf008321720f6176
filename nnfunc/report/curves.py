"""Curves as SVG: figures over epochs, of training and of test."""

import math
from collections.abc import Sequence
from typing import Any

from nnfunc.epochs import Figured

WIDTH, HEIGHT = 460, 280
LEFT, RIGHT, TOP, BOTTOM = 58, 64, 14, 42
"""Margins; the right one has the names of the lines."""

DOTS = 30
"""Up to so many epochs each has a dot."""


def curves(history: Sequence[Figured]) -> tuple[str, list[dict[str, Any]]]:
    """A figure in HTML for each figure that is known, and the values that the page tells of them."""
    shown, told = list[str](), list[dict[str, Any]]()
    for title, unit, kind in (("Cost J", "", "cost"), ("Accuracy", " %", "accuracy")):
        lines = {
            name: [getattr(row, f"{prefix}{kind}") for row in history]
            for name, prefix in (("training", ""), ("test", "validation_"))
        }
        known = {name: [_scaled(y, unit) for y in values] for name, values in lines.items() if None not in values}
        if history and known:
            epochs = [row.number for row in history]
            shown.append(_figure(title + (", %" if unit else ""), epochs, known))
            texts = [{"name": name, "values": [f"{y:.4g}{unit}" for y in ys]} for name, ys in known.items()]
            told.append({"epochs": epochs, "lines": texts})
    return "".join(shown), told


def _scaled(y: float, unit: str) -> float:
    return 100 * y if unit else y


def _figure(title: str, epochs: Sequence[int], lines: dict[str, list[float]]) -> str:
    values = [y for ys in lines.values() for y in ys]
    ticks = _ticks(min(values), max(values))
    first, last = epochs[0], epochs[-1]
    xs = [round(LEFT + (x - first) / max(last - first, 1) * (WIDTH - LEFT - RIGHT), 1) for x in epochs]
    bottom = HEIGHT - BOTTOM
    y_of = {y: round(bottom - (y - ticks[0]) / (ticks[-1] - ticks[0]) * (bottom - TOP), 1) for y in [*ticks, *values]}
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y_of[y]}" y2="{y_of[y]}"/>'
        f'<text x="{LEFT - 8}" y="{y_of[y] + 4}" text-anchor="end">{y:.10g}</text>'
        for y in ticks
    )
    marks = [i for i, x in enumerate(epochs) if x in _whole_ticks(first, last)]
    axis = "".join(f'<text x="{xs[i]}" y="{bottom + 18}" text-anchor="middle">{epochs[i]}</text>' for i in marks)
    drawn = "".join(_line(name, xs, [y_of[y] for y in ys]) for name, ys in lines.items())
    names = _names({name: y_of[ys[-1]] for name, ys in lines.items()})
    ends = "; ".join(f"{name} from {ys[0]:.4g} to {ys[-1]:.4g}" for name, ys in lines.items())
    return (
        f'<figure class="curve"><figcaption>{title}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" tabindex="0" data-x="{" ".join(map(str, xs))}" '
        f'aria-label="{title} over epochs {first} to {last}: {ends}. Arrow keys tell each value.">{grid}{axis}'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">epoch</text>'
        f'{drawn}{names}<line class="cursor" x1="0" x2="0" y1="{TOP}" y2="{bottom}"/></svg>'
        f'<output aria-live="polite"></output></figure>'
    )


def _line(name: str, xs: Sequence[float], ys: Sequence[float]) -> str:
    points = list(zip(xs, ys, strict=True))
    path = "M" + "L".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle class="{name}" cx="{x}" cy="{y}" r="3"/>' for x, y in points) if len(xs) <= DOTS else ""
    return f'<path class="{name}" d="{path}"/>{dots}'


def _names(ends: dict[str, float]) -> str:
    """The names beside the ends of their lines, one text line apart."""
    apart = 15
    (upper, y), *others = sorted(ends.items(), key=lambda end: end[1])
    places = {upper: y} | {name: max(y + apart, other) for name, other in others}
    return "".join(
        f'<text class="{name}" x="{WIDTH - RIGHT + 8}" y="{at + 4}">{name}</text>' for name, at in places.items()
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers at equal distances around what is between low and high."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= span / 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [i * step for i in range(first, max(last, first + 1) + 1)]


def _whole_ticks(first: int, last: int) -> list[int]:
    step = max(1, round(_ticks(first, last)[1] - _ticks(first, last)[0])) if last > first else 1
    return [first, *(x for x in range(0, last + 1, step) if x > first)]
