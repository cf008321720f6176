"""Training is an iterator: one immutable `Epoch` after another, for as long as somebody asks for the next."""

import functools
import itertools
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NoReturn

import numpy as np

from nnfunc import tree
from nnfunc.array import Array
from nnfunc.columns import pixels_to_floats
from nnfunc.data.dataset import Dataset, batches
from nnfunc.data.targets import targets_for
from nnfunc.errors import NnfuncError, SettingError
from nnfunc.evaluation import evaluate
from nnfunc.gradients import gradient
from nnfunc.metrics import Evaluation
from nnfunc.network import backward, forward, update
from nnfunc.params import Params
from nnfunc.settings import is_number, whole_number

STEPS_BETWEEN_CHECKS = 16
"""Steps after which the parameters are tested for NaN and ∞; where they are not finite, the step is searched."""

Step = Callable[[Params], Params]


class DivergedError(NnfuncError):
    """Training reached a parameter or a cost that is not finite.

    Attributes:
        epoch: the epoch in which it happened, counted from 1.
        step: the step of that epoch, counted from 1.
        params: the last finite parameters: those before that step, or those whose cost is not finite.
    """

    def __init__(self, message: str, epoch: int, step: int, params: Params) -> None:
        super().__init__(message)
        self.epoch, self.step, self.params = epoch, step, params

    def __reduce__(self) -> tuple[type["DivergedError"], tuple[str, int, int, Params]]:
        """How pickle makes it again, so that it can come back from another process."""
        return type(self), (str(self), self.epoch, self.step, self.params)


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
) -> Iterator[Epoch]:
    """Gradient descent, one epoch at a time: W ← W − α dW, b ← b − α db.

    Args:
        params: to start from; not modified.
        data: training samples; pixels are scaled to 0..1.
        learning_rate: α, dimensionless.
        epochs: number of passes over the data, those before `resume` included.
        batch: samples of a step, shuffled anew in each epoch; by default all of them, one step per epoch, in order.
        seed: of the shuffling.
        validation: samples for `validation_cost` and `validation_accuracy`; nothing is learnt from them.
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
    Y = targets_for("train", params, data)
    if validation is not None:
        targets_for("train", params, validation, "validation")
    steps = partial(_steps, data, Y, float(learning_rate), batch, rng)
    return _epochs(params, steps, rng, batch, range(start + 1, epochs + 1), data, validation)


def _epochs(
    params: Params,
    steps: Callable[[], Iterator[Step]],
    rng: "np.random.Generator",
    batch: int | None,
    numbers: Sequence[int],
    data: Dataset,
    validation: Dataset | None,
) -> Iterator[Epoch]:
    for number in numbers:
        params, done = _run(params, steps(), number)
        yield Epoch(
            number, params, done, State(number, params, batch, json.dumps(rng.bit_generator.state)), data, validation
        )


def _steps(data: Dataset, Y: Array, α: float, batch: int | None, rng: "np.random.Generator") -> Iterator[Step]:
    """The steps of one epoch: on all samples, or on one shuffled batch after another."""
    if batch is None:
        yield lambda params: update(params, gradient(params, data.X, Y)[1], α)
        return
    for indices in batches(data.m, batch, rng):
        yield partial(_batch_step, data.X, Y, indices, α)


def _batch_step(X: Array, Y: Array, indices: Array, α: float, params: Params) -> Params:
    X_batch = pixels_to_floats(X.T[indices].T, params.dtype)  # samples are contiguous: rows of the transpose
    Y_batch = Y.T[indices].T
    return update(params, backward(params, forward(params, X_batch), Y_batch), α)


def _run(params: Params, steps: Iterator[Step], epoch: int) -> tuple[Params, int]:
    """The parameters after these steps and the number of steps, tested for NaN and ∞ now and then and at the end."""
    done = 0
    while some := list(itertools.islice(steps, STEPS_BETWEEN_CHECKS)):
        with np.errstate(over="ignore", invalid="ignore"):
            after = functools.reduce(lambda params, step: step(params), some, params)
            if not _finite(after):
                _raise_diverged(params, some, epoch, done)
        params, done = after, done + len(some)
    return params, done


def _raise_diverged(params: Params, steps: Sequence[Step], epoch: int, done: int) -> NoReturn:
    """Repeat the steps one by one, to find the first whose result is not finite."""
    for number, step in enumerate(steps, start=done + 1):
        after = step(params)
        if not _finite(after):
            raise DivergedError(
                f"train: parameters must stay finite; got NaN or ∞ in epoch {epoch}, step {number}. "
                f"Choose a smaller learning rate.",
                epoch,
                number,
                params,
            )
        params = after
    raise AssertionError("the same steps gave another result")


def _finite(params: Params) -> bool:
    return all(np.isfinite(x).all() for x in tree.leaves(params))


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
