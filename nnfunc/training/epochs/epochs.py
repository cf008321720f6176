"""Epochs: what `nn.train` returns, and the base of its wrappers."""

from collections.abc import Callable, Iterable, Iterator

from nnfunc.base.errors import SettingError
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.states import State


class Epochs(Iterator[Epoch]):
    """An iterator of epochs, which passes on what the one inside reports of itself."""

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
        except BaseException:  # the epoch may be requested again, as from the inner iterator
            self._passing = self._pass(iter(self._inner))
            raise

    @property
    def start(self) -> State | None:
        """The state in which the training begins or resumes; None if unknown."""
        return getattr(self._inner, "start", None)

    @property
    def total(self) -> int | None:
        """The largest number of epochs that there will be; None if unknown."""
        return getattr(self._inner, "total", None)

    @property
    def progress(self) -> float | None:
        """The number of epochs done, with the share of the running one: 2.5; None if unknown."""
        return getattr(self._inner, "progress", None)

    @property
    def has_converged(self) -> bool | None:
        """Whether L-BFGS, when it has ended, has converged; None while it takes steps, and for other optimizers."""
        return getattr(self._inner, "has_converged", None)

    def watch(self, steps: int, use: Callable[[State], None]) -> None:
        """Call `use` with the state within an epoch, about every `steps` steps; a full-batch epoch has none.

        Raises:
            SettingError: these epochs are not those of `nn.train`.
        """
        if (watch := getattr(self._inner, "watch", None)) is None:
            raise SettingError("Checkpointing: steps must come with epochs of nn.train; got others. Leave it out?")
        watch(steps, use)
