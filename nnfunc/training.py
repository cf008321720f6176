"""Training is an iterator: one immutable `Epoch` after another, for as long as somebody asks for the next."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from nnfunc.array import Array
from nnfunc.data.dataset import Dataset, steps_per_epoch
from nnfunc.data.loader import Augmentation, batches_at_once
from nnfunc.data.targets import check_data
from nnfunc.descent import Descent, FullBatch, Gradient, Settings
from nnfunc.epoch import Epoch
from nnfunc.errors import SettingError
from nnfunc.lbfgs import FROM_ITS_BEGINNING, LBFGS, Iterations
from nnfunc.minibatches import MiniBatches, Watch
from nnfunc.optimizers import Optimizer, OptimizerState, Stepped
from nnfunc.options import optimizer_of, settings_of
from nnfunc.params import Params
from nnfunc.schedules import Schedule
from nnfunc.settings import whole_number
from nnfunc.states import State, check_resume, origin_of, shuffling_of


def train(
    params: Params,
    data: Dataset,
    *,
    learning_rate: float | Schedule,
    epochs: int,
    batch: int | None = None,
    optimizer: str | Optimizer | LBFGS = "descent",
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
) -> "Training":
    """Training, one epoch at a time; by default gradient descent: W ← W − α dW, b ← b − α db.

    Args:
        params: to start from; not modified.
        data: training samples; pixels are scaled to 0..1.
        learning_rate: α, dimensionless: a number, or a schedule, step from 0 → number, such as `nn.Cosine`.
        epochs: number of passes over the data, those before `resume` included.
        batch: samples of a step, shuffled anew in each epoch; by default all of them, one step per epoch, in order.
        optimizer: descent, momentum, nesterov, rmsprop, adam, adamw or lbfgs, or one with other numbers: `nn.Adam(…)`.
        l2: λ of the penalty λ/2 Σ W² on the mean cost; biases are left out. `epoch.cost` is J without it.
        dropout: share of the nodes of a hidden layer that a step leaves out, 0 to below 1, of all or one for each.
        clip: the longest gradient, as ‖g‖ over all layers; a longer one is shortened to it.
        label_smoothing: ε of Y ← (1 − ε) Y + ε / classes.
        class_weights: "balanced", so that all classes count the same, or the weight of each class, 1 by default.
        sample_weights: weight of each sample, from 0. All weights are scaled to a mean of 1.
        augmentation: (X, generator) → X of some samples, n_in×m and scaled, such as `nn.Distorted`.
        shuffle: whether batches are drawn anew in each epoch; otherwise they stay in the order of the data.
        running_cost: whether `epoch.running_cost` is noted; it takes less time than `epoch.cost`.
        seed: of the shuffling, dropout and augmentation.
        validation: samples for `validation_cost` and `validation_accuracy`; nothing is learnt from them.
        gradient: params → (mean cost, its gradient) over all samples, where another machine computes it; only for full
            batches. `nnfunc.distributed.on_dask` makes one.
        resume: `epoch.state`, or `nn.load_state(…)`, of a run with the same arguments, to go on where it stood, in
            place of `params`. Epochs and validation data may be others; functions are compared by name and numbers.

    Returns:
        An iterator of epochs, which trains while it is read. What it yields never changes later.

    Raises:
        SettingError: at once: an option is unknown or out of range.
        ShapeError: at once: data do not fit `params`.
        DataError: at once: a label is outside the classes.
        DivergedError: while it is read: a parameter is not finite any more.
    """
    epochs, seed = whole_number("train", "epochs", epochs), whole_number("train", "seed", seed, least=0)
    batch = None if batch is None else whole_number("train", "batch", batch)
    rng = np.random.default_rng(seed)
    check_data("train", params, data)
    if validation is not None:
        check_data("train", params, validation, "validation")
    optimizer = optimizer_of("train", optimizer)
    before = params, OptimizerState() if isinstance(optimizer, LBFGS) else optimizer.init(params)
    steps = epochs * steps_per_epoch(data.m, batch)
    settings = settings_of(
        params,
        data,
        steps,
        batch,
        learning_rate=learning_rate,
        optimizer=optimizer,
        l2=l2,
        dropout=dropout,
        clip=clip,
        label_smoothing=label_smoothing,
        class_weights=class_weights,
        given_weights=sample_weights,
        augmentation=augmentation,
        shuffle=shuffle,
        running_cost=running_cost,
        seed=seed,
    )
    if gradient is not None:
        _check_gradient(gradient, settings, batch)
    descent = partial(_descent, before, data, settings, batch, rng, optimizer, gradient)
    start = State(0, 0, *before, shuffling_of(rng), origin_of(data, settings, batch, optimizer))
    if resume is not None:
        if isinstance(optimizer, LBFGS):
            raise SettingError(FROM_ITS_BEGINNING)
        stride = 1 if batch is None else batches_at_once(min(batch, data.m))
        resume = check_resume(resume, start, epochs, steps_per_epoch(data.m, batch), stride)
        start = dataclasses.replace(resume, origin=start.origin)
    return Training(start, descent, rng, epochs, data, validation)


class Training(Iterator[Epoch]):
    """The epochs, one after the other: the next is computed when it is asked for."""

    def __init__(
        self,
        start: State,
        descent: Callable[[], Descent],
        rng: "np.random.Generator",
        last: int,
        data: Dataset,
        validation: Dataset | None,
    ) -> None:
        self.start = start
        """Where it begins."""
        self.total = last - start.epoch
        """How many epochs there will be."""
        self._now, self._make, self._rng, self._last = start, descent, rng, last
        self._data, self._validation = data, validation
        self._watching, self._runs = list[tuple[int, Watch]](), False
        self._descent = self._begun()

    def __next__(self) -> Epoch:
        now = self._now
        if now.epoch == self._last:
            raise StopIteration
        self._rng.bit_generator.state = json.loads(now.shuffling)
        self._runs = True
        try:
            params, optimizer, steps = self._descent.epoch(now.epoch + 1, now.params, now.optimizer, now.step)
        except BaseException:  # it may be asked for the epoch again: in other memory, for this may be half written
            self._descent = self._begun()
            raise
        finally:
            self._runs = False
        self._now = State(now.epoch + 1, 0, params, optimizer, shuffling_of(self._rng), now.origin)
        running_cost = self._descent.running_cost
        return Epoch(self._now.epoch, params, steps, self._now, self._data, self._validation, running_cost)

    @property
    def progress(self) -> float:
        """Epochs that are done, and the share of the one that runs: 2.5, for whoever watches from another thread."""
        return self._now.epoch - self.start.epoch + (self._descent.progress if self._runs else 0)

    @property
    def has_converged(self) -> bool | None:
        """Whether L-BFGS, which makes no steps any more, has converged; None while it makes some, and for others."""
        return self._descent.has_converged if isinstance(self._descent, Iterations) else None

    def watch(self, steps: int, use: Callable[[State], None]) -> None:
        """Let a function have the state within an epoch, after each so many steps or a little more.

        An epoch on all samples is one step, and has none.
        """

        def tell(stepped: Stepped, done: int) -> None:
            use(dataclasses.replace(self._now, step=done, params=stepped[0], optimizer=stepped[1]))

        self._watching.append((steps, tell))

    def _begun(self) -> Descent:
        descent = self._make()
        if isinstance(descent, MiniBatches):
            descent.watching = self._watching
        return descent


def _descent(
    before: Stepped,
    data: Dataset,
    settings: Settings,
    batch: int | None,
    rng: "np.random.Generator",
    optimizer: Optimizer | LBFGS,
    gradient: Gradient | None,
) -> Descent:
    if batch is not None:
        return MiniBatches(before, data, settings, batch, rng)
    full = FullBatch(before[0], data, settings, gradient)
    return Iterations(full, optimizer) if isinstance(optimizer, LBFGS) else full


def _check_gradient(gradient: Any, settings: Settings, batch: int | None) -> None:
    """Refuse what is no gradient, and what one that somebody else computes cannot know of."""
    if not callable(gradient):
        raise SettingError(f"train: gradient must be a function of params; got {gradient!r}.")
    if batch is not None:
        raise SettingError(f"train: batch must be None, all samples, with a gradient of your own; got {batch}.")
    if settings.dropout or settings.weights is not None or settings.recipe.smoothing:
        raise SettingError(
            "train: a gradient of your own must be all that changes the cost; got dropout, weights or label_smoothing "
            "beside it. Leave them out?"
        )
