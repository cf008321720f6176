"""The options of training: what they may be, and what they make of a run."""

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from nnfunc.activations import SIGMOID
from nnfunc.array import Array
from nnfunc.data.dataset import Dataset
from nnfunc.data.loader import Augmentation
from nnfunc.data.targets import kind_of
from nnfunc.descent import DESCENT, Recipe, Settings
from nnfunc.errors import SettingError
from nnfunc.lbfgs import LBFGS
from nnfunc.optimizers import Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer, RMSProp
from nnfunc.params import Params
from nnfunc.regularisation import dropout_of, sample_weights
from nnfunc.schedules import Constant, Cosine, Exponential, OneCycle, Schedule, StepDecay, WarmUp
from nnfunc.settings import is_number, number, positive, unknown

OPTIMIZERS: dict[str, Callable[[], Optimizer | LBFGS]] = {
    "descent": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
    "lbfgs": LBFGS,
}
"""Optimizers by name, with the numbers of their papers."""


SCHEDULES: dict[str, Callable[[float, int], Schedule]] = {
    "constant": lambda rate, steps: Constant(rate),  # noqa: ARG005
    "step": lambda rate, steps: StepDecay(rate, every=max(1, steps // 3)),
    "exponential": lambda rate, steps: Exponential(rate, steps, factor=0.01),
    "cosine": Cosine,
    "one_cycle": OneCycle,
}
"""Schedules by name, for a run of so many steps: to a tenth after each third, or to a hundredth, or along a cosine."""


def schedule_named(name: str, rate: float, steps: int, warm_up: int = 0) -> float | Schedule:
    """The schedule of a name for a run of so many steps, of which the first so many rise.

    Raises:
        SettingError: there is none of that name, or a number is out of range.
    """
    if name not in SCHEDULES:
        raise unknown("train", "schedule", name, SCHEDULES)
    if name == "constant" and not warm_up:
        return rate
    schedule = SCHEDULES[name](rate, max(1, steps))
    return WarmUp(schedule, warm_up) if warm_up else schedule


def optimizer_of(where: str, given: Any) -> Optimizer | LBFGS:
    """An optimizer, by its name or as it is.

    Raises:
        SettingError: there is none of that name, or it is something else.
    """
    if isinstance(given, str):
        if given not in OPTIMIZERS:
            raise unknown(where, "optimizer", given, OPTIMIZERS)
        return OPTIMIZERS[given]()
    if isinstance(given, type) or not (isinstance(given, LBFGS) or (hasattr(given, "init") and hasattr(given, "step"))):
        got = f"the class {given.__name__}" if isinstance(given, type) else f"a value of type {type(given).__name__}"
        raise SettingError(f"{where}: optimizer must be a name, or have init and step; got {got}. Pass nn.Adam()?")
    return given  # type: ignore[no-any-return]


def schedule_of(learning_rate: Any, steps: int) -> Schedule:
    """A schedule for a run of so many steps, of a number or a function of the step.

    Raises:
        SettingError: the learning rate is not a finite number above 0 at the beginning or, from 0, at the end.
    """
    if is_number(learning_rate):
        if not 0 < learning_rate <= sys.float_info.max:
            raise SettingError(f"train: learning rate must be a finite number above 0; got {learning_rate}. Try 0.1?")
        return Constant(float(learning_rate))
    if not callable(learning_rate) or isinstance(learning_rate, type):
        got = type(learning_rate).__name__ if not isinstance(learning_rate, type) else "type"
        raise SettingError(
            f"train: learning rate must be a number, or a function of the step; "
            f"got a value of type {got}. Pass 0.1, or nn.Cosine(0.1, steps={steps})?"
        )
    if isinstance(learning_rate, WarmUp) and learning_rate.steps > steps:
        raise SettingError(
            f"train: the warm-up must end within the run of {steps} steps; got {learning_rate.steps}. Warm up shorter?"
        )
    first, last = learning_rate(0), learning_rate(steps - 1)
    if not (is_number(first) and math.isfinite(first) and first > 0 and is_number(last) and 0 <= last < math.inf):
        raise SettingError(
            f"train: the schedule must begin above 0 and stay a finite number from 0; got {first!r} at step 0 and "
            f"{last!r} at step {steps - 1}."
        )
    return learning_rate  # type: ignore[no-any-return]


def settings_of(
    params: Params,
    data: Dataset,
    steps: int,
    batch: int | None,
    *,
    learning_rate: Any,
    optimizer: Optimizer | LBFGS,
    l2: Any,
    dropout: Any,
    clip: Any,
    label_smoothing: Any,
    class_weights: Any,
    given_weights: Any,
    augmentation: Augmentation | None,
    shuffle: bool,
    running_cost: bool,
    seed: int,
) -> Settings:
    """What a run is told about its steps.

    Raises:
        SettingError: an option is out of range, or does not go with another.
        DataError: the weights of the samples are not one for each.
    """
    smoothing = number("train", "label_smoothing", label_smoothing, below=1)
    if smoothing and kind_of(params, data) == "values":
        raise SettingError("train: label_smoothing must come with classes or labels; got values. Leave it out?")
    if augmentation is not None and (not callable(augmentation) or isinstance(augmentation, type)):
        raise SettingError(
            f"train: augmentation must be a function of X and a generator; got {augmentation!r}. "
            f"Pass nn.Distorted(shift=1)?"
        )
    if augmentation is not None and batch is None:
        raise SettingError("train: augmentation must come with batches; got batch=None, all samples. Add batch=128?")
    shares = dropout_of("train", params, dropout)
    recipe = Recipe(
        DESCENT if isinstance(optimizer, LBFGS) else optimizer,
        number("train", "l2", l2),
        None if clip is None else positive("train", "clip", clip),
        smoothing,
        2 if params.output == SIGMOID else params.sizes[-1],
    )
    if isinstance(optimizer, LBFGS):
        _check_lbfgs(batch, learning_rate, clip, shares)
    return Settings(
        schedule_of(learning_rate, steps),
        recipe,
        shares if any(shares) else (),
        _weights(params, data, class_weights, given_weights),
        augmentation,
        bool(shuffle),
        bool(running_cost),
        seed,
    )


def _check_lbfgs(batch: int | None, learning_rate: Any, clip: Any, dropout: tuple[float, ...]) -> None:
    """Refuse what L-BFGS cannot do: another gradient in each step, and steps of a given length."""
    if batch is not None:
        raise SettingError(
            f"train: L-BFGS must see all samples in each step; got batches of {batch}. Use batch=None, or --batch full?"
        )
    if not (is_number(learning_rate) and learning_rate == 1):
        raise SettingError(
            f"train: learning rate must be 1 with L-BFGS, which finds the length of its steps; got {learning_rate!r}."
        )
    if clip is not None or any(dropout):
        raise SettingError("train: L-BFGS must have the same cost in each step; got dropout or clip. Leave it out?")


def _weights(params: Params, data: Dataset, by_class: Any, given: Any) -> Array | None:
    if by_class is not None and (kind := kind_of(params, data)) != "classes":
        raise SettingError(
            f"train: class_weights must come with one class for each sample; got {kind}. Pass sample_weights?"
        )
    labels = data.labels if by_class is not None else np.zeros(data.m, np.intp)
    return sample_weights("train", labels, max(params.sizes[-1], 2), by_class, given, params.dtype)
