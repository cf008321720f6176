"""Train on mapped data, and report the memory used: data larger than memory need not be held in it.

    python scripts/make_large.py FOLDER
    python scripts/larger_than_memory.py FOLDER

One row per regime. Memory is the peak of the anonymous memory (RssAnon of Linux), which the kernel cannot drop. Pages
of a mapped file are not part of it; the kernel drops them when it needs the room.
"""

import sys
import threading
import time
from pathlib import Path

import nnfunc as nn

EVERY = 0.005
"""Seconds between two measurements of the memory."""

REGIMES = {"3 iterations of all": (None, 3), "1 epoch of batches of 128": (128, 1)}


def anonymous() -> int:
    """Return the bytes of anonymous memory that this process holds now."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("RssAnon:"))
    return int(line.split()[1]) * 1024


class Peak:
    """The peak of anonymous memory between entry and exit, sampled by a thread."""

    def __enter__(self) -> "Peak":
        self.bytes, self.seconds = anonymous(), time.perf_counter()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._done.wait(EVERY):
            self.bytes = max(self.bytes, anonymous())

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.bytes, self.seconds = max(self.bytes, anonymous()), time.perf_counter() - self.seconds


def main(folder: Path) -> None:
    """Print the table."""
    print(f"at the start: {anonymous() / 1e6:.0f} MB")
    with Peak() as peak:
        training, test = nn.load_mapped(folder)
    print(f"data: {training.X.nbytes / 1e6:.0f} MB, mapped in {peak.seconds:.2f} s; {peak.bytes / 1e6:.0f} MB")
    print("\n| training of 784-10-10 | s | peak MB | test accuracy |\n| --- | --- | --- | --- |", flush=True)
    for name, (batch, epochs) in REGIMES.items():
        params = nn.init((training.X.shape[0], 10, 10))
        with Peak() as peak:
            *_, last = nn.train(params, training, learning_rate=0.1, batch=batch, epochs=epochs)
        accuracy = nn.evaluate(last.params, test).accuracy
        print(f"| {name} | {peak.seconds:.1f} | {peak.bytes / 1e6:.0f} | {accuracy:.2%} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
