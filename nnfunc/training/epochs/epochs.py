"""Iterators of epochs: the type that `nn.train` returns, and the base class of its wrappers."""

from collections.abc import Callable, Iterator

from nnfunc.base.errors import SettingError
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.states import State


class Epochs(Iterator[Epoch]):
    """An iterator of epochs that reports its progress.

    Attributes:
        start: the state in which the training begins; None if unknown.
        total: the largest number of epochs that there will be; None if unknown.
    """

    def __init__(self, start: State | None = None, total: int | None = None) -> None:
        self.start, self.total = start, total

    @property
    def progress(self) -> float | None:
        """The number of epochs done, with the share of the running one: 2.5; None if unknown."""
        return None

    @property
    def has_converged(self) -> bool | None:
        """Whether L-BFGS, when it has ended, has converged; None while it takes steps, and for other optimizers."""
        return None

    def watch(self, steps: int, use: Callable[[State], None]) -> None:  # noqa: ARG002
        """Call `use` with the state within an epoch, about every `steps` steps; a full-batch epoch has none.

        Raises:
            SettingError: these epochs are not those of `nn.train`.
        """
        raise SettingError("Checkpointing: steps must come with epochs of nn.train; got others. Leave it out?")

    def __next__(self) -> Epoch:
        raise StopIteration
