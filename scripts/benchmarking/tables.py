"""Markdown."""

from collections.abc import Sequence
from statistics import median


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table: the first column is text, the others are figures."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def figure(x: float) -> str:
    """A positive number to three digits, without an exponent."""
    return f"{x:.0f}" if x >= 100 else f"{x:.3g}"


def range_of(ratios: Sequence[float]) -> str:
    """The median, with the smallest and the largest; of a contestant to itself, 1."""
    if set(ratios) == {1.0}:
        return "1"
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
