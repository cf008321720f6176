"""What all wrappers of epochs have in common: each takes an iterator of epochs and is one."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from nnfunc.base.errors import SettingError
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.states import State

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


class Epochs(Iterator[Epoch]):
    """Epochs of another iterator, of which it still tells how far it is."""

    def __init__(self, inner: Iterable[Epoch]) -> None:
        self._inner = inner
        self._passing = self._pass(iter(inner))

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        return epochs

    def __next__(self) -> Epoch:
        try:
            return next(self._passing)
        except StopIteration:
            raise
        except BaseException:  # it may be asked again, as what is inside
            self._passing = self._pass(iter(self._inner))
            raise

    @property
    def progress(self) -> float | None:
        """Epochs that are done, and the share of the one that runs, if it is known."""
        return getattr(self._inner, "progress", None)

    @property
    def total(self) -> int | None:
        """How many epochs there will be at most, if it is known."""
        return getattr(self._inner, "total", None)

    @property
    def start(self) -> State | None:
        """Where training began or went on, if it is known."""
        return getattr(self._inner, "start", None)

    def watch(self, steps: int, use: Callable[[State], None]) -> None:
        """Let a function have the state within an epoch, as `nn.train(…).watch` does.

        Raises:
            SettingError: these are no epochs of `nn.train`.
        """
        if (watch := getattr(self._inner, "watch", None)) is None:
            raise SettingError("checkpointing: steps must come with epochs of nn.train; got others. Leave it out?")
        watch(steps, use)


def known(epochs: Iterable[Figured], figure: str) -> dict[int, float]:
    """One figure of the epochs that have it, by their numbers; without NaN, ∞ and what no axis could show."""
    found = {epoch.number: getattr(epoch, figure) for epoch in epochs}
    return {number: value for number, value in found.items() if value is not None and abs(value) < HUGE}


def figures_of(epoch: Epoch) -> dict[str, float]:
    """What is known of an epoch, without what needs data that it has not."""
    known = ((name, getattr(epoch, name)) for name in FIGURES)
    return {name: figure for name, figure in known if figure is not None and figure == figure}
