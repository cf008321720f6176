"""Training as an iterator: one immutable `Epoch` after another, each computed when it is requested."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.base.guesses import keywords_explained
from nnfunc.data.dataset import Dataset, steps_per_epoch
from nnfunc.data.loader import Augmentation, batches_at_once
from nnfunc.model.params import Params
from nnfunc.optimizers import Optimizer
from nnfunc.schedules import Schedule
from nnfunc.tiling.task import Task, task_of
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.epochs.epochs import Epochs
from nnfunc.training.states import Origin, State, check_resume, shuffling_of
from nnfunc.training.steps.descent import FullBatch, Gradient, refuse_gradient
from nnfunc.training.steps.lbfgs import FROM_ITS_BEGINNING, LBFGS
from nnfunc.training.steps.minibatches import MiniBatches
from nnfunc.training.steps.recipe import Descent
from nnfunc.training.steps.settings import OptimizerName, Settings


@keywords_explained
def train(
    params: Params,
    data: Dataset,
    *,
    epochs: int,
    learning_rate: float | Schedule | None = None,
    batch: int | None = None,
    optimizer: OptimizerName | Optimizer | LBFGS = "descent",
    l2: float = 0.0,
    dropout: float | Sequence[float] = 0.0,
    clip: float | None = None,
    label_smoothing: float = 0.0,
    class_weights: str | Mapping[int, float] | Sequence[float] | None = None,
    sample_weights: Array | None = None,
    augmentation: Augmentation | None = None,
    shuffle: bool = True,
    running_cost: bool = False,
    seed: int = 0,
    validation: Dataset | None = None,
    resume: State | None = None,
    gradient: Gradient | None = None,
) -> Epochs:
    """Train a network, one epoch at a time; by default by gradient descent: W ← W − α dW, b ← b − α db.

    Args:
        params: initial parameters; not modified.
        data: training samples; pixels are scaled to 0..1.
        epochs: number of passes over the data, including those before `resume`.
        learning_rate: α, dimensionless: a number, or a schedule, which is a function of the step, counted from 0,
            such as `nn.Cosine(0.1)`; by default 0.1, for Adam, AdamW and RMSProp 0.001, for L-BFGS 1.
        batch: samples per step, shuffled again in each epoch; by default all of them, in order: one step per epoch.
        optimizer: descent, momentum, nesterov, rmsprop, adam, adamw or lbfgs, or an object such as `nn.Adam(…)`.
        l2: λ of the penalty λ/2 Σ W² on the mean cost; biases have none. `epoch.cost` is J without it.
        dropout: share of the nodes that a step drops, 0 to below 1: one for all hidden layers, or one for each.
        clip: largest norm of the gradient, ‖g‖ over all layers; a longer gradient is scaled down to it.
        label_smoothing: ε of Y ← (1 − ε) Y + ε / classes.
        class_weights: "balanced", so that all classes count the same, or the weight of each class, by default 1.
        sample_weights: weight of each sample, at least 0. All weights are scaled to a mean of 1.
        augmentation: (X, generator) → X of some samples, n_in×m and scaled, such as `nn.Distorted`.
        shuffle: whether batches are drawn again in each epoch; otherwise they stay in the order of the data.
        running_cost: whether to compute `epoch.running_cost`, which is faster than `epoch.cost`; L-BFGS has none.
        seed: seed of the shuffling, dropout and augmentation.
        validation: held-out data for `validation_cost` and `validation_accuracy`.
        gradient: params → (mean cost, its gradient) over all samples, computed elsewhere, such as on other machines;
            only for full batches. `nnfunc.distributed.on_dask` creates one.
        resume: `epoch.state`, or `nn.load_state(…)`, of a run with the same arguments, to resume from instead of
            `params`. The number of epochs may differ, except under a schedule over the whole run; so may the
            validation data. Functions are compared by name and numbers.

    Returns:
        An iterator of epochs, which trains while it is read. An epoch never changes after it is yielded.

    Raises:
        SettingError: at once: an option is unknown or out of range.
        ShapeError: at once: data do not fit `params`.
        DataError: at once: a label is outside the classes.
        DivergedError: while it is read: a parameter is no longer finite.
    """
    settings = Settings(
        epochs=epochs,
        learning_rate=learning_rate,
        batch=batch,
        optimizer=optimizer,
        l2=l2,
        dropout=dropout,
        clip=clip,
        label_smoothing=label_smoothing,
        class_weights=class_weights,
        sample_weights=sample_weights,
        augmentation=augmentation,
        shuffle=shuffle,
        running_cost=running_cost,
        seed=seed,
    )
    return Epochs(trained(params, data, settings, validation=validation, resume=resume, gradient=gradient))


def trained(
    params: Params,
    data: Dataset,
    settings: Settings,
    *,
    validation: Dataset | None = None,
    resume: State | None = None,
    gradient: Gradient | None = None,
) -> "Training":
    """Train as `train` does, with its options in one object."""
    task = task_of("train", params, data)
    watched = None if validation is None else task_of("train", params, validation, "validation")
    settings = settings.for_run(params, task)
    if gradient is not None:
        refuse_gradient(gradient, settings)
    start = _start(params, task, settings)
    state = start if resume is None else _resumed(resume, start, task, settings)
    return Training(state, task, settings, watched, gradient)


def begun(params: Params, data: Dataset, settings: Settings) -> State:
    """Return the state in which a run begins."""
    task = task_of("train", params, data)
    return _start(params, task, settings.for_run(params, task))


def _start(params: Params, task: Task, settings: Settings) -> State:
    shuffling = shuffling_of(np.random.default_rng(settings.seed))
    return State(0, 0, params, settings.optimizer.init(params), shuffling, Origin(settings.texts, task.data))


def _resumed(resume: Any, start: State, task: Task, settings: Settings) -> State:
    """Check that a state is of a run of the same network, data and settings, and return it with this run's data."""
    if not getattr(settings.optimizer, "resumes", True):
        raise SettingError(FROM_ITS_BEGINNING)
    stride = 1 if settings.batch is None else batches_at_once(min(settings.batch, task.m))
    state = check_resume(resume, start, settings.epochs, steps_per_epoch(task.m, settings.batch), stride)
    return dataclasses.replace(state, origin=start.origin)


