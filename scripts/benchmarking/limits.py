"""What this machine can do at most: prints GFLOP/s of a large product and GB/s of a large read, as JSON.

    python limits.py ROWS ENTRIES

A program of its own, for the number of threads is set in the environment before NumPy is imported.
"""

import json
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

REPEATS = 3


def best(run: Callable[[], object]) -> float:
    """Seconds of the fastest run."""
    times: list[float] = []
    for _ in range(REPEATS):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


def limits(rows: int, entries: int) -> dict[str, float]:
    """In float32: a square product, and the scalar product of a vector with itself, which reads it once."""
    a, x = np.ones((rows, rows), np.float32), np.ones(entries, np.float32)
    product, read = best(lambda: a @ a), best(lambda: np.dot(x, x))
    return {"GFLOP/s": 2 * rows**3 / product / 1e9, "GB/s": x.nbytes / read / 1e9}


if __name__ == "__main__":
    print(json.dumps(limits(*map(int, sys.argv[1:]))))
