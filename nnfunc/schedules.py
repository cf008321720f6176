"""Schedules of the learning rate: functions of the step, which counts from 0 through all epochs.

    Constant(0.1)(step) → 0.1

There are ⌈m / batch⌉ steps in an epoch. Whatever takes a step and returns a number above 0 is a schedule as well.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, cast

from nnfunc.settings import Numbers, is_number, number, positive, whole_number

Schedule: TypeAlias = Callable[[int], float]


@dataclass(frozen=True)
class Constant(Numbers):
    """α."""

    rate: float

    def __post_init__(self) -> None:
        self._are(positive, "rate")

    def __call__(self, step: int) -> float:  # noqa: ARG002
        """The same for each step."""
        return self.rate


@dataclass(frozen=True)
class StepDecay(Numbers):
    """α fᵏ after k times `every` steps: it falls in stairs."""

    rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        self._are(positive, "rate")
        self._are(whole_number, "every")
        self._are(positive, "factor")
        self._are(number, "factor", below=1)

    def __call__(self, step: int) -> float:
        """The stair of a step."""
        return self.rate * math.pow(self.factor, step // self.every)


@dataclass(frozen=True)
class Exponential(Numbers):
    """α f^(step / steps): f is what remains after so many steps."""

    rate: float
    steps: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        self._are(positive, "rate")
        self._are(whole_number, "steps")
        self._are(positive, "factor")
        self._are(number, "factor", below=1)

    def __call__(self, step: int) -> float:
        """A little less with each step."""
        return self.rate * math.pow(self.factor, step / self.steps)


@dataclass(frozen=True)
class Cosine(Numbers):
    """From α to `final` along half a cosine (Loshchilov, Hutter 2017, equation 5), where it stays."""

    rate: float
    steps: int
    final: float = 0.0

    def __post_init__(self) -> None:
        self._are(positive, "rate")
        self._are(whole_number, "steps")
        self._are(number, "final")

    def __call__(self, step: int) -> float:
        """The point of the cosine."""
        share = min(step / self.steps, 1)
        return self.final + (self.rate - self.final) * (1 + math.cos(math.pi * share)) / 2


@dataclass(frozen=True)
class WarmUp(Numbers):
    """Another schedule, whose first steps rise in a line, (step + 1) / steps of it (Goyal et al. 2017, section 2.2)."""

    after: Schedule | float
    steps: int

    def __post_init__(self) -> None:
        if is_number(self.after):
            object.__setattr__(self, "after", Constant(self.after))
        self._are(whole_number, "steps")

    def __call__(self, step: int) -> float:
        """A share of the other's, and then that."""
        after = cast("Schedule", self.after)
        return after(step) * min((step + 1) / self.steps, 1)


@dataclass(frozen=True)
class OneCycle(Numbers):
    """From a share of α up to it and down to a smaller share.

    Smith, Topin 2018, section 2, but along half cosines, as PyTorch has it, and without a cycle of the momentum.
    """

    rate: float
    steps: int
    rising: float = 0.3
    """Share of the steps in which it rises."""
    start_divisor: float = 25.0
    end_divisor: float = 1e4

    def __post_init__(self) -> None:
        self._are(positive, "rate")
        self._are(whole_number, "steps")
        self._are(number, "rising", below=1)
        self._are(positive, "start_divisor", "end_divisor")

    def __call__(self, step: int) -> float:
        """The point of the cycle."""
        top = self.rising * self.steps
        lowest, share = (
            (self.rate / self.start_divisor, 1 - step / top)
            if step < top
            else (self.rate / self.end_divisor, min((step - top) / (self.steps - top), 1))
        )
        return lowest + (self.rate - lowest) * (1 + math.cos(math.pi * share)) / 2
