"""The mini-batch descent: an epoch of recorded steps on batches of samples in random order."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from nnfunc.base.array import Array
from nnfunc.data.dataset import steps_per_epoch
from nnfunc.data.loader import Chunk, Slot, batches_at_once, chunks, in_chunks
from nnfunc.model.cache_and_grads import Masks
from nnfunc.recording import Calls, run
from nnfunc.recording.in_place import InPlace
from nnfunc.tiling import blas
from nnfunc.tiling.task import Task
from nnfunc.tracing import tree
from nnfunc.training.states import State, generator_of, shuffling_of
from nnfunc.training.steps.descent import AUGMENTATION, DROPOUT, STEP, Running
from nnfunc.training.steps.divergence import DivergedError, are_finite, step_diverged
from nnfunc.training.steps.recipe import Descent, after
from nnfunc.training.steps.regularisation import draw, masks_like
from nnfunc.training.steps.settings import Settings

STEPS_BETWEEN_CHECKS = 16
"""The least number of steps between tests of the parameters for NaN and ∞; if one fails, the step is searched for."""

Bound: TypeAlias = tuple[Calls, Masks]
"""The calls of a step on a batch, and the dropout masks that they read."""


class MiniBatches(Descent):
    """A descent on batches in random order: a step is recorded once, and replayed on parameters that stay in place."""

    def __init__(self, before: State, task: Task, settings: Settings) -> None:
        assert settings.batch is not None
        self.like, self.m, self.settings = before.params, task.m, settings
        self.batch = min(settings.batch, self.m)
        self.is_wide = blas.is_wide(self.batch, self.like.size)
        self.slots = [
            Slot(task.data.X, task.y, task.n_out, task.dtype, self.batch, settings.sample_weights)
            for _ in range(1 if self.is_wide else 2)
        ]
        self.α, self.recipe = np.array(settings.rate(0), task.dtype), settings.recipe
        self.sums = (np.zeros((1, 1), task.dtype),) if settings.running_cost else ()
        self.place: InPlace[Running] = InPlace(STEP, (self.like, before.optimizer, self.sums))
        self.parameters = self.place.leaves[: len(tree.leaves(self.like))]
        self.masks: dict[int, Masks] = {}
        self.bound: dict[tuple[int, int], list[Bound]] = {}

    def epoch(self, now: State) -> tuple[State, int]:
        """Take the steps on all batches, and return the state after them and the number of steps."""
        self.progress, number, rng = 0.0, now.epoch + 1, generator_of(now.shuffling)
        self.place.load(tree.leaves((now.params, now.optimizer, self.sums)))  # the sums are 0
        with ExitStack() as stack:
            stack.enter_context(np.errstate(over="ignore", invalid="ignore"))
            give_way = stack.enter_context(blas.threads(one=not self.is_wide))
            samples = rng.permutation(self.m) if self.settings.shuffle else np.arange(self.m)
            seed = (self.settings.seed, number, AUGMENTATION)
            order = in_chunks(samples, self.slots[0].size, self.settings.augmentation, seed)
            left = order[now.step // batches_at_once(self.batch) :]
            loaded = stack.enter_context(closing(chunks(self.slots, left, give_way)))
            done = self._run(now, loaded)
        params, optimizer, sums = self.place.state(self.place.copy())
        self.running_cost = float(sums[0][0, 0]) / (self.m - now.step * self.batch) if sums else None
        return after(now, params, optimizer, shuffling_of(rng)), done

    def _run(self, now: State, loaded: Generator[tuple[Slot, Chunk]]) -> int:
        """Take the steps on the chunks that are left, and return the number of all steps of the epoch."""
        good, good_at, unchecked = self.place.copy(), now.step, list[Chunk]()
        done, used = now.step, now.step * self.batch
        for slot, chunk in loaded:
            before, done = done, done + sum(1 for _ in self._steps(now, slot, chunk, done))
            used += len(chunk.samples)
            self.progress = used / self.m
            unchecked.append(chunk)
            due = [use for every, use in self.watching if done // every > before // every and used < self.m]
            if due or done - good_at >= STEPS_BETWEEN_CHECKS or used == self.m:
                if not are_finite(self.parameters):
                    loaded.close()  # nothing else reads into the slots now
                    raise self._diverged(now, good, good_at, unchecked)
                good, good_at, unchecked = self.place.copy(), done, []
            for use in due:
                params, optimizer, _ = self.place.state(good)
                use(replace(now, step=done, params=params, optimizer=optimizer))
        return done

    def _steps(self, now: State, slot: Slot, chunk: Chunk, done: int) -> Iterator[None]:
        """Take a step on each batch of a loaded chunk, after `done` steps of the epoch."""
        first, shares = now.epoch * steps_per_epoch(self.m, self.batch) + done, self.settings.shares
        dropping = np.random.default_rng([self.settings.seed, now.epoch + 1, DROPOUT, done]) if shares else None
        for i, (calls, masks) in enumerate(self._bound(slot, len(chunk.samples))):
            if callable(self.settings.learning_rate):
                self.α[...] = self.settings.rate(first + i)
            if dropping is not None:
                draw(masks, shares, dropping)
            run(calls)
            yield

    def _bound(self, slot: Slot, m: int) -> list[Bound]:
        """Return the recorded steps on the batches of the first m samples of a slot."""
        key = self.slots.index(slot), m
        if key not in self.bound:
            self.bound[key] = []
            for X, Y, weights in slot.batches(m):
                size, drops = X.shape[1], bool(self.settings.shares)
                masks = self.masks[size] = self.masks.get(size) or (masks_like(self.like, size) if drops else ())
                self.bound[key].append((self.place.bound(X, Y, self.α, weights, masks, self.recipe), masks))
        return self.bound[key]

    def _diverged(self, now: State, good: list[Array], done: int, chunks: Sequence[Chunk]) -> DivergedError:
        """Repeat the steps since the parameters were finite, one by one, to find the first whose result is not."""
        self.place.load(good)
        for chunk in chunks:
            self.slots[0].load(chunk)
            for _ in self._steps(now, self.slots[0], chunk, done):
                done += 1
                if not are_finite(self.parameters):
                    return step_diverged(now.epoch + 1, done, self.place.state(good)[0])
                good = self.place.copy()
        raise AssertionError("the same steps gave another result")
