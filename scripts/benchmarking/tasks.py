"""The arrays that every contestant receives, and those that it returns."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarking.workloads import Workload

Array = NDArray[Any]
Weights = list[tuple[Array, Array]]
"""The W, n_out×n_in, and b, n_out×1, of each layer."""


@dataclass(frozen=True)
class Task:
    """A network, the samples that it learns or predicts, and its initial weights, those of `nn.init`."""

    workload: Workload
    X: Array
    """Pixels 0..255 (uint8), one sample per row."""
    y: Array
    weights: Weights

    @classmethod
    def read(cls, workload: Workload, folder: Path, weights: Weights) -> "Task":
        """Read training or test samples; if there are too few, repeat them from the first."""
        part = "training" if workload.kind == "train" else "test"
        X, y = np.load(folder / f"{part}-X.npy"), np.load(folder / f"{part}-y.npy")
        if workload.samples in (None, len(y)):
            return cls(workload, X, y, weights)
        chosen = np.arange(workload.samples) % len(y)
        return cls(workload, X[chosen], y[chosen], weights)

    def floats(self) -> Array:
        """Return the pixels as 0..1 in float32: not copied again, and aligned to 64 bytes, or JAX would copy them."""
        memory = np.empty(self.X.size + 16, np.float32)
        start = -memory.ctypes.data % 64 // 4
        X: Array = np.divide(self.X, 255, out=memory[start : start + self.X.size].reshape(self.X.shape))
        return X

    def orders(self) -> Iterator[Array | None]:
        """Yield the order of the samples in each epoch; None if a step takes all of them."""
        rng = np.random.default_rng(0)
        while True:
            yield None if self.workload.batch is None else rng.permutation(len(self.y))


def scores(weights: Weights, X: Array) -> Array:
    """Compute Z of the last layer in float64, one sample per row: all results are judged by it."""
    outputs: Array = X.astype(np.float64) / 255
    for i, (W, b) in enumerate(weights):
        inputs = outputs if i == 0 else np.maximum(outputs, 0)
        outputs = inputs @ W.T.astype(np.float64) + b.T
    return outputs


def cost(weights: Weights, X: Array, y: Array) -> float:
    """Compute the mean cross-entropy under softmax."""
    scored = scores(weights, X)
    Z: Array = scored - scored.max(axis=1, keepdims=True)
    costs: Array = np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]
    return float(costs.mean())
