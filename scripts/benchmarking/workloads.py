"""What is measured: the networks with their batches and samples; and the arrays that every contestant is given."""

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = list[tuple[Array, Array]]
"""W, n_out×n_in, and b, n_out×1, of each layer."""

ALIGNED = 64
"""Bytes."""


@dataclass(frozen=True)
class Workload:
    """A network, and what is done with it."""

    name: str
    title: str
    sizes: tuple[int, ...]
    kind: Literal["train", "predict"] = "train"
    batch: int | None = None
    """Samples of a step; by default all."""
    samples: int | None = None
    """By default all that there are; where there are fewer, they are repeated."""
    units: int = 1
    """Epochs, or calls, that are timed together."""
    learning_rate: float = 0.1

    @property
    def multiply_adds(self) -> int:
        """Of the matrix products of one sample in a step: W A, dZ Aᵀ and, but for the first layer, Wᵀ dZ."""
        weights = [n_in * n_out for n_in, n_out in pairwise(self.sizes)]
        return 2 * weights[0] + 3 * sum(weights[1:])

    def small(self) -> "Workload":
        """The same on a few samples."""
        return replace(self, samples=min(self.samples or 512, 512), units=1)


TRAINING = (
    Workload("W1", "full-batch step, 784-10-10", (784, 10, 10), units=10),
    Workload("W2a", "epoch, 784-10-10, batches of 32", (784, 10, 10), batch=32),
    Workload("W2b", "epoch, 784-10-10, batches of 128", (784, 10, 10), batch=128, units=2),
    Workload("W3", "epoch, 784-128-10, batches of 128", (784, 128, 10), batch=128),
    Workload("W4", "60 steps, 784-512-512-10, batches of 256", (784, 512, 512, 10), batch=256, samples=60 * 256),
)

PREDICTION = (
    Workload("P1", "10,000 samples, 784-10-10", (784, 10, 10), "predict", samples=10_000, units=20),
    Workload("P2", "1 sample, 784-10-10", (784, 10, 10), "predict", samples=1, units=1000),
    Workload("P3", "10,000 samples, 784-128-10", (784, 128, 10), "predict", samples=10_000, units=10),
    Workload("P4", "1 sample, 784-128-10", (784, 128, 10), "predict", samples=1, units=1000),
)

TO_ACCURACY = Workload("accuracy", "784-128-10, batches of 32, α = 0.4", (784, 128, 10), batch=32, learning_rate=0.4)


@dataclass(frozen=True)
class Samples:
    """Pixels 0..255 (uint8), one sample per row, and their classes."""

    X: Array
    y: Array

    def write(self, folder: Path, part: str) -> None:
        """Into files that `read` finds."""
        np.save(folder / f"{part}-X.npy", self.X)
        np.save(folder / f"{part}-y.npy", self.y)

    @classmethod
    def read(cls, folder: Path, part: str, m: int | None = None) -> "Samples":
        """The first m, again from the first where there are fewer; by default all."""
        X, y = np.load(folder / f"{part}-X.npy"), np.load(folder / f"{part}-y.npy")
        if m is None or m == len(y):
            return cls(X, y)
        chosen = np.arange(m) % len(y)
        return cls(X[chosen], y[chosen])

    def floats(self) -> Array:
        """The pixels as 0..1 in float32: no other copy on the way, and aligned, or JAX would make one."""
        memory = np.empty(self.X.size + ALIGNED // 4, np.float32)
        start = -memory.ctypes.data % ALIGNED // 4
        X: Array = np.divide(self.X, 255, out=memory[start : start + self.X.size].reshape(self.X.shape))
        return X


def order_of(rng: "np.random.Generator", m: int) -> Array:
    """The order of the samples in the next epoch."""
    order: Array = rng.permutation(m)
    return order
