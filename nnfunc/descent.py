"""What a step of training is, and an epoch that is one step on all samples."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias

import numpy as np

from nnfunc import tree
from nnfunc.array import Array, Scalar
from nnfunc.data.dataset import Dataset
from nnfunc.data.loader import Augmentation
from nnfunc.data.targets import targets_of
from nnfunc.divergence import are_finite, step_diverged
from nnfunc.errors import SettingError
from nnfunc.gradients import Columns, local_gradient, tile_gradient
from nnfunc.optimizers import GradientDescent, Optimizer, OptimizerState, Stepped
from nnfunc.params import Params
from nnfunc.passes import Grads, Masks
from nnfunc.recording import Step
from nnfunc.regularisation import clipped, draw, masks_like, plus_l2, smoothed
from nnfunc.schedules import Constant, Schedule
from nnfunc.settings import is_number

Gradient: TypeAlias = Callable[[Params], tuple[float, Grads]]
"""The mean cost over all samples, and its gradient."""

DROPOUT, AUGMENTATION = 1, 2
"""What random numbers are drawn for, beside the shuffling: part of a seed."""


DESCENT = GradientDescent()


@dataclass(frozen=True)
class Recipe:
    """What a step does beside the two passes: constants of its recording."""

    optimizer: Optimizer = DESCENT
    l2: float = 0.0
    clip: float | None = None
    smoothing: float = 0.0
    classes: int = 2
    """Among which a smoothed label is shared out."""

    def targets(self, Y: Array) -> Array:
        """What A[L] should be."""
        return smoothed(Y, self.smoothing, self.classes) if self.smoothing else Y

    def step(self, params: Params, grads: Grads, state: OptimizerState, α: Scalar) -> Stepped:
        """One step of these gradients."""
        if self.l2:
            grads = plus_l2(grads, params, self.l2)
        if self.clip is not None:
            grads = clipped(grads, self.clip)
        return self.optimizer.step(params, grads, state, α)


@dataclass(frozen=True, eq=False)
class Settings:
    """All that a run is told about its steps.

    Attributes:
        schedule: step, counted from 0 → learning rate.
        recipe: constants of a step.
        dropout: share of each hidden layer that is dropped; none at all for a run without.
        weights: what each sample counts, of mean 1.
        augmentation: of the samples, a chunk at a time.
        shuffle: whether batches are drawn anew in each epoch.
        running_cost: whether J of the batches is noted.
        seed: of the shuffling, of dropout and of the augmentation.
    """

    schedule: Schedule
    recipe: Recipe = Recipe()
    dropout: tuple[float, ...] = ()
    weights: Array | None = None
    augmentation: Augmentation | None = None
    shuffle: bool = True
    running_cost: bool = False
    seed: int = 0

    def rate(self, step: int) -> float:
        """The learning rate of a step.

        Raises:
            SettingError: the schedule gives no finite number from 0.
        """
        rate: Any = self.schedule(step)
        if not (is_number(rate) and 0 <= rate < float("inf")):
            raise SettingError(f"train: the schedule must give a finite number from 0; got {rate!r} at step {step}.")
        return float(rate)

    @property
    def varies(self) -> bool:
        """Whether a step needs more than its samples."""
        return bool(self.dropout) or not isinstance(self.schedule, Constant)


class Descent(Protocol):
    """What makes the steps of an epoch."""

    @property
    def progress(self) -> float:
        """Share of the samples of the running epoch that have been used, 0..1."""
        ...

    @property
    def running_cost(self) -> float | None:
        """The mean J over the samples of the last epoch, each before its step, if it was noted."""
        ...

    def epoch(
        self, number: int, params: Params, state: OptimizerState, done: int
    ) -> tuple[Params, OptimizerState, int]:
        """The parameters and the state of the optimizer after the epoch of this number, and how many steps it has.

        Args:
            number: of the epoch, counted from 1.
            params: after the steps that are done.
            state: of the optimizer, then.
            done: steps of this epoch that are done already, where the samples read at once are used up.

        Raises:
            DivergedError: the parameters are not finite.
        """
        ...


class FullBatch:
    """One step on all samples, on threads of this process or by a gradient that somebody else computes."""

    def __init__(self, params: Params, data: Dataset, settings: Settings, gradient: Gradient | None) -> None:
        self.data, self.settings, self.given, self.used = data, settings, gradient, list[int]()
        self.running_cost: float | None = None
        self.Y = None if gradient else settings.recipe.targets(targets_of(params, data))

    @property
    def progress(self) -> float:
        """Share of the samples that have been used, 0..1."""
        return sum(self.used) / self.data.m

    def epoch(
        self,
        number: int,
        params: Params,
        state: OptimizerState,
        done: int,  # noqa: ARG002
    ) -> tuple[Params, OptimizerState, int]:
        """The parameters after a step."""
        self.used.clear()
        with np.errstate(over="ignore", invalid="ignore"):
            self.running_cost, grads = self.gradient(number, params)
            after, state = self.settings.recipe.step(params, grads, state, self.settings.rate(number - 1))
            if not are_finite(tree.leaves(after)):
                raise step_diverged(number, 1, params)
        return after, state, 1

    def gradient(self, number: int, params: Params) -> tuple[float, Grads]:
        """The mean cost over all samples, and its gradient."""
        if self.given is not None:
            return self.given(params)
        columns = partial(self._columns, number, params)
        return local_gradient(params, self.data.m, columns, used=self.used.append)

    def _columns(self, number: int, params: Params, tile: slice) -> Columns:
        assert self.Y is not None  # where no gradient is given
        weights = self.settings.weights
        masks: Masks = ()
        if self.settings.dropout:
            masks = masks_like(params, tile.stop - tile.start)
            draw(masks, self.settings.dropout, np.random.default_rng([self.settings.seed, number, DROPOUT, tile.start]))
        return self.data.X[:, tile], self.Y[:, tile], None if weights is None else weights[tile], masks


Running: TypeAlias = tuple[Params, OptimizerState, tuple[Array, ...]]
"""What changes from step to step; the last, where somebody wants it, is Σ m J of the batches so far, 1×1."""


def step(
    before: Running, X: Array, Y: Array, α: Scalar, weights: Array | None, masks: Masks, recipe: Recipe
) -> Running:
    """One step on one batch."""
    params, state, sums = before
    J, grads = tile_gradient(params, X, recipe.targets(Y), weights, masks)
    sums = tuple(total + X.shape[1] * J for total in sums)
    return *recipe.step(params, grads, state, α), sums


STEP = Step(step)


def described(params: Params, batch: int) -> str:
    """How the step of gradient descent on so many samples is replayed, for a reader."""
    X = np.zeros((params.sizes[0], batch), params.dtype, order="F")
    Y = np.zeros((params.sizes[-1], batch), params.dtype)
    return STEP.described((params, OptimizerState(), ()), X, Y, np.array(0, params.dtype), None, (), Recipe())
