"""Check that trainings in threads give the same as alone, and that long ones take no more memory than short ones."""

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nnfunc as nn
from nnfunc.tracing import tree

THREADS = 8

GROWTH = 0.05
"""The largest relative growth of the resident memory after the fifth epoch."""


def threads(count: int, folder: Path, seed: int) -> str:  # noqa: ARG001
    """Run eight trainings at once, `count` times."""
    data, _ = nn.load_mnist()
    kinds: list[dict[str, Any]] = [
        {"batch": 32, "optimizer": "adam", "learning_rate": 0.003, "dropout": 0.2},
        {"batch": 128, "learning_rate": 0.1, "augmentation": nn.Distorted(shift=1)},
        {"batch": None, "optimizer": "momentum", "learning_rate": 0.1},
        {"batch": 256, "learning_rate": nn.Exponential(0.2, steps=100), "class_weights": "balanced"},
    ]

    def trained(i: int) -> list[bytes]:
        params = nn.init((784, 10 + 30 * (i % 3), 10), seed=seed + i)
        *_, last = nn.train(params, data.take(slice(0, 3000)), epochs=3, seed=i, **kinds[i % len(kinds)])
        return [x.tobytes() for x in tree.leaves(last.params)]

    alone = [trained(i) for i in range(THREADS)]
    for _ in range(count):
        with ThreadPoolExecutor(THREADS) as pool:
            assert list(pool.map(trained, range(THREADS))) == alone, "another result in a thread than alone"
    return f"{THREADS} threads training at once, {count} times: each got what it gets alone"


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def memory(count: int, folder: Path, seed: int) -> str:
    """Train for `count` epochs, with all options that take memory."""
    data, test = nn.load_mnist()
    epochs = nn.train(
        nn.init((784, 64, 10)), data, batch=64, epochs=count, learning_rate=0.001, optimizer="adam", dropout=0.2,
        augmentation=nn.Distorted(shift=1), validation=test, seed=seed,
    )  # fmt: skip
    seen = list[int]()
    for epoch in nn.History(nn.Checkpointing(nn.EarlyStopping(epochs, patience=count), folder / "c.npz"), folder / "h"):
        assert epoch.cost < 10
        gc.collect()
        seen.append(resident())
    growth = max(seen[5:]) / seen[4] - 1
    assert growth < GROWTH, f"{growth:.1%} more after {count} epochs than after 5"
    return f"{count} epochs: {seen[4] / 1e6:.0f} MB after the fifth, at most {growth:+.1%} later"
