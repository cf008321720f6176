"""Measure what `nn.recorded` gains for a custom function: logistic regression in ten lines, in mini-batches.

    python scripts/logistic.py

"Is it a 3?" on the embedded digits, called and recorded in turn, from the same start.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from jaxtyping import Float

import nnfunc as nn

BATCH, ROUNDS = 32, 7


@nn.checked
def step(
    w: Float[nn.Array, "1 n"],
    b: Float[nn.Array, "1 1"],
    X: Float[nn.Array, "n m"],
    Y: Float[nn.Array, "1 m"],
    α: Float[nn.Array, ""],
) -> tuple[Float[nn.Array, "1 n"], Float[nn.Array, "1 1"]]:
    """Take one step of gradient descent on the mean binary cross-entropy."""
    A = 1 / (1 + np.exp(-(w @ X + b)))
    dZ = (A - Y) / X.shape[1]
    return w - α * (dZ @ X.T), b - α * dZ.sum(axis=1, keepdims=True)


Step = Callable[..., tuple[nn.Array, nn.Array]]


def epoch(step: Step, data: nn.Dataset) -> tuple[float, nn.Array]:
    """Return the seconds of one pass over the data, and the weights after it."""
    X, Y, α = nn.scale(data.X), nn.is_digit(data.y, 3), np.array(0.1, np.float32)
    w, b = np.zeros((1, len(X)), np.float32), np.zeros((1, 1), np.float32)
    start = time.perf_counter()
    for i in range(0, data.m - BATCH + 1, BATCH):
        w, b = step(w, b, X[:, i : i + BATCH], Y[:, i : i + BATCH], α)
    return time.perf_counter() - start, w


def main() -> None:
    """Print how many times faster the recorded function is."""
    data, _ = nn.load_mnist()
    plain = step.__wrapped__  # type: ignore[attr-defined]  # without checks
    contestants: dict[str, Step] = {"recorded": nn.recorded(step), "called, checked": step, "called, unchecked": plain}
    for one in contestants.values():
        epoch(one, data)
    rounds = [{name: epoch(one, data) for name, one in contestants.items()} for _ in range(ROUNDS)]
    for name in list(contestants)[1:]:
        ratios = sorted(r[name][0] / r["recorded"][0] for r in rounds)
        median = statistics.median(ratios)
        print(f"{name}: {median:.1f} times the time of recorded ({ratios[0]:.1f} to {ratios[-1]:.1f})")
    apart = max(float(np.abs(r["recorded"][1] - r[name][1]).max()) for r in rounds for name in contestants)
    print(f"{data.m // BATCH} steps of {BATCH} samples; their weights differ by {apart:.0e} at most")


if __name__ == "__main__":
    main()
