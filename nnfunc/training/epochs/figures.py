"""The figures of epochs, their costs and accuracies, in the form that histories, plots and reports use."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from nnfunc.training.epochs.epoch import Epoch

HUGE = 1e30
"""The upper limit of plotted values."""


class Figures(NamedTuple):
    """The figures of an epoch in a history, with the names of `Epoch`; None if unknown."""

    number: int
    cost: float | None
    accuracy: float | None
    validation_cost: float | None
    validation_accuracy: float | None


FIGURES = Figures._fields[1:]
"""The names of the figures of an epoch."""

Figured: TypeAlias = Epoch | Figures
"""An object with the figures of an epoch: the epoch itself, or a row of a history."""


def known(epochs: Iterable[Figured], figure: str) -> dict[int, float]:
    """Return one figure of the epochs that have it, by their numbers, without NaN, ∞ and what no axis could show."""
    found = {epoch.number: getattr(epoch, figure) for epoch in epochs}
    return {number: value for number, value in found.items() if value is not None and abs(value) < HUGE}


def figures_of(epoch: Epoch) -> dict[str, float]:
    """Return the figures of an epoch by name, without those that are None or NaN."""
    known = ((name, getattr(epoch, name)) for name in FIGURES)
    return {name: figure for name, figure in known if figure is not None and figure == figure}
