"""The options of training, as one frozen object that `train`, the commands and the estimators create."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias, cast

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.base.validation import is_finite, is_number, passes, unknown, whole_number
from nnfunc.data.dataset import steps_per_epoch
from nnfunc.data.loader import Augmentation
from nnfunc.model.params import Params
from nnfunc.optimizers import Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer, RMSProp
from nnfunc.schedules import Constant, Schedule, WarmUp, over
from nnfunc.tiling.task import Task
from nnfunc.training.states import text_of
from nnfunc.training.steps.lbfgs import LBFGS
from nnfunc.training.steps.recipe import Recipe
from nnfunc.training.steps.regularisation import dropout_of, sample_weights

OptimizerName: TypeAlias = Literal["descent", "momentum", "nesterov", "rmsprop", "adam", "adamw", "lbfgs"]
"""The names of the optimizers."""

OPTIMIZERS: dict[str, Callable[[], Optimizer | LBFGS]] = {
    "descent": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
    "lbfgs": LBFGS,
}
"""The optimizers by name, with the constants of their papers."""

RATES: dict[type, float] = {GradientDescent: 0.1, Momentum: 0.1, RMSProp: 0.001, Adam: 0.001, LBFGS: 1.0}
"""The default learning rate of each kind of optimizer."""

NOT_COMPARED = {"epochs", "running_cost", "class_weights"}
"""Options that may change when a run is resumed; class weights are compared as part of the sample weights."""


def _augmentation(where: str, name: str, value: Any) -> Any:
    if not callable(value) or isinstance(value, type):
        raise SettingError(
            f"{where}: {name} must be a function of X and a generator; got {value!r}. Pass nn.Distorted(shift=1)?"
        )
    return value


@dataclass(frozen=True, kw_only=True, eq=False)
class Settings(Recipe):
    """All options of the epochs and steps of a run; `nn.train` describes them."""

    epochs: int = field(metadata=passes(whole_number))
    batch: int | None = field(default=None, metadata=passes(whole_number))
    learning_rate: float | Schedule | None = None
    dropout: float | Sequence[float] = field(default=0.0, metadata={"changes_cost": True})
    class_weights: str | Mapping[int, float] | Sequence[float] | None = None
    sample_weights: Array | None = field(default=None, metadata={"changes_cost": True})
    augmentation: Augmentation | None = field(default=None, metadata=passes(_augmentation))
    shuffle: bool = True
    running_cost: bool = False
    seed: int = field(default=0, metadata=passes(whole_number, least=0))

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "optimizer", optimizer_of("train", self.optimizer))
        if self.augmentation is not None and self.batch is None:
            raise SettingError(
                "train: augmentation must come with batches; got batch=None, all samples. Add batch=128?"
            )

    def for_run(self, params: Params, task: Task) -> "Settings":
        """Return the settings resolved for this network and these samples: for each layer, each sample and all steps.

        Raises:
            SettingError: an option does not fit the network, the samples or another option.
            DataError: the sample weights are not one per sample.
        """
        if task.kind == "values" and (named := self.given("of_classes")):
            raise SettingError(f"train: {named[0]} must come with classes or labels; got values. Leave it out?")
        shares = dropout_of("train", params, self.dropout)
        found = replace(
            self,
            learning_rate=_rate_for(
                self.learning_rate, self.optimizer, self.epochs * steps_per_epoch(task.m, self.batch)
            ),
            dropout=shares if any(shares) else 0.0,
            class_weights=None,
            sample_weights=_weights(params, task, self.class_weights, self.sample_weights),
            shuffle=bool(self.shuffle),
        )
        if hasattr(self.optimizer, "descent"):
            self.optimizer.refuse(found)
        return found

    def given(self, fact: str) -> list[str]:
        """Return the names of the options that have this fact in their metadata and are neither None nor 0."""
        return [x.name for x in fields(self) if x.metadata.get(fact) and np.any(getattr(self, x.name))]

    @property
    def recipe(self) -> Recipe:
        """The constants of a step."""
        return Recipe(**{each.name: getattr(self, each.name) for each in fields(Recipe)})

    @property
    def texts(self) -> dict[str, str]:
        """The options as text, by name: a resumed run must have the same ones."""
        return {x.name: text_of(getattr(self, x.name)) for x in fields(self) if x.name not in NOT_COMPARED}

    @property
    def shares(self) -> tuple[float, ...]:
        """The dropout share of each hidden layer, in the settings of a run; empty without dropout."""
        return self.dropout if isinstance(self.dropout, tuple) else ()

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0.

        Raises:
            SettingError: the schedule does not return a finite number of at least 0.
        """
        rate: Any = self.learning_rate(step) if callable(self.learning_rate) else self.learning_rate
        if not (is_number(rate) and rate >= 0 and is_finite(rate)):
            raise SettingError(f"train: the schedule must give a finite number from 0; got {rate!r} at step {step}.")
        return float(rate)


