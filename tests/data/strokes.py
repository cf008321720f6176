"""Digits as the strokes of a pen: their images are thinned to lines, and the lines followed."""

from collections.abc import Iterator

import numpy as np

import nnfunc as nn

Pixel = tuple[int, int]

AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""The neighbours of a pixel, clockwise from the one above."""


def thinned(image: nn.Array) -> set[Pixel]:
    """The pixels of the lines in a picture (Zhang, Suen 1984)."""
    ink = {(int(y), int(x)) for y, x in np.argwhere(image >= 128)}
    while True:
        before = len(ink)
        for first, second in (((0, 2, 4), (2, 4, 6)), ((0, 2, 6), (0, 4, 6))):
            ink -= {pixel for pixel in ink if _is_edge(ink, pixel, first, second)}
        if len(ink) == before:
            return ink


def _is_edge(ink: set[Pixel], pixel: Pixel, *sides: tuple[int, ...]) -> bool:
    around = [neighbour in ink for neighbour in _neighbours(pixel)]
    changes = sum(not a and b for a, b in zip(around, [*around[1:], around[0]], strict=True))
    return 2 <= sum(around) <= 6 and changes == 1 and all(not all(around[i] for i in side) for side in sides)


def _neighbours(pixel: Pixel) -> list[Pixel]:
    return [(pixel[0] + y, pixel[1] + x) for y, x in AROUND]


def strokes(image: nn.Array, every: int = 4) -> list[list[tuple[float, float]]]:
    """The strokes of a 28×28 digit: points (x, y), 0..1 from the left and from the top, some pixels apart."""
    lines = [[*line[:-1:every], line[-1]] for line in _lines(thinned(image))]
    return [[((x + 0.5) / 28, (y + 0.5) / 28) for y, x in line] for line in lines]


def _lines(pixels: set[Pixel]) -> Iterator[list[Pixel]]:
    """Lines through all pixels, each from one of its ends, and on to what was left at a fork."""
    left = set(pixels)
    while left:
        ends = [p for p in sorted(left) if sum(n in left for n in _neighbours(p)) <= 1]
        line = [(ends or sorted(left))[0]]
        left.discard(line[0])
        forks = [n for n in _neighbours(line[0]) if n in pixels and n not in left]
        while following := [n for n in sorted(_neighbours(line[-1]), key=lambda n: _turn(line, n)) if n in left]:
            line.append(following[0])
            left.discard(line[-1])
        closing = [n for n in _neighbours(line[-1]) if n in pixels and n not in line[-2:]]
        yield [*forks[:1], *line, *closing[:1]]


def _turn(line: list[Pixel], to: Pixel) -> float:
    """How far a line would turn; straight on is 0, and beside comes before across."""
    y, x = line[-1]
    step = (to[0] - y, to[1] - x)
    if len(line) == 1:
        return float(abs(step[0]) + abs(step[1]))
    back = line[max(-4, -len(line))]
    return -(step[0] * (y - back[0]) + step[1] * (x - back[1])) / float(np.hypot(*step))
