"""Check that runs that are killed and resumed end like the uninterrupted run."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

RUN = (
    *("--epochs", "3", "--hidden", "24", "--batch", "32", "--optimizer", "adam", "--learning-rate", "0.003"),
    *("--schedule", "cosine", "--dropout", "0.2", "--distort", "1", "5", "8", "--patience", "2"),
    *("--checkpoint-steps", "32", "--seed", "7"),
)
"""The options of a run: mini-batches with Adam, dropout and augmentation."""

FILES = ("model.npz", "history.csv", "checkpoint.npz")
"""The files that must be equal in the end, byte for byte."""

STAGES = """
import os, sys
left = int(sys.argv[1])

def dying(f):
    def call(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os._exit(137)
        return f(*args, **kwargs)
    return call

from pathlib import Path
os.fsync, Path.replace, Path.unlink = dying(os.fsync), dying(Path.replace), dying(Path.unlink)
from nnfunc.cli.main import main
sys.exit(main(sys.argv[2:]))
"""
"""A program that runs the command, but dies instead of its n-th sync, renaming or deletion of a file."""


def begin(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a training in another process."""
    return subprocess.Popen(
        [sys.executable, "-m", "nnfunc", "train", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for a training, which must succeed."""
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()


def wait_for_run(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until a training has begun its run: before that, there is nothing to resume."""
    while not (folder / "settings.toml").exists() and process.poll() is None:
        time.sleep(0.001)


def content(folder: Path) -> dict[str, bytes]:
    """Return the contents of the files of a run."""
    return {name: (folder / name).read_bytes() for name in FILES}


def killed(count: int, folder: Path, seed: int) -> str:
    """Kill runs at random moments, some of them again after resuming, and resume them until they are done."""
    rng, whole = random.Random(seed), folder / "whole"
    process = begin(*RUN, "--run", str(whole))
    wait_for_run(process, whole)
    started = time.perf_counter()
    finish(process)
    lasts, kills = time.perf_counter() - started, 0
    for i in range(count):
        run = folder / f"run-{i}"
        process = begin(*RUN, "--run", str(run))
        wait_for_run(process, run)
        wait = rng.uniform(0, 0.8 * lasts)
        while True:
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += process.returncode == -signal.SIGKILL
            process = begin("--resume", str(run))
            if rng.random() < 0.7:
                break
            wait = rng.uniform(0.2, 0.8) * lasts
        finish(process)
        assert content(run) == content(whole), f"{run} is not {whole}"
        assert not list(run.glob(".*.tmp")), f"{run} holds what a dead process was writing"
    assert kills >= count / 2, "most runs were done before they were killed"
    return f"{count} runs killed {kills} times in all, each resumed to the bits of the uninterrupted one"


def killed_while_writing(count: int, folder: Path, seed: int) -> str:  # noqa: ARG001
    """Kill a run at each sync, renaming and deletion of a file, in turn, and resume it."""
    short = (*RUN, "--epochs", "2", "--checkpoint-steps", "160")
    whole = folder / "written"
    finish(begin(*short, "--run", str(whole)))
    stage = 0
    for stage in range(1, count + 1):
        run = folder / f"stage-{stage}"
        process = subprocess.run(
            [sys.executable, "-c", STAGES, str(stage), "train", *short, "--run", str(run)],
            capture_output=True,
            check=False,
        )
        if process.returncode == 0:  # there are no more stages
            stage -= 1
            break
        assert process.returncode == 137, process.stderr.decode()
        finish(begin("--resume", str(run)) if (run / "settings.toml").exists() else begin(*short, "--run", str(run)))
        assert content(run) == content(whole), f"{run} is not {whole}"
    return f"{stage} runs killed while they wrote a file, each resumed to the same bits"
