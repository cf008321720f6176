"""What a library costs before it computes: import time, size on disk; and the memory in which it trains."""

import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarking.contestants import NNFUNC, SCAN, SKLEARN, TORCH, Contestant, Library
from benchmarking.inputs import Inputs
from benchmarking.tables import figure, table
from benchmarking.worker import ContestantError, Worker
from benchmarking.workloads import TRAINING

MB = 1e6

WITH_THE_SAMPLES = (
    "Memory includes the samples: nnfunc reads them as uint8, the others as float32, and scikit-learn's are copied "
    "when they are shuffled."
)

TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


ONE_OF_EACH = (NNFUNC, TORCH, SCAN, SKLEARN)


def measure(inputs: Inputs) -> str:
    """The table."""
    contestants = [contestant for contestant in ONE_OF_EACH if contestant in inputs.contestants]
    imports = import_times([contestant.library for contestant in contestants], inputs.timekeeper.rounds)
    rows = [
        [
            contestant.name,
            figure(1e3 * imports[contestant.library]),
            _size(contestant.library, inputs),
            _peak_memory(contestant, inputs),
        ]
        for contestant in contestants
    ]
    shown = table(["", "import, ms", "installed, with what it needs, MB", "peak memory, epoch of W3, MB"], rows)
    return f"{shown}\n\n{WITH_THE_SAMPLES}"


def import_times(libraries: list[Library], rounds: int) -> dict[Library, float]:
    """Medians in seconds, of fresh processes, interleaved; the first ones, which compile to bytecode, do not count."""
    times: dict[Library, list[float]] = {library: [] for library in libraries}
    with TemporaryDirectory() as bytecode:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
        for i in range(rounds + 1):
            for library in libraries if i % 2 else reversed(libraries):
                command = [sys.executable, "-c", TIMED.format(library.statement)]
                run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
                times[library].append(float(run.stdout))
    return {library: median(values[1:]) for library, values in times.items()}


def _peak_memory(contestant: Contestant, inputs: Inputs) -> str:
    (workload,) = (inputs.sized(workload) for workload in TRAINING if workload.name == "W3")
    with Worker(contestant, inputs.folder) as worker:
        try:
            worker.prepare(workload, inputs.weights(workload), warm_up=1)
            return f"{worker.peak_memory() / MB:.0f}"
        except ContestantError as error:
            inputs.note(f"peak memory of {contestant.name}: left out: {error}")
            return "–"


def _size(library: Library, inputs: Inputs) -> str:
    try:
        needed = closure(library.distribution)
    except (ImportError, PackageNotFoundError) as error:
        inputs.note(f"installed size of {library.distribution}: left out: {error}")
        return "–"
    return f"{sum(map(size_on_disk, needed.values())) / MB:.0f}"


def closure(name: str) -> dict[str, Distribution]:
    """The distribution and all that it requires here, without extras."""
    requirements: Any = import_module("packaging.requirements")
    found: dict[str, Distribution] = {}
    wanted = [name]
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name in found:
            continue
        found[name] = distribution(name)
        for line in found[name].requires or []:
            requirement = requirements.Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                wanted.append(requirement.name)
    return found


def size_on_disk(installed: Distribution) -> int:
    """Bytes of its files, without bytecode; of one that is installed for editing, those of its package."""
    files = [Path(str(installed.locate_file(file))) for file in installed.files or []]
    if any(file.suffix == ".pth" for file in files):
        spec = find_spec(installed.name)
        files = list(Path(str(spec.origin)).parent.rglob("*")) if spec else []
    return sum(file.stat().st_size for file in files if file.suffix != ".pyc" and file.is_file())
