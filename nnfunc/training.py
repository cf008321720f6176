"""Training is an iterator: one immutable `Epoch` after another, for as long as somebody asks for the next."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nnfunc.data.dataset import Dataset
from nnfunc.data.targets import check_data
from nnfunc.descent import Descent, FullBatch, Gradient, MiniBatches
from nnfunc.divergence import DivergedError
from nnfunc.errors import SettingError
from nnfunc.evaluation import evaluate
from nnfunc.metrics import Evaluation
from nnfunc.params import Params
from nnfunc.settings import is_number, whole_number


@dataclass(frozen=True, eq=False)
class State:
    """All that training needs to go on after an epoch, with the same result as if it had never stopped."""

    epoch: int
    params: Params
    batch: int | None
    shuffling: str
    """State of the generator that shuffles the samples, as JSON."""


@dataclass(frozen=True, eq=False)
class Epoch:
    """The network after one pass over the data. Its figures are computed when they are first read."""

    number: int
    """Counted from 1."""
    params: Params
    steps: int
    """Steps of this epoch."""
    state: State
    data: Dataset
    validation: Dataset | None

    @property
    def cost(self) -> float:
        """J of `params` over the training data, without any step that followed.

        Raises:
            DivergedError: it is not finite.
        """
        return self._training.cost

    @property
    def accuracy(self) -> float:
        """Share of the training samples that are predicted right, 0..1."""
        return self._training.accuracy

    @property
    def validation_cost(self) -> float | None:
        """J over the validation data, if there are any."""
        return None if self._validation is None else self._validation.cost

    @property
    def validation_accuracy(self) -> float | None:
        """Share of the validation samples that are predicted right, 0..1, if there are any."""
        return None if self._validation is None else self._validation.accuracy

    @cached_property
    def _training(self) -> Evaluation:
        return self._evaluate(self.data)

    @cached_property
    def _validation(self) -> Evaluation | None:
        return None if self.validation is None else self._evaluate(self.validation)

    def _evaluate(self, data: Dataset) -> Evaluation:
        with np.errstate(over="ignore", invalid="ignore"):
            evaluation = evaluate(self.params, data)
        if not math.isfinite(evaluation.cost):
            raise DivergedError(
                f"train: cost must stay finite; got {evaluation.cost} after epoch {self.number}, step {self.steps}. "
                f"Choose a smaller learning rate.",
                epoch=self.number,
                step=self.steps,
                params=self.params,
            )
        return evaluation


def train(
    params: Params,
    data: Dataset,
    *,
    learning_rate: float,
    epochs: int,
    batch: int | None = None,
    seed: int = 0,
    validation: Dataset | None = None,
    resume: State | None = None,
    gradient: Gradient | None = None,
) -> "Training":
    """Gradient descent, one epoch at a time: W ← W − α dW, b ← b − α db.

    Args:
        params: to start from; not modified.
        data: training samples; pixels are scaled to 0..1.
        learning_rate: α, dimensionless.
        epochs: number of passes over the data, those before `resume` included.
        batch: samples of a step, shuffled anew in each epoch; by default all of them, one step per epoch, in order.
        seed: of the shuffling.
        validation: samples for `validation_cost` and `validation_accuracy`; nothing is learnt from them.
        gradient: params → (mean cost, its gradient) over all samples, where another machine computes it; only for full
            batches. `nnfunc.distributed.on_dask` makes one.
        resume: `epoch.state` of a run with the same arguments, to go on after that epoch, in place of `params`.

    Returns:
        An iterator of epochs, which trains while it is read. What it yields never changes later.

    Raises:
        SettingError: at once: the learning rate, batch or number of epochs is out of range.
        ShapeError: at once: data do not fit `params`.
        DataError: at once: a label is outside the classes.
        DivergedError: while it is read: a parameter is not finite any more.
    """
    if not (is_number(learning_rate) and math.isfinite(learning_rate) and learning_rate > 0):
        raise SettingError(f"train: learning rate must be a finite number above 0; got {learning_rate}. Try 0.1?")
    epochs = whole_number("train", "epochs", epochs)
    batch = None if batch is None else whole_number("train", "batch", batch)
    rng, start = np.random.default_rng(whole_number("train", "seed", seed, least=0)), 0
    if resume is not None:
        _check_resume(resume, params, epochs, batch)
        start, params, rng.bit_generator.state = resume.epoch, resume.params, json.loads(resume.shuffling)
    check_data("train", params, data)
    if validation is not None:
        check_data("train", params, validation, "validation")
    if gradient is not None and batch is not None:
        raise SettingError(f"train: batch must be None, all samples, with a gradient of your own; got {batch}.")
    α = float(learning_rate)
    descent = FullBatch(params, data, α, gradient) if batch is None else MiniBatches(params, data, α, batch, rng)
    return Training(_epochs(params, descent, rng, batch, range(start + 1, epochs + 1), data, validation), descent)


class Training(Iterator[Epoch]):
    """The epochs, one after the other: the next is computed when it is asked for."""

    def __init__(self, epochs: Iterator[Epoch], descent: Descent) -> None:
        self._epochs, self._descent, self._done, self._runs = epochs, descent, 0, False

    def __next__(self) -> Epoch:
        self._runs = True
        try:
            epoch = next(self._epochs)
            self._done += 1
        finally:
            self._runs = False
        return epoch

    @property
    def progress(self) -> float:
        """Epochs that are done, and the share of the one that runs: 2.5, for whoever watches from another thread."""
        return self._done + (self._descent.progress if self._runs else 0)


def _epochs(
    params: Params,
    descent: Descent,
    rng: "np.random.Generator",
    batch: int | None,
    numbers: Sequence[int],
    data: Dataset,
    validation: Dataset | None,
) -> Iterator[Epoch]:
    for number in numbers:
        params, steps = descent.epoch(number, params)
        state = State(number, params, batch, json.dumps(rng.bit_generator.state))
        yield Epoch(number, params, steps, state, data, validation)


def _check_resume(state: Any, params: Params, epochs: int, batch: int | None) -> None:
    if not isinstance(state, State):
        raise SettingError(
            f"train: resume must be the state of an epoch; got a value of type {type(state).__name__}. "
            f"Pass epoch.state?"
        )
    if epochs <= state.epoch:
        raise SettingError(
            f"train: epochs must be above {state.epoch}, where resume stands; got {epochs}. "
            f"They count from the beginning."
        )
    if batch != state.batch:
        raise SettingError(f"train: batch must be {state.batch}, as before resume; got {batch}.")
    before, now = ((p.sizes, p.dtype, p.cost, [layer.activation for layer in p.layers]) for p in (state.params, params))
    if before != now:
        raise SettingError("train: params must be of the network that resume has; got another. Pass its first params?")
