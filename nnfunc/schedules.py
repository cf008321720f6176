"""Learning rate schedules: functions of the step, which is counted from 0 through all epochs.

    Constant(0.1)(step) → 0.1

An epoch has ⌈m / batch⌉ steps. A schedule without a length takes that of the run: `nn.Cosine(0.003)`. Any function of
the step that returns a number above 0 is a schedule, too.
"""

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial
from typing import Any, Self, TypeAlias, cast

from nnfunc.base.errors import SettingError
from nnfunc.base.validation import Numbers, is_number, number, passes, positive, unknown, whole_number

Schedule: TypeAlias = Callable[[int], float]


@dataclass(frozen=True)
class Constant(Numbers):
    """A constant learning rate α."""

    rate: float = field(metadata=passes(positive))

    def __call__(self, step: int) -> float:  # noqa: ARG002
        """Return the rate, the same for each step."""
        return self.rate


class OverRun(Numbers):
    """A schedule with a length in steps, by default derived from the length of the run that uses it."""

    _length = "steps"
    _share = 1.0
    """The default length as a share of the run."""

    def over(self, steps: int) -> Self:
        """Return the schedule for a run of this many steps; one with a length already is returned unchanged."""
        if getattr(self, self._length) is not None:
            return self
        return cast("Self", replace(cast("Any", self), **{self._length: max(1, int(steps * self._share))}))

    def _own(self) -> int:
        """Return the length.

        Raises:
            SettingError: it is not known yet.
        """
        length: int | None = getattr(self, self._length)
        if length is None:
            raise SettingError(
                f"{type(self).__name__}: {self._length} must be known before it is called; got none. "
                f"Pass {self._length}=…, or the schedule to nn.train?"
            )
        return length


def _fraction(where: str, name: str, value: Any) -> float:
    """Return value as a float if it is a number above 0 and below 1; otherwise raise."""
    return number(where, name, positive(where, name, value), below=1)


@dataclass(frozen=True)
class StepDecay(OverRun):
    """A stepwise decay: α fᵏ after k times `every` steps, which is a third of the run by default."""

    rate: float = field(metadata=passes(positive))
    every: int | None = field(default=None, metadata=passes(whole_number))
    _: KW_ONLY
    factor: float = field(default=0.1, metadata=passes(_fraction))
    _length, _share = "every", 1 / 3

    def __call__(self, step: int) -> float:
        """Return the rate of a step."""
        return self.rate * math.pow(self.factor, step // self._own())


@dataclass(frozen=True)
class Curve(OverRun):
    """A schedule whose rate changes with each step."""

    rate: float = field(metadata=passes(positive))
    steps: int | None = field(default=None, metadata=passes(whole_number))


@dataclass(frozen=True, kw_only=True)
class Exponential(Curve):
    """An exponential decay: α f^(step / steps), so that a share f of α remains at the end."""

    factor: float = field(default=0.1, metadata=passes(_fraction))

    def __call__(self, step: int) -> float:
        """Return the rate of a step."""
        return self.rate * math.pow(self.factor, step / self._own())


@dataclass(frozen=True, kw_only=True)
class Cosine(Curve):
    """A decay from α to `final` along half a cosine (Loshchilov, Hutter 2017, equation 5); constant afterwards."""

    final: float = field(default=0.0, metadata=passes(number))

    def __call__(self, step: int) -> float:
        """Return the rate of a step."""
        share = min(step / self._own(), 1)
        return self.final + (self.rate - self.final) * (1 + math.cos(math.pi * share)) / 2


@dataclass(frozen=True)
class WarmUp(Numbers):
    """A linear warm-up of another schedule, first (step + 1) / steps of its rate (Goyal et al. 2017, section 2.2)."""

    after: Schedule | float
    steps: int = field(metadata=passes(whole_number))

    def __post_init__(self) -> None:
        if is_number(self.after):
            object.__setattr__(self, "after", Constant(self.after))
        if not callable(self.after) or isinstance(self.after, type):
            raise SettingError(f"WarmUp: after must be a number, or a function of the step; got {self.after!r}.")
        super().__post_init__()

    def over(self, steps: int) -> Self:
        """Return the warm-up of the other schedule for a run of this many steps."""
        return replace(self, after=over(self.after, steps))

    def __call__(self, step: int) -> float:
        """Return the rate of a step: a share of the other schedule's, and after the warm-up that itself."""
        return cast("Schedule", self.after)(step) * min((step + 1) / self.steps, 1)


@dataclass(frozen=True, kw_only=True)
class OneCycle(Curve):
    """One cycle: from a share of α up to α, then down to a smaller share.

    Smith, Topin 2018, section 2, but along half cosines, as in PyTorch, and without a cycle of the momentum.
    """

    rising: float = field(default=0.3, metadata=passes(number, below=1))
    """The share of the steps in which the rate rises."""
    start_divisor: float = field(default=25.0, metadata=passes(positive))
    end_divisor: float = field(default=1e4, metadata=passes(positive))

    def __call__(self, step: int) -> float:
        """Return the rate of a step."""
        steps = self._own()
        top = self.rising * steps
        lowest, share = (
            (self.rate / self.start_divisor, 1 - step / top)
            if step < top
            else (self.rate / self.end_divisor, min((step - top) / (steps - top), 1))
        )
        return lowest + (self.rate - lowest) * (1 + math.cos(math.pi * share)) / 2


def over(schedule: Any, steps: int) -> Any:
    """Return a schedule for a run of this many steps; anything without a length is returned unchanged."""
    return schedule.over(steps) if hasattr(schedule, "over") else schedule


SCHEDULES: dict[str, Callable[[float], Schedule]] = {
    "constant": Constant,
    "step": StepDecay,
    "exponential": partial(Exponential, factor=0.01),
    "cosine": Cosine,
    "one_cycle": OneCycle,
}
"""The schedules by name; their default length is the whole run."""


def schedule_named(name: str, rate: float, warm_up: int = 0) -> float | Schedule:
    """Return the schedule of this name, with a warm-up of `warm_up` steps unless that is 0.

    Raises:
        SettingError: the name is unknown, or a number is out of range.
    """
    if name not in SCHEDULES:
        raise unknown("train", "schedule", name, SCHEDULES)
    if name == "constant" and not warm_up:
        return rate
    return WarmUp(SCHEDULES[name](rate), warm_up) if warm_up else SCHEDULES[name](rate)
