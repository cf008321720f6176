"""Wrappers of epochs: each takes an iterator of epochs and is one, and acts on the epochs as they pass.

    stopping = nn.EarlyStopping(nn.Progress(nn.train(…, validation=test)), patience=5)
    for epoch in stopping: …
    params = stopping.best.params

They change no number, and can be combined in any order; but `Checkpointing(EarlyStopping(…))` saves the best epoch,
and the other way round it does not.
"""

import dataclasses
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nnfunc.base.errors import SettingError
from nnfunc.base.validation import number, whole_number
from nnfunc.base.writing import make_folder
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.epochs.epochs import Epochs
from nnfunc.training.epochs.figures import figures_of
from nnfunc.training.states import Best

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Task
    from rich.progress_bar import ProgressBar


class EarlyStopping(Epochs):
    """An iterator of epochs that ends when the validation cost stops falling; `best` is the epoch where it was lowest.

    The state of each epoch that it yields holds the best one so far, so that it continues with that after `resume`.

    Args:
        epochs: the epochs of `nn.train(…, validation=…)`.
        patience: stop after this many epochs without a lower cost.
        min_delta: a cost counts as lower if the difference exceeds this.

    Raises:
        SettingError: patience or min_delta is out of range, or, while it is read: there are no validation data.
    """

    def __init__(self, epochs: Iterable[Epoch], *, patience: int = 10, min_delta: float = 0.0) -> None:
        self._patience = whole_number("EarlyStopping", "patience", patience)
        self._min_delta = number("EarlyStopping", "min_delta", min_delta)
        super().__init__(epochs)
        self._best = None if self.start is None else self.start.best

    @property
    def best(self) -> Best:
        """The epoch with the lowest validation cost so far.

        Raises:
            SettingError: no epoch has passed yet.
        """
        if self._best is None:
            raise SettingError(
                "EarlyStopping: the best epoch must be one that has passed; got none. Read an epoch first?"
            )
        return self._best

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        while (self._best is None or self._best.since < self._patience) and (epoch := next(epochs, None)) is not None:
            self._best = self._better(epoch)
            yield epoch.with_best(self._best)

    def _better(self, epoch: Epoch) -> Best:
        cost, best = epoch.validation_cost, self._best
        if cost is None:
            raise SettingError(
                "EarlyStopping: training must have validation data; got none. Pass nn.train(…, validation=test)?"
            )
        if best is None or cost < best.validation_cost - self._min_delta:
            return Best(epoch.number, epoch.params, cost)
        return dataclasses.replace(best, since=best.since + 1)


class Logging(Epochs):
    """An iterator of epochs that logs a line for each, at level INFO; by default to the logger "nnfunc"."""

    def __init__(self, epochs: Iterable[Epoch], logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger("nnfunc")
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        for epoch in epochs:
            if self._logger.isEnabledFor(logging.INFO):
                figures = ", ".join(f"{name} {figure:.4f}" for name, figure in figures_of(epoch).items())
                self._logger.info("epoch %d: %s", epoch.number, figures)
            yield epoch


class TensorBoard(Epochs):
    """An iterator of epochs that writes their figures for TensorBoard (extra `tensorboard`).

    Raises:
        SettingError: tensorboardX is not installed.
        CheckpointError: the folder cannot be created or written to.
    """

    def __init__(self, epochs: Iterable[Epoch], folder: str | Path) -> None:
        try:
            import tensorboardX  # pyright: ignore[reportMissingTypeStubs]
        except ImportError as error:
            raise SettingError(
                "TensorBoard: tensorboardX must be installed; got none. pip install 'nnfunc[tensorboard]'"
            ) from error
        make_folder(Path(folder))
        self._open: Callable[[], Any] = partial(cast("Any", tensorboardX).SummaryWriter, str(folder))
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        with self._open() as board:
            for epoch in epochs:
                for name, figure in figures_of(epoch).items():
                    board.add_scalar(name, figure, epoch.number)
                board.flush()
                yield epoch


class Progress(Epochs):
    """An iterator of epochs that shows a progress bar on standard error, which also grows within epochs (extra `cli`).

    Raises:
        SettingError: rich is not installed.
    """

    def __init__(self, epochs: Iterable[Epoch], console: "Console | None" = None) -> None:
        try:
            import rich.console
        except ImportError as error:
            raise SettingError("Progress: rich must be installed; got none. pip install 'nnfunc[cli]'") from error
        self._console = console or rich.console.Console(stderr=True)
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        from rich import progress

        training = self

        class Bar(progress.BarColumn):
            def render(self, task: "Task") -> "ProgressBar":
                bar = super().render(task)
                bar.completed = training.progress or bar.completed
                return bar

        columns = (
            progress.TextColumn("training"),
            Bar(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
        )
        silent = not self._console.is_terminal
        with progress.Progress(*columns, console=self._console, transient=True, disable=silent) as shown:
            task = shown.add_task("training", total=self.total)
            for epoch in epochs:
                shown.advance(task)
                yield epoch
