"""All samples, tile by tile, on threads, in an order that never changes."""

import contextvars
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TypeVar

from nnfunc import blas

TILE = 1024
"""Columns of a tile: small enough for the processor's cache."""

LANES = 16
"""Most sums that are made side by side, whatever the number of threads."""

T = TypeVar("T")


def tiles(m: int) -> Iterator[slice]:
    """The columns 0 … m − 1, TILE at a time."""
    return (slice(start, min(start + TILE, m)) for start in range(0, m, TILE))


def lanes(m: int) -> list[list[slice]]:
    """The tiles of m columns, shared out to at most LANES lanes: a range of tiles to each."""
    every = list(tiles(m))
    n, count = len(every), min(LANES, len(every))
    return [every[i * n // count : (i + 1) * n // count] for i in range(count)]


def in_lanes(work: Callable[[Sequence[slice]], T], m: int, weights: int, threads: int) -> list[T]:
    """What each lane gives, in their order, computed on so many threads, whose matrix products use one thread each."""
    several = lanes(m)
    if len(several) == 1:
        with nullcontext() if blas.is_wide(m, weights) else blas.one_thread():
            return [work(several[0])]

    def in_context(context: contextvars.Context, lane: Sequence[slice]) -> T:
        return context.run(work, lane)

    contexts = [contextvars.copy_context() for _ in several]  # for np.errstate
    with blas.one_thread(), ThreadPoolExecutor(min(threads, len(several))) as pool:
        return list(pool.map(in_context, contexts, several))


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
