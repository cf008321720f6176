"""Schedules of the learning rate: functions of the step, which counts from 0 through all epochs.

    constant(0.1)(step) → 0.1

There are ⌈m / batch⌉ steps in an epoch. Whatever takes a step and returns a number above 0 is a schedule as well.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from nnfunc.settings import number, positive, whole_number

Schedule: TypeAlias = Callable[[int], float]


@dataclass(frozen=True)
class Constant:
    """α."""

    rate: float

    def __post_init__(self) -> None:
        positive("Constant", "rate", self.rate)

    def __call__(self, step: int) -> float:  # noqa: ARG002
        """The same for each step."""
        return self.rate


@dataclass(frozen=True)
class Stepwise:
    """α fᵏ after k times `every` steps: it falls in stairs."""

    rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        positive("Stepwise", "rate", self.rate)
        whole_number("Stepwise", "every", self.every)
        positive("Stepwise", "factor", self.factor)

    def __call__(self, step: int) -> float:
        """The stair of a step."""
        return self.rate * math.pow(self.factor, step // self.every)


@dataclass(frozen=True)
class Exponential:
    """α f^(step / steps): f is what remains after so many steps."""

    rate: float
    steps: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        positive("Exponential", "rate", self.rate)
        whole_number("Exponential", "steps", self.steps)
        positive("Exponential", "factor", self.factor)

    def __call__(self, step: int) -> float:
        """A little less with each step."""
        return self.rate * math.pow(self.factor, step / self.steps)


@dataclass(frozen=True)
class Cosine:
    """From α to `final` along half a cosine (Loshchilov, Hutter 2017, equation 5), where it stays."""

    rate: float
    steps: int
    final: float = 0.0

    def __post_init__(self) -> None:
        positive("Cosine", "rate", self.rate)
        whole_number("Cosine", "steps", self.steps)
        number("Cosine", "final", self.final)

    def __call__(self, step: int) -> float:
        """The point of the cosine."""
        share = min(step / self.steps, 1)
        return self.final + (self.rate - self.final) * (1 + math.cos(math.pi * share)) / 2


@dataclass(frozen=True)
class WarmUp:
    """Another schedule, whose first steps rise in a line, (step + 1) / steps of it (Goyal et al. 2017, section 2.2)."""

    after: Schedule
    steps: int

    def __post_init__(self) -> None:
        whole_number("WarmUp", "steps", self.steps)

    def __call__(self, step: int) -> float:
        """A share of the other's, and then that."""
        return self.after(step) * min((step + 1) / self.steps, 1)


@dataclass(frozen=True)
class OneCycle:
    """Up to α and down again, both along half a cosine (Smith, Topin 2018): from α / start, to α / end."""

    rate: float
    steps: int
    rising: float = 0.3
    """Share of the steps in which it rises."""
    start: float = 25.0
    end: float = 1e4

    def __post_init__(self) -> None:
        positive("OneCycle", "rate", self.rate)
        whole_number("OneCycle", "steps", self.steps)
        number("OneCycle", "rising", self.rising, below=1)
        positive("OneCycle", "start", self.start)
        positive("OneCycle", "end", self.end)

    def __call__(self, step: int) -> float:
        """The point of the cycle."""
        top = self.rising * self.steps
        lowest, share = (
            (self.rate / self.start, 1 - step / top)
            if step < top
            else (self.rate / self.end, min((step - top) / (self.steps - top), 1))
        )
        return lowest + (self.rate - lowest) * (1 + math.cos(math.pi * share)) / 2