def optimizer_of(where: str, given: Any) -> Any:
    """Return an optimizer, given by its name or as an object.

    Raises:
        SettingError: the name is unknown, or the object is not an optimizer.
    """
    if isinstance(given, str):
        if given not in OPTIMIZERS:
            raise unknown(where, "optimizer", given, OPTIMIZERS)
        return OPTIMIZERS[given]()
    makes_steps = hasattr(given, "init") and (hasattr(given, "step") or hasattr(given, "descent"))
    if isinstance(given, type) or not makes_steps:
        got = f"the class {given.__name__}" if isinstance(given, type) else f"a value of type {type(given).__name__}"
        raise SettingError(f"{where}: optimizer must be a name, or have init and step; got {got}. Pass nn.Adam()?")
    return given


def rate_of(optimizer: Any) -> float:
    """Return the default learning rate of an optimizer, given by its name or as an object.

    Raises:
        SettingError: it has none.
    """
    given = optimizer_of("train", optimizer)
    rate = next((rate for kind, rate in RATES.items() if isinstance(given, kind)), None)
    if rate is None:
        raise SettingError(
            f"train: learning rate must be given with a custom optimizer; got none for {type(given).__name__}. "
            f"Pass learning_rate=0.1?"
        )
    return rate


def _rate_for(given: Any, optimizer: Any, steps: int) -> float | Schedule:
    """Return the learning rate for a run of this many steps: a number, or a schedule over them.

    Raises:
        SettingError: it is not finite, above 0 at the beginning and at least 0 at the end, or there is no default.
    """
    given = rate_of(optimizer) if given is None else given
    given = given.rate if isinstance(given, Constant) else given
    if is_number(given):
        if not (given > 0 and is_finite(given)):
            raise SettingError(f"train: learning rate must be a finite number above 0; got {given}. Try 0.1?")
        return float(given)
    if not callable(given) or isinstance(given, type):
        raise SettingError(
            f"train: learning rate must be a number, or a function of the step; "
            f"got a value of type {type(given).__name__}. Pass 0.1, or nn.Cosine(0.1, steps={steps})?"
        )
    if isinstance(given, WarmUp) and given.steps > steps:
        raise SettingError(
            f"train: the warm-up must end within the run of {steps} steps; got {given.steps}. Warm up shorter?"
        )
    schedule: Schedule = over(given, steps)
    try:
        first, last = cast("Any", (schedule(0), schedule(steps - 1)))
    except TypeError as error:
        raise SettingError(f"train: the schedule must be a function of the step; got {given!r} ({error}).") from error
    if not all(is_number(x) and is_finite(x) and x >= 0 for x in (first, last)) or first == 0:
        raise SettingError(
            f"train: the schedule must begin above 0 and stay a finite number from 0; got {first!r} at step 0 and "
            f"{last!r} at step {steps - 1}."
        )
    return schedule


def _weights(params: Params, task: Task, by_class: Any, given: Any) -> Array | None:
    if by_class is not None and task.kind != "classes":
        raise SettingError(
            f"train: class_weights must come with one class for each sample; got {task.kind}. Pass sample_weights?"
        )
    labels = task.data.labels if by_class is not None else np.zeros(task.m, np.intp)
    return sample_weights("train", labels, max(params.sizes[-1], 2), by_class, given, params.dtype)
