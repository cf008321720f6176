"""The machine: what the head of the tables says of it, and its own limits."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarking.tables import table

LARGE = 2048, 64 * 2**20
"""Rows of the matrices that are multiplied, and entries of the vector that is read: 256 MB, more than any cache."""

SMALL = 64, 2**10

THREADS = "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """The model of the processor."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def blas() -> str:
    """The library that multiplies NumPy's matrices, and the processor that it takes this one for."""
    import numpy as np
    from threadpoolctl import threadpool_info

    build: Any = np.show_config(mode="dicts")
    found = build["Build Dependencies"]["blas"]
    kernels = [str(library["architecture"]) for library in threadpool_info() if "architecture" in library]
    told = ", as OPENBLAS_CORETYPE tells it, not as it would choose" if os.environ.get("OPENBLAS_CORETYPE") else ""
    return f"{found['name']} {found['version']} for {kernels[0] if kernels else 'any processor'}{told}"


def head(distributions: Iterable[str]) -> str:
    """Day, machine and versions."""
    versions = ", ".join(f"{name} {version(name)}" for name in distributions)
    return (
        f"{date.today()}, {processor()}, {cores()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {versions} ({blas()})."
    )


def limits(rounds: int, quick: bool) -> str:
    """The table of the machine's limits, the best that was seen, with one thread and with all."""
    threads = sorted({1, cores()})
    measured: dict[int, list[dict[str, float]]] = {count: [] for count in threads}
    for i in range(rounds):
        for count in threads if i % 2 == 0 else reversed(threads):
            measured[count].append(_limits(count, SMALL if quick else LARGE))
    rows = [
        [f"{count} thread{'s' * (count > 1)}"]
        + [f"{max(one[figure] for one in measured[count]):.0f}" for figure in ("GFLOP/s", "GB/s")]
        for count in threads
    ]
    return table(["", "large float32 product, GFLOP/s", "reading memory, GB/s"], rows)


def _limits(threads: int, sizes: tuple[int, int]) -> dict[str, float]:
    program = Path(__file__).with_name("limits.py")
    environment = os.environ | dict.fromkeys(THREADS, str(threads))
    command = [sys.executable, str(program), *map(str, sizes)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(run.stdout)
    return figures
