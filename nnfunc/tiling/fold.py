"""All samples, tile by tile, on threads, in an order that never changes."""

import contextvars
import functools
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TypeVar

from nnfunc.base.interrupts import put_off
from nnfunc.tiling import blas

TILE = 1024
"""Columns of a tile: small enough for the processor's cache."""

LANES = 16
"""Most sums that are made side by side, whatever the number of threads."""

MOST_THREADS = 64
"""Most threads that help with lanes, whoever asks for them."""

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
        with blas.threads(one=not blas.is_wide(m, weights)):
            return [work(several[0])]
    waiting, done = deque(enumerate(several)), dict[int, T]()

    def worker() -> None:
        try:
            for i, lane in _taken(waiting):
                done[i] = work(lane)
        except BaseException:
            waiting.clear()  # nobody needs the other lanes now
            raise

    with blas.threads(one=True):
        with put_off():
            helping = [  # beside this thread, in its context, for np.errstate
                _pool().submit(contextvars.copy_context().run, worker) for _ in range(1, min(threads, len(several)))
            ]
        try:
            worker()
        finally:
            wait([future for future in helping if not future.cancel()])
    for future in helping:
        if not future.cancelled():
            future.result()
    return [done[i] for i in range(len(several))]


@functools.cache
def _pool() -> ThreadPoolExecutor:
    """Threads that wait for work, for starting one takes as long as a tile. Those that all callers need at once."""
    return ThreadPoolExecutor(MOST_THREADS)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a fork has no threads but its own


def _taken(waiting: deque[T]) -> Iterator[T]:
    """One after the other, until none is left. Several threads may take at once."""
    with suppress(IndexError):  # perhaps another thread took the last one
        while True:
            yield waiting.popleft()


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
