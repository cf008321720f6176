"""The time to import a library in a fresh process."""

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from tempfile import TemporaryDirectory

from benchmarking.contestants import Contestant
from benchmarking.rounds import Rounds, interleaved

TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def import_times(rounds: int, contestants: Sequence[Contestant]) -> Rounds:
    """Measure imports in fresh processes; the first ones, which compile to bytecode, do not count."""
    with TemporaryDirectory() as bytecode:
        turns = {contestant.name: partial(_import_time, contestant, bytecode) for contestant in contestants}
        interleaved(turns, 1)
        return interleaved(turns, rounds)


def _import_time(contestant: Contestant, bytecode: str) -> float:
    environment = os.environ | {"PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
    if contestant.checkout is not None:
        environment["PYTHONPATH"] = str(contestant.checkout)
    command = [sys.executable, "-P", "-c", TIMED.format(contestant.statement)]  # -P: not from the current folder
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
