"""Work on all samples, tile by tile, on threads, with results in an order that never changes."""

import contextvars
import functools
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TypeVar

from nnfunc.base.interrupts import DelayedInterrupts
from nnfunc.tiling import blas

TILE = 1024
"""The number of columns of a tile: small enough for the processor's cache."""

LANES = 16
"""The largest number of sums computed side by side, whatever the number of threads."""

MOST_THREADS = 64
"""The largest number of threads that help with lanes, shared by all callers."""

T = TypeVar("T")


def tiles(m: int) -> Iterator[slice]:
    """Return an iterator over slices of the columns 0 … m − 1, TILE at a time."""
    return (slice(start, min(start + TILE, m)) for start in range(0, m, TILE))


def lanes(m: int) -> list[list[slice]]:
    """Divide the tiles of m columns into at most LANES lanes: a range of tiles for each."""
    every = list(tiles(m))
    n, count = len(every), min(LANES, len(every))
    return [every[i * n // count : (i + 1) * n // count] for i in range(count)]


def in_lanes(work: Callable[[Sequence[slice]], T], m: int, weights: int, threads: int) -> list[T]:
    """Return the result of `work` for each lane, in their order, computed on this many threads.

    Matrix products use one thread each, unless there is a single lane and they are large.
    """
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
            waiting.clear()  # the other lanes are not needed any more
            raise

    with blas.threads(one=True):
        with DelayedInterrupts():
            helping = [  # next to this thread, in its context, for np.errstate
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
    """Return the shared thread pool: starting a thread takes as long as computing a tile."""
    return ThreadPoolExecutor(MOST_THREADS)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a forked process has none of the pool's threads


def _taken(waiting: deque[T]) -> Iterator[T]:
    """Yield items taken from a queue until none is left; several threads may do so at once."""
    with suppress(IndexError):  # another thread may have taken the last one
        while True:
            yield waiting.popleft()


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
