"""An epoch of gradient descent: one step on all samples, or one recorded step after another on batches of them."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from nnfunc import blas, tree
from nnfunc.array import Array, Scalar, aligned
from nnfunc.data.dataset import Dataset
from nnfunc.data.loader import Slot, chunks
from nnfunc.data.targets import targets_of
from nnfunc.divergence import DivergedError, are_finite, step_diverged
from nnfunc.gradients import local_gradient
from nnfunc.network import backward, forward, update
from nnfunc.params import Params
from nnfunc.passes import Grads
from nnfunc.recording import Calls, Step, run

if TYPE_CHECKING:
    from nnfunc.recording.replay import Replay

STEPS_BETWEEN_CHECKS = 16
"""Steps, at least, after which the parameters are tested for NaN and ∞; where some are, the step is searched."""


Gradient: TypeAlias = Callable[[Params], tuple[float, Grads]]
"""The mean cost over all samples, and its gradient."""


class Descent(Protocol):
    """What makes the steps of an epoch."""

    @property
    def progress(self) -> float:
        """Share of the samples of the running epoch that have been used, 0..1."""
        ...

    def epoch(self, number: int, params: Params) -> tuple[Params, int]:
        """The parameters after the epoch of this number, and how many steps it took.

        Raises:
            DivergedError: they are not finite.
        """
        ...


class FullBatch:
    """One step on all samples, on threads of this process or by a gradient that somebody else computes."""

    def __init__(self, params: Params, data: Dataset, α: float, gradient: Gradient | None) -> None:
        self.m, self.α, self.used = data.m, α, list[int]()
        self.gradient = gradient or partial(local_gradient, X=data.X, Y=targets_of(params, data), used=self.used.append)

    @property
    def progress(self) -> float:
        """Share of the samples that have been used, 0..1."""
        return sum(self.used) / self.m

    def epoch(self, number: int, params: Params) -> tuple[Params, int]:
        """The parameters after a step."""
        self.used.clear()
        with np.errstate(over="ignore", invalid="ignore"):
            after = update(params, self.gradient(params)[1], self.α)
            if not are_finite(tree.leaves(after)):
                raise step_diverged(number, 1, params)
        return after, 1


def step(params: Params, X: Array, Y: Array, α: Scalar) -> Params:
    """One step on one batch."""
    return update(params, backward(params, forward(params, X), Y), α)


_STEP = Step(step)


def described(params: Params, batch: int) -> str:
    """How the step on so many samples is replayed, for a reader."""
    X, Y = (
        np.zeros((params.sizes[0], batch), params.dtype, order="F"),
        np.zeros((params.sizes[-1], batch), params.dtype),
    )
    return _STEP.described(params, X, Y, np.array(0, params.dtype))


class MiniBatches:
    """One step after another on batches in random order: recorded once, replayed on parameters in one place."""

    def __init__(self, params: Params, data: Dataset, α: float, batch: int, rng: "np.random.Generator") -> None:
        self.m, self.rng, self.progress = data.m, rng, 0.0
        batch = min(batch, self.m)
        self.is_wide = blas.is_wide(batch, params.size)
        y = data.y if data.y.ndim == 1 else targets_of(params, data)
        self.slots = [Slot(data.X, y, params.sizes[-1], params.dtype, batch) for _ in range(1 if self.is_wide else 2)]
        self.α = np.array(α, params.dtype)
        self.memory = [aligned(leaf.shape, leaf.dtype) for leaf in tree.leaves(params)]
        self.params = tree.map(_frozen_copy, params)
        self.replays: dict[int, Replay] = {}
        self.steps: dict[tuple[int, int], list[Calls]] = {}

    def epoch(self, number: int, params: Params) -> tuple[Params, int]:
        """The parameters after all batches."""
        self.progress = 0.0
        for kept, leaf in zip(self.memory, tree.leaves(params), strict=True):
            np.copyto(kept, leaf)
        with ExitStack() as stack:
            stack.enter_context(np.errstate(over="ignore", invalid="ignore"))
            if not self.is_wide:
                stack.enter_context(blas.one_thread())
            loaded = stack.enter_context(closing(chunks(self.slots, self.rng.permutation(self.m))))
            done = self._run(number, loaded)
        return _with(self.params, self._copies()), done

    def _run(self, number: int, loaded: Generator[tuple[Slot, Array]]) -> int:
        """Make the steps on all chunks; how many there were."""
        before, at, unchecked, done, used = self._copies(), 0, list[Array](), 0, 0
        for slot, samples in loaded:
            for calls in self._steps(slot, len(samples)):
                run(calls)
                done += 1
            used += len(samples)
            self.progress = used / self.m
            unchecked.append(samples)
            if done - at >= STEPS_BETWEEN_CHECKS or used == self.m:
                if not are_finite(self.memory):
                    loaded.close()  # nobody else reads into the slots now
                    raise self._diverged(number, before, at, unchecked)
                before, at, unchecked = self._copies(), done, []
        return done

    def _steps(self, slot: Slot, m: int) -> list[Calls]:
        """The recorded steps on the batches of the first m samples of a slot."""
        key = id(slot), m
        if key not in self.steps:
            self.steps[key] = [self._bound(X, Y) for X, Y in slot.batches(m)]
        return self.steps[key]

    def _bound(self, X: Array, Y: Array) -> Calls:
        m = X.shape[1]
        if m not in self.replays:
            self.replays[m] = _STEP.replay(self.params, X, Y, self.α)
        return self.replays[m].bound([*self.memory, X, Y, self.α]).copy()

    def _diverged(self, number: int, before: Sequence[Array], done: int, chunks: Sequence[Array]) -> DivergedError:
        """Repeat the steps since the parameters were finite, one by one, to find the first whose result is not."""
        for kept, leaf in zip(self.memory, before, strict=True):
            np.copyto(kept, leaf)
        slot = self.slots[0]
        for samples in chunks:
            slot.load(samples)
            for calls in self._steps(slot, len(samples)):
                before, done = self._copies(), done + 1
                run(calls)
                if not are_finite(self.memory):
                    return step_diverged(number, done, _with(self.params, before))
        raise AssertionError("the same steps gave another result")

    def _copies(self) -> list[Array]:
        return [leaf.copy() for leaf in self.memory]


def _with(params: Params, leaves: Iterable[Array]) -> Params:
    """The same network with other arrays, which nobody else holds."""
    new = iter(leaves)

    def given(_: Array) -> Array:
        return _frozen(next(new))

    return tree.map(given, params)


def _frozen_copy(x: Array) -> Array:
    return _frozen(x.copy())


def _frozen(x: Array) -> Array:
    x.flags.writeable = False
    return x
