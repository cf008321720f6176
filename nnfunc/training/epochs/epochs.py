"""Iterators of epochs: the type that `nn.train` returns, and the base class of its wrappers."""

from collections.abc import Callable, Iterable, Iterator

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


class Wrapper(Epochs):
    """An iterator of the epochs of another one, which reports the same progress."""

    def __init__(self, inner: Iterable[Epoch]) -> None:
        self._inner = inner
        self._told = inner if isinstance(inner, Epochs) else Epochs()
        super().__init__(self._told.start, self._told.total)
        self._passing = self._pass(iter(inner))

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        return epochs

    def __next__(self) -> Epoch:
        try:
            return next(self._passing)
        except StopIteration:
            raise
        except BaseException:  # the epoch may be requested again, as from the inner iterator
            self._passing = self._pass(iter(self._inner))
            raise

    @property
    def progress(self) -> float | None:
        """The progress of the inner epochs."""
        return self._told.progress

    @property
    def has_converged(self) -> bool | None:
        """Whether the inner training has converged."""
        return self._told.has_converged

    def watch(self, steps: int, use: Callable[[State], None]) -> None:
        """Watch the inner epochs."""
        self._told.watch(steps, use)
