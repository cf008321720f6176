"""Epochs: what `nn.train` returns, and what each wrapper of it is."""

from collections.abc import Callable, Iterable, Iterator

from nnfunc.base.errors import SettingError
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.states import State


class Epochs(Iterator[Epoch]):
    """An iterator of epochs that tells how far it is.

    Attributes:
        start: the state in which the training begins; None where it is not known.
        total: the number of epochs that there will be at most; None where it is not known.
    """

    def __init__(self, start: State | None = None, total: int | None = None) -> None:
        self.start, self.total = start, total

    @property
    def progress(self) -> float | None:
        """The number of epochs done, with the share of the running one: 2.5; None where it is not known."""
        return None

    @property
    def has_converged(self) -> bool | None:
        """Whether L-BFGS, which makes no more steps, has converged; None while it makes some, and for others."""
        return None

    def watch(self, steps: int, use: Callable[[State], None]) -> None:  # noqa: ARG002
        """Give the state within an epoch to a function, about every `steps` steps; a full-batch epoch has none.

        Raises:
            SettingError: these are no epochs of `nn.train`.
        """
        raise SettingError("Checkpointing: steps must come with epochs of nn.train; got others. Leave it out?")

    def __next__(self) -> Epoch:
        raise StopIteration


class Wrapper(Epochs):
    """The epochs of another iterator, which tell what that one tells."""

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
        except BaseException:  # it may be asked again, as what is inside
            self._passing = self._pass(iter(self._inner))
            raise

    @property
    def progress(self) -> float | None:
        """The progress of the epochs inside."""
        return self._told.progress

    @property
    def has_converged(self) -> bool | None:
        """Whether the training inside has converged."""
        return self._told.has_converged

    def watch(self, steps: int, use: Callable[[State], None]) -> None:
        """Watch the epochs inside."""
        self._told.watch(steps, use)
