"""An epoch that is one recorded step after another, on batches of samples in random order."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import numpy as np

from nnfunc import blas, tree
from nnfunc.array import Array, aligned
from nnfunc.data.dataset import Dataset, steps_per_epoch
from nnfunc.data.loader import Batch, Chunk, Slot, batches_at_once, chunks, in_chunks
from nnfunc.data.targets import targets_of
from nnfunc.descent import AUGMENTATION, DROPOUT, STEP, Running, Settings
from nnfunc.divergence import DivergedError, are_finite, step_diverged
from nnfunc.optimizers import OptimizerState, Stepped
from nnfunc.params import Params
from nnfunc.passes import Masks
from nnfunc.recording import Calls, run
from nnfunc.regularisation import draw, masks_like

if TYPE_CHECKING:
    from nnfunc.recording.replay import Replay

T = TypeVar("T")

STEPS_BETWEEN_CHECKS = 16
"""Steps, at least, after which the parameters are tested for NaN and ∞; where some are, the step is searched."""


Watch: TypeAlias = Callable[[Stepped, int], None]
"""What is told where an epoch stands, and how many of its steps are done."""


class Mark(NamedTuple):
    """Where an epoch stood when its parameters were finite: what steps can be repeated from."""

    leaves: list[Array]
    done: int


class MiniBatches:
    """One step after another on batches in random order: recorded once, replayed on parameters in one place."""

    def __init__(
        self, before: Stepped, data: Dataset, settings: Settings, batch: int, rng: "np.random.Generator"
    ) -> None:
        params, _ = before
        self.m, self.rng, self.settings, self.progress = data.m, rng, settings, 0.0
        self.batch = min(batch, self.m)
        self.is_wide = blas.is_wide(self.batch, params.size)
        y = data.y if data.y.ndim == 1 else targets_of(params, data)
        self.slots = [
            Slot(data.X, y, params.sizes[-1], params.dtype, self.batch, settings.weights)
            for _ in range(1 if self.is_wide else 2)
        ]
        self.α = np.array(settings.rate(0), params.dtype)
        sums = (np.zeros((1, 1), params.dtype),) if settings.running_cost else ()
        self.kept: Running = _copied((*before, sums))
        self.running_cost: float | None = None
        self.memory = [aligned(leaf.shape, leaf.dtype) for leaf in tree.leaves(self.kept)]
        self.masks: dict[int, Masks] = {}
        self.replays: dict[int, Replay] = {}
        self.steps: dict[tuple[int, int], list[tuple[Calls, Masks]]] = {}
        self.watching = list[tuple[int, Watch]]()
        """After how many steps, again and again, who is told, as soon as the samples read at once are used up."""

    def epoch(
        self, number: int, params: Params, state: OptimizerState, done: int
    ) -> tuple[Params, OptimizerState, int]:
        """The parameters after all batches."""
        self.progress = 0.0
        self._restore(tree.leaves((params, state, self.kept[2])))  # no sums yet
        with ExitStack() as stack:
            stack.enter_context(np.errstate(over="ignore", invalid="ignore"))
            give_way = stack.enter_context(blas.threads(one=not self.is_wide))
            seed = (self.settings.seed, number, AUGMENTATION)
            samples = self.rng.permutation(self.m) if self.settings.shuffle else np.arange(self.m)
            order = in_chunks(samples, self.slots[0].size, self.settings.augmentation, seed)
            loaded = stack.enter_context(
                closing(chunks(self.slots, order[done // batches_at_once(self.batch) :], give_way))
            )
            done = self._run(number, loaded, done)
        params, state, sums = _with(self.kept, self._copies())
        self.running_cost = float(sums[0][0, 0]) / self.m if sums else None
        return params, state, done

    def _run(self, number: int, loaded: Generator[tuple[Slot, Chunk]], done: int) -> int:
        """Make the steps on the other chunks; how many there are in the epoch."""
        first = (number - 1) * steps_per_epoch(self.m, self.batch)
        mark, unchecked, used = Mark(self._copies(), done), list[Chunk](), done * self.batch
        for slot, chunk in loaded:
            before, dropping = done, self._dropping(number, done)
            for calls, masks in self._steps(slot, len(chunk.samples)):
                self._prepare(first + done, masks, dropping)
                run(calls)
                done += 1
            used += len(chunk.samples)
            self.progress = used / self.m
            unchecked.append(chunk)
            due = [tell for every, tell in self.watching if done // every > before // every and used < self.m]
            if due or done - mark.done >= STEPS_BETWEEN_CHECKS or used == self.m:
                if not are_finite(self._params):
                    loaded.close()  # nobody else reads into the slots now
                    raise self._diverged(number, first, mark, unchecked)
                mark, unchecked = Mark(self._copies(), done), []
            for tell in due:
                tell(_with(self.kept, mark.leaves)[:2], done)
        return done

    def _dropping(self, number: int, done: int) -> "np.random.Generator | None":
        """What draws the masks of a chunk, before which so many steps of the epoch are done; none without dropout."""
        return None if not self.settings.dropout else np.random.default_rng([self.settings.seed, number, DROPOUT, done])

    def _prepare(self, step: int, masks: Masks, dropping: "np.random.Generator | None") -> None:
        """Give a step its learning rate and its masks."""
        if self.settings.varies:
            self.α[...] = self.settings.rate(step)
            if dropping is not None:
                draw(masks, self.settings.dropout, dropping)

    def _steps(self, slot: Slot, m: int) -> list[tuple[Calls, Masks]]:
        """The recorded steps on the batches of the first m samples of a slot, and the masks that each reads."""
        key = id(slot), m
        if key not in self.steps:
            self.steps[key] = [self._bound(batch) for batch in slot.batches(m)]
        return self.steps[key]

    def _bound(self, batch: Batch) -> tuple[Calls, Masks]:
        m = batch.X.shape[1]
        if m not in self.replays:
            self.masks[m] = masks_like(self.kept[0], m) if self.settings.dropout else ()
            self.replays[m] = STEP.replay(
                self.kept, batch.X, batch.Y, self.α, batch.weights, self.masks[m], self.settings.recipe
            )
        masks = self.masks[m]
        weights = [] if batch.weights is None else [batch.weights]
        return self.replays[m].bound([*self.memory, batch.X, batch.Y, self.α, *weights, *masks]).copy(), masks

    def _diverged(self, number: int, first: int, mark: Mark, chunks: Sequence[Chunk]) -> DivergedError:
        """Repeat the steps since the parameters were finite, one by one, to find the first whose result is not."""
        self._restore(mark.leaves)
        slot, done, before = self.slots[0], mark.done, mark.leaves
        for chunk in chunks:
            slot.load(chunk)
            dropping = self._dropping(number, done)
            for calls, masks in self._steps(slot, len(chunk.samples)):
                before = self._copies()
                self._prepare(first + done, masks, dropping)
                run(calls)
                done += 1
                if not are_finite(self._params):
                    return step_diverged(number, done, _with(self.kept, before)[0])
        raise AssertionError("the same steps gave another result")

    @property
    def _params(self) -> list[Array]:
        return self.memory[: len(tree.leaves(self.kept[0]))]

    def _restore(self, leaves: Sequence[Array]) -> None:
        for kept, leaf in zip(self.memory, leaves, strict=True):
            np.copyto(kept, leaf)

    def _copies(self) -> list[Array]:
        return [leaf.copy() for leaf in self.memory]


def _copied(x: T) -> T:
    return tree.map(lambda leaf: _frozen(leaf.copy()), x)


def _with(kept: T, leaves: Sequence[Array]) -> T:
    """The same tree with other arrays, which nobody else holds."""
    new = iter(leaves)
    return tree.map(lambda _: _frozen(next(new)), kept)


def _frozen(x: Array) -> Array:
    x.flags.writeable = False
    return x
