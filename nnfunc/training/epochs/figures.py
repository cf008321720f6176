"""The figures of epochs, as histories, plots and reports have them."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from nnfunc.training.epochs.epoch import Epoch

HUGE = 1e30
"""What is drawn must be below this."""


class Figures(NamedTuple):
    """What a history tells of an epoch; it has the names of `Epoch`. None is what was not known."""

    number: int
    cost: float | None
    accuracy: float | None
    validation_cost: float | None
    validation_accuracy: float | None


FIGURES = Figures._fields[1:]
"""What is known of an epoch."""

Figured: TypeAlias = Epoch | Figures
"""What has the figures of an epoch: the epoch itself, or a row of a history."""


def known(epochs: Iterable[Figured], figure: str) -> dict[int, float]:
    """One figure of the epochs that have it, by their numbers; without NaN, ∞ and what no axis could show."""
    found = {epoch.number: getattr(epoch, figure) for epoch in epochs}
    return {number: value for number, value in found.items() if value is not None and abs(value) < HUGE}


def figures_of(epoch: Epoch) -> dict[str, float]:
    """What is known of an epoch, without what needs data that it has not."""
    known = ((name, getattr(epoch, name)) for name in FIGURES)
    return {name: figure for name, figure in known if figure is not None and figure == figure}
