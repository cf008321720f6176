"""Compare this checkout with one of its commits, which is measured twice: the difference of the two is noise."""

import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarking.contestants import NNFUNC
from benchmarking.imports import import_times
from benchmarking.rounds import Rounds, table
from benchmarking.speed import Setting, measure
from benchmarking.workloads import Workload

ROOT = Path(__file__).resolve().parents[2]


def compare(commit: str, workloads: Sequence[Workload], setting: Setting) -> str:
    """Return the table: times, ratios within rounds and of the fastest; costs, or shares of classes as in float64."""
    with _checkout(commit) as old:
        folders = {"old": old, "old again": old, "new": ROOT}
        contestants = [replace(NNFUNC, name=name, checkout=folder) for name, folder in folders.items()]
        rows: list[list[str]] = []
        for speed in (measure(workload, setting, contestants) for workload in workloads):
            outcomes = [f"{speed.outcomes[name]:.6f}" for name in ("old", "new")]
            rows.append([speed.workload.title, *_cells(speed.rounds), *outcomes])
        rows.append([NNFUNC.statement, *_cells(import_times(setting.rounds, contestants)), "–", "–"])
        replays = [f"{name}: {_python(folders[name], '-m', 'nnfunc', '--version')}" for name in ("old", "new")]
    header = ["work", "old", "old again / old", "new / old", "fastest again", "fastest new", "outcome old", "new"]
    return "\n".join([*replays, "", table(header, rows)])


def _cells(rounds: Rounds) -> list[str]:
    ratios = [rounds.ratio(name, "old") for name in ("old again", "new")]
    fastest = [f"{min(rounds.seconds[name]) / min(rounds.seconds['old']):.2f}" for name in ("old again", "new")]
    return [rounds.time("old"), *ratios, *fastest]


@contextmanager
def _checkout(commit: str) -> Generator[Path]:
    """Yield a folder with the files of a commit, with its replay in C where that can be compiled."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve() / "old"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(folder), commit], cwd=ROOT, check=True)
        try:
            _python(folder, "scripts/compile_replay.py")  # if it fails, it says why, and the old code replays in Python
            yield folder
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(folder)], cwd=ROOT, check=True)


def _python(folder: Path, *arguments: str) -> str:
    """Return what Python prints with the nnfunc of this folder."""
    environment, command = os.environ | {"PYTHONPATH": str(folder)}, [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()
