"""Check that damaged files are refused, or give the very same parameters."""

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

import nnfunc as nn
from nnfunc.tracing import tree

Read = Callable[[Path], nn.Params | nn.State]


def files(folder: Path) -> list[tuple[Path, Read]]:
    """Write a model and a checkpoint, with averages and a best epoch, and return them with their readers."""
    rng = np.random.default_rng(0)
    data = nn.Dataset(rng.random((100, 64), np.float32), rng.integers(0, 10, 64))
    model, checkpoint = folder / "model.npz", folder / "checkpoint.npz"
    epochs = nn.train(
        nn.init((100, 10, 10)), data, learning_rate=0.01, optimizer="adam", batch=8, epochs=2, validation=data
    )
    for epoch in nn.Checkpointing(nn.EarlyStopping(epochs), checkpoint):
        nn.save(model, epoch.params)
    return [(model, nn.load), (checkpoint, nn.load), (checkpoint, nn.load_state)]


def known(found: nn.Params | nn.State) -> object:
    """Return all that was read, for comparison."""
    if isinstance(found, nn.Params):
        return [(x.dtype.str, x.shape, x.tobytes()) for x in tree.leaves(found)], repr(found)
    best = None if found.best is None else (found.best.number, found.best.validation_cost, known(found.best.params))
    arrays = [(x.dtype.str, x.shape, x.tobytes()) for x in tree.leaves(found.optimizer)]
    return (
        known(found.params), arrays, found.epoch, found.step, found.shuffling, found.origin.sha256,
        dict(found.origin.settings), best,
    )  # fmt: skip


def same_or_refused(path: Path, read: Read, contents: Iterable[bytes]) -> int:
    """Return how many of these contents were refused; the others must give what is in the file."""
    whole, refused = known(read(path)), 0
    damaged = path.with_name("damaged.npz")
    for content in contents:
        damaged.write_bytes(content)
        try:
            assert known(read(damaged)) == whole, "other parameters"
        except nn.CheckpointError:
            refused += 1
    return refused


def flipped(count: int, folder: Path, seed: int) -> str:
    """Invert each byte, or `count` of them, and, separately, one bit of each."""
    rng, total, refused = random.Random(seed), 0, 0
    for path, read in files(folder):
        content = path.read_bytes()
        places = range(len(content)) if count >= len(content) else sorted(rng.sample(range(len(content)), count))
        changed = [
            content[:i] + bytes([content[i] ^ mask]) + content[i + 1 :] for i in places for mask in (255, 1 << i % 8)
        ]
        refused += same_or_refused(path, read, changed)
        total += len(changed)
    return f"{total:,} flips of bytes and bits: {refused:,} refused, the others gave the very same"


def truncated(count: int, folder: Path, seed: int) -> str:
    """Truncate files, to `count` random lengths each."""
    rng, total, refused = random.Random(seed), 0, 0
    for path, read in files(folder):
        content = path.read_bytes()
        lengths = [rng.randrange(len(content)) for _ in range(count)]
        refused += same_or_refused(path, read, (content[:length] for length in lengths))
        total += count
    assert refused == total, "a part of a file was taken for the whole"
    return f"{total:,} truncations, all refused"
