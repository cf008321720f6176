"""Batches for training: read in chunks into reused buffers, ahead of time where that pays."""

import threading
from collections.abc import Callable, Generator
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from nnfunc.base.array import Array, aligned, is_array, shape_text
from nnfunc.base.errors import ShapeError
from nnfunc.base.interrupts import DelayedInterrupts
from nnfunc.data.encoding import scale
from nnfunc.recording.step import Step

CHUNK = 1024
"""The largest number of samples read at once, unless a single batch has more."""


def scale_into(rows: Array, pixels: Array) -> Array:
    """Return pixels scaled to 0..1, in the dtype of the rows that they replace."""
    return scale(pixels, rows.dtype)


SCALE_INTO = Step(scale_into)


Augmentation: TypeAlias = Callable[[Array, "np.random.Generator"], Array]
"""A function of X, n×m and scaled, and a generator: it returns other samples of the same classes, shape and dtype."""


def batches_at_once(batch: int) -> int:
    """Return the number of batches read at once."""
    return max(1, CHUNK // batch)


class Batch(NamedTuple):
    """The X (n_in×m), Y (n_out×m) and weights (m) of a step: views of a slot's buffers, which stay in place."""

    X: Array
    Y: Array
    weights: Array | None


class Chunk(NamedTuple):
    """The indices of samples that are read at once, how they are augmented, and the seed of the augmentation."""

    samples: Array
    augmentation: Augmentation | None = None
    seed: tuple[int, ...] = ()


class Slot:
    """Reusable buffers for a chunk."""

    def __init__(
        self, X: Array, y: Array, n_out: int, dtype: np.dtype[Any], batch: int, weights: Array | None = None
    ) -> None:
        self.X, self.y, self.weights, self.n_out, self.batch = X, y, weights, n_out, batch
        size = batches_at_once(batch) * batch
        self.rows = aligned((size, X.shape[0]), dtype)
        self.pixels = np.empty(self.rows.shape, np.uint8) if X.dtype == np.uint8 else None
        self.targets = aligned(size * n_out, dtype)
        self.chosen_weights = None if weights is None else aligned(size, dtype)

    @property
    def size(self) -> int:
        """The number of samples that fit into it."""
        return len(self.rows)

    def load(self, chunk: Chunk) -> None:
        """Read the samples of a chunk into the buffers."""
        samples, rows = chunk.samples, self.rows[: len(chunk.samples)]
        if self.pixels is None:
            np.take(self.X.T, samples, axis=0, out=rows, mode="clip")
        else:
            pixels = self.pixels[: len(samples)]
            np.take(self.X.T, samples, axis=0, out=pixels, mode="clip")
            SCALE_INTO.advance(rows, pixels)
        if chunk.augmentation is not None:
            rows[...] = _augmented(rows.T, chunk.augmentation, chunk.seed).T
        if self.weights is not None and self.chosen_weights is not None:
            np.take(self.weights, samples, out=self.chosen_weights[: len(samples)], mode="clip")
        whole = len(samples) - len(samples) % self.batch
        self._load_targets(samples[:whole], 0, self.batch)
        self._load_targets(samples[whole:], whole, len(samples) - whole)

    def _load_targets(self, samples: Array, start: int, m: int) -> None:
        if not len(samples):
            return
        Y = self.targets[start * self.n_out : (start + len(samples)) * self.n_out].reshape(-1, self.n_out, m)
        chosen = self.y[..., samples]
        if self.y.ndim == 2 or self.n_out == 1:
            np.copyto(Y, chosen.reshape(self.n_out, -1, m).swapaxes(0, 1))
        else:
            np.equal(np.arange(self.n_out, dtype=self.y.dtype)[:, None], chosen.reshape(-1, 1, m), out=Y)

    def batches(self, m: int) -> list[Batch]:
        """Return the batches of the first m samples, as views."""
        return [
            Batch(
                self.rows[a:b].T,
                self.targets[a * self.n_out : b * self.n_out].reshape(self.n_out, b - a),
                None if self.chosen_weights is None else self.chosen_weights[a:b],
            )
            for a, b in ((start, min(start + self.batch, m)) for start in range(0, m, self.batch))
        ]


def _augmented(X: Array, augmentation: Augmentation, seed: tuple[int, ...]) -> Array:
    result: Any = augmentation(X, np.random.default_rng(seed))
    if not is_array(result) or result.shape != X.shape or result.dtype != X.dtype:
        got = f"{shape_text(result)} {result.dtype}" if is_array(result) else f"a {type(result).__name__}"
        raise ShapeError(f"augmentation: its result must be {shape_text(X)} {X.dtype} like X; got {got}.")
    return result


def in_chunks(order: Array, size: int, how: Augmentation | None = None, seed: tuple[int, ...] = ()) -> list[Chunk]:
    """Divide the samples, in this order, into chunks of `size`, each with its own seed."""
    return [Chunk(order[start : start + size], how, (*seed, start)) for start in range(0, len(order), size)]


def chunks(
    slots: list[Slot], parts: list[Chunk], between: Callable[[], None] = lambda: None
) -> Generator[tuple[Slot, Chunk]]:
    """Yield each chunk with the slot that holds it until the next one is requested.

    With two slots, a thread reads the next chunk meanwhile. `between` is called while nothing is being read.
    """
    if len(slots) == 1:
        for part in parts:
            between()
            slots[0].load(part)
            yield slots[0], part
        return
    wanted, loaded = SimpleQueue[tuple[Slot, Chunk] | None](), SimpleQueue[BaseException | None]()

    def load() -> None:
        for slot, part in iter(wanted.get, None):
            try:
                slot.load(part)
                loaded.put(None)
            except BaseException as error:  # raised again in the waiting thread
                loaded.put(error)

    thread = threading.Thread(target=copy_context().run, args=(load,), daemon=True)
    with DelayedInterrupts():
        thread.start()
    try:
        wanted.put((slots[0], parts[0]))
        for i, part in enumerate(parts):
            if (error := loaded.get()) is not None:
                raise error
            between()
            if i + 1 < len(parts):
                wanted.put((slots[(i + 1) % 2], parts[i + 1]))
            yield slots[i % 2], part
    finally:
        wanted.put(None)
        thread.join()