class Training(Iterator[Epoch]):
    """The epochs after the state `start`, one after the other, each computed when it is requested."""

    def __init__(
        self, start: State, task: Task, settings: Settings, validation: Task | None, gradient: Gradient | None
    ) -> None:
        self.start, self.total, self._now = start, settings.epochs - start.epoch, start
        self._task, self._settings, self._validation, self._gradient = task, settings, validation, gradient
        self._runs, self._descent = False, self._begun()

    def __next__(self) -> Epoch:
        if self._now.epoch >= self._settings.epochs:
            raise StopIteration
        self._runs = True
        try:
            self._now, steps = self._descent.epoch(self._now)
        except BaseException:  # the epoch may be requested again: in other buffers, for these may be half written
            watching = self._descent.watching
            self._descent = self._begun()
            self._descent.watching = watching
            raise
        finally:
            self._runs = False
        now, running_cost = self._now, self._descent.running_cost
        return Epoch(now.epoch, now.params, steps, now, self._task, self._validation, running_cost)

    @property
    def progress(self) -> float:
        """The number of epochs done, with the share of the running one: 2.5; another thread may read it."""
        return self._now.epoch - self.start.epoch + (self._descent.progress if self._runs else 0)

    @property
    def has_converged(self) -> bool | None:
        """Whether L-BFGS has converged."""
        return self._descent.has_converged

    def watch(self, steps: int, use: Callable[[State], None]) -> None:
        """Call `use` with the state within an epoch, about every `steps` steps."""
        self._descent.watching += ((steps, use),)

    def _begun(self) -> Descent:
        if self._settings.batch is not None:
            return MiniBatches(self._now, self._task, self._settings)
        full = FullBatch(self._now.params, self._task, self._settings, self._gradient)
        own: Callable[[FullBatch], Descent] | None = getattr(self._settings.optimizer, "descent", None)
        return full if own is None else own(full)
