"""Batches for training: read in chunks into memory that is kept, ahead of time where that pays."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from nnfunc.array import Array, aligned
from nnfunc.columns import scale
from nnfunc.recording import Step

CHUNK = 1024
"""Samples that are read at once, or one batch where that has more."""


def scale_into(rows: Array, pixels: Array) -> Array:
    """Pixels scaled to 0..1, in place of what the rows were."""
    return scale(pixels, rows.dtype)


SCALE_INTO = Step(scale_into)


class Slot:
    """Memory for a chunk. X (n_in×m) and Y (n_out×m) of each batch are views of it and stay where they are."""

    def __init__(self, X: Array, y: Array, n_out: int, dtype: np.dtype[Any], batch: int) -> None:
        self.X, self.y, self.n_out, self.batch = X, y, n_out, batch
        size = max(1, CHUNK // batch) * batch
        self.rows = aligned((size, X.shape[0]), dtype)
        self.pixels = np.empty(self.rows.shape, np.uint8) if X.dtype == np.uint8 else None
        self.targets = aligned(size * n_out, dtype)

    @property
    def size(self) -> int:
        """Samples that it holds."""
        return len(self.rows)

    def load(self, samples: Array) -> None:
        """Read these samples."""
        rows = self.rows[: len(samples)]
        if self.pixels is None:
            np.take(self.X.T, samples, axis=0, out=rows, mode="clip")
        else:
            pixels = self.pixels[: len(samples)]
            np.take(self.X.T, samples, axis=0, out=pixels, mode="clip")
            SCALE_INTO.advance(rows, pixels)
        whole = len(samples) - len(samples) % self.batch
        self._load_targets(samples[:whole], 0, self.batch)
        self._load_targets(samples[whole:], whole, len(samples) - whole)

    def _load_targets(self, samples: Array, start: int, m: int) -> None:
        if not len(samples):
            return
        Y = self.targets[start * self.n_out : (start + len(samples)) * self.n_out].reshape(-1, self.n_out, m)
        chosen = self.y[..., samples]
        if self.y.ndim == 2:
            np.copyto(Y, chosen.reshape(self.n_out, -1, m).swapaxes(0, 1))
        elif self.n_out == 1:
            np.copyto(Y, chosen.reshape(Y.shape))
        else:
            classes = np.arange(self.n_out, dtype=self.y.dtype)[:, None]
            np.equal(classes, chosen.reshape(-1, 1, m), out=Y)

    def batches(self, m: int) -> list[tuple[Array, Array]]:
        """X and Y of each batch of the first m samples."""
        bounds = [(start, min(start + self.batch, m)) for start in range(0, m, self.batch)]
        return [
            (self.rows[a:b].T, self.targets[a * self.n_out : b * self.n_out].reshape(self.n_out, b - a))
            for a, b in bounds
        ]


def chunks(slots: list[Slot], order: Array) -> Generator[tuple[Slot, Array]]:
    """All samples in this order, a chunk at a time: the slot that holds it, until the next is asked for, and which.

    With two slots the next chunk is read by a thread meanwhile.
    """
    parts = [order[start : start + slots[0].size] for start in range(0, len(order), slots[0].size)]
    if len(slots) == 1:
        for samples in parts:
            slots[0].load(samples)
            yield slots[0], samples
        return
    with ThreadPoolExecutor(1) as thread:
        ahead = thread.submit(slots[0].load, parts[0])
        for i, samples in enumerate(parts):
            ahead.result()
            if i + 1 < len(parts):
                ahead = thread.submit(slots[(i + 1) % 2].load, parts[i + 1])
            yield slots[i % 2], samples
