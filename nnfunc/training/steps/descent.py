"""A training step, and the full-batch descent, which takes one step on all samples per epoch."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from nnfunc.base.array import Array, Scalar
from nnfunc.base.errors import SettingError
from nnfunc.model.cache_and_grads import Grads, Masks
from nnfunc.model.params import Params
from nnfunc.optimizers import OptimizerState
from nnfunc.recording.step import Step
from nnfunc.tiling.gradients import Columns, local_gradient, tile_gradient
from nnfunc.tiling.task import Task
from nnfunc.tracing import tree
from nnfunc.training.states import State
from nnfunc.training.steps.divergence import are_finite, step_diverged
from nnfunc.training.steps.recipe import Descent, Recipe, after
from nnfunc.training.steps.regularisation import draw, masks_like
from nnfunc.training.steps.settings import Settings

Gradient: TypeAlias = Callable[[Params], tuple[float, Grads]]
"""A function of the parameters that returns the mean cost over all samples, and its gradient."""

DROPOUT, AUGMENTATION = 1, 2
"""The purposes of random numbers other than the shuffling, as part of a seed."""

Running: TypeAlias = tuple[Params, OptimizerState, tuple[Array, ...]]
"""The state that a step replaces; the last arrays, for the running cost if it is requested, are Σ m J so far, 1×1."""


def step(
    before: Running, X: Array, Y: Array, α: Scalar, weights: Array | None, masks: Masks, recipe: Recipe
) -> Running:
    """Take one step on one batch."""
    params, state, sums = before
    J, grads = tile_gradient(params, X, recipe.targets(params, Y), weights, masks)
    return *recipe.step(params, grads, state, α), tuple(total + X.shape[1] * J for total in sums)


STEP = Step(step)


def described(params: Params, batch: int) -> str:
    """Describe in words how a step of gradient descent on this many samples is replayed."""
    X = np.zeros((params.sizes[0], batch), params.dtype, order="F")
    Y = np.zeros((params.sizes[-1], batch), params.dtype)
    return STEP.described((params, OptimizerState(), ()), X, Y, np.array(0, params.dtype), None, (), Recipe())


class FullBatch(Descent):
    """A descent of one step per epoch on all samples, on threads of this process or with a gradient from elsewhere."""

    def __init__(self, params: Params, task: Task, settings: Settings, gradient: Gradient | None) -> None:
        self.task, self.settings, self.recipe, self.given, self.used = task, settings, settings.recipe, gradient, [0]
        self.Y = None if gradient else self.recipe.targets(params, task.targets())

    @property
    def progress(self) -> float:  # type: ignore[override]
        """The share of the samples that have been used, 0..1."""
        return sum(self.used) / self.task.m

    def epoch(self, now: State) -> tuple[State, int]:
        """Take a step, and return the state after it."""
        number = now.epoch + 1
        self.used.clear()
        with np.errstate(over="ignore", invalid="ignore"):
            J, grads = self.gradient(number, now.params)
            params, optimizer = self.recipe.step(now.params, grads, now.optimizer, self.settings.rate(now.epoch))
            if not are_finite(tree.leaves(params)):
                raise step_diverged(number, 1, now.params)
        self.running_cost = J if self.settings.running_cost else None
        return after(now, params, optimizer), 1

    def gradient(self, number: int, params: Params) -> tuple[float, Grads]:
        """Compute the mean cost over all samples, and its gradient, in the epoch of this number."""
        columns = partial(self._columns, number, params)
        own = self.given
        return local_gradient(params, self.task.m, columns, used=self.used.append) if own is None else own(params)

    def _columns(self, number: int, params: Params, tile: slice) -> Columns:
        assert self.Y is not None  # no gradient was passed
        weights, shares = self.settings.sample_weights, self.settings.shares
        seed = [self.settings.seed, number, DROPOUT, tile.start]
        masks = draw(masks_like(params, tile.stop - tile.start), shares, np.random.default_rng(seed)) if shares else ()
        return self.task.data.X[:, tile], self.Y[:, tile], None if weights is None else weights[tile], masks


def refuse_gradient(gradient: Any, settings: Settings) -> None:
    """Raise if a gradient is not a function, or an option is set that a gradient computed elsewhere cannot know of.

    Raises:
        SettingError: either is the case.
    """
    if not callable(gradient):
        raise SettingError(f"train: gradient must be a function of params; got {gradient!r}.")
    if settings.batch is not None:
        raise SettingError(f"train: batch must be None, all samples, with a custom gradient; got {settings.batch}.")
    if beside := " and ".join(settings.given("changes_cost")):
        raise SettingError(
            f"train: a custom gradient must be all that changes the cost; got {beside} beside it. Leave it out?"
        )
