"""The machine: its description at the head of the tables, and its peak performance."""

import os
import platform
import re
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from timeit import repeat

import numpy as np
from threadpoolctl import threadpool_info

import nnfunc as nn


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def head(distributions: Iterable[str]) -> str:
    """Return the day, the machine, its load (which should be well below its cores) and the versions."""
    information = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", information.read_text() if information.exists() else "")
    versions = ", ".join([f"nnfunc {nn.__version__}", *(f"{name} {version(name)}" for name in distributions)])
    kernels = {str(library["architecture"]) for library in threadpool_info() if "architecture" in library}
    machine = f"{model[1] if model else platform.machine()}, {cores()} cores"
    return (
        f"{date.today()}, {machine}, load {os.getloadavg()[0]:.1f}, {platform.system()}; "
        f"Python {platform.python_version()}, {versions} (BLAS for {', '.join(kernels) or 'any processor'})."
    )


def limits(quick: bool) -> str:
    """Measure the peak speed in float32 of a square product, and of a dot product, which reads its vectors once."""
    rows, entries = (64, 2**10) if quick else (2048, 2**26)  # 256 MB, more than any cache
    a, x = np.ones((rows, rows), np.float32), np.ones(entries, np.float32)
    product, read = (min(repeat(run, number=1, repeat=20)) for run in (lambda: a @ a, lambda: np.dot(x, x)))
    return f"{2e-9 * rows**3 / product:.3g} GFLOP/s in a large product, {1e-9 * x.nbytes / read:.3g} GB/s from memory."
