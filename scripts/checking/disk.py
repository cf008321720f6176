"""Check that an error says when a file cannot be written, and that the previous checkpoint stays."""

import ctypes
import random
import resource
import subprocess
import sys
import threading
from pathlib import Path

import nnfunc as nn

RUN = ("--hidden", "32", "--learning-rate", "0.01", "--optimizer", "adam")

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def _train(*arguments: str, limit: int | None = None) -> subprocess.Popen[bytes]:
    """Start a training that may only write files of up to `limit` bytes, and has no special privileges."""

    def restrained() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)

    command = [sys.executable, "-m", "nnfunc", "train", *arguments]
    return subprocess.Popen(command, preexec_fn=restrained, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _refused(process: subprocess.Popen[bytes], run: Path, epoch: int) -> None:
    """Assert that it ended with one sentence, and left a checkpoint of this epoch or later, and no temporary file."""
    _, said = process.communicate()
    text = said.decode()
    assert process.returncode == 2, text
    assert text.startswith(f"nnfunc: {run}"), text
    assert text.count("\n") == 1, text
    assert "must be a place that can be written to; got " in text, text
    assert nn.load_state(run / "checkpoint.npz").epoch >= epoch
    assert not [path for path in run.iterdir() if path.suffix == ".tmp"]


def full(count: int, folder: Path, seed: int) -> str:
    """Begin a run, then resume it where no file may be as large as the checkpoint."""
    rng, run = random.Random(seed), folder / "run"
    _train(*RUN, "--epochs", "2", "--run", str(run)).communicate()
    before = (run / "checkpoint.npz").read_bytes()
    for _ in range(count):
        limit = rng.randrange(1000, len(before))
        _refused(_train("--resume", str(run), "--epochs", "4", limit=limit), run, 2)
        assert (run / "checkpoint.npz").read_bytes() == before
    return f"{count} times no room for a checkpoint: a sentence, and the one before is intact"


def forbidden(count: int, folder: Path, seed: int) -> str:  # noqa: ARG001
    """Remove the permission to write to the folder of a run, while it trains."""
    for i in range(count):
        run = folder / f"forbidden-{i}"
        process = _train(*RUN, "--epochs", "10000", "--run", str(run))
        assert process.stdout is not None
        lines = iter(process.stdout.readline, b"")
        for _ in range(2):
            next(lines)
        run.chmod(0o555)
        threading.Thread(target=process.stdout.read, daemon=True).start()  # so that its output never blocks
        try:
            _refused(process, run, 1)
        finally:
            run.chmod(0o755)
    return f"{count} times no permission any more: a sentence, and the checkpoint is intact"
