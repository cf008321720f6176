"""What is done with epochs as they pass: each of these takes an iterator of epochs and is one.

    stopping = nn.early_stopping(nn.progress(nn.train(…, validation=test)), patience=5)
    for epoch in stopping: …
    params = stopping.best.params

They change no number, and stand in any order.
"""

import csv
import io
import logging as standard_logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnfunc.errors import SettingError
from nnfunc.files import make_folder, save, write_whole
from nnfunc.settings import number, whole_number
from nnfunc.training import Epoch

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Task
    from rich.progress_bar import ProgressBar

FIGURES = ("cost", "accuracy", "validation_cost", "validation_accuracy")
"""What is known of an epoch."""


class Epochs(Iterator[Epoch]):
    """Epochs of another iterator, of which it still tells how far it is."""

    def __init__(self, inner: Iterable[Epoch]) -> None:
        self._inner = inner
        self._passing = self._pass(iter(inner))

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        return epochs

    def __next__(self) -> Epoch:
        return next(self._passing)

    @property
    def progress(self) -> float | None:
        """Epochs that are done, and the share of the one that runs, if it is known."""
        return getattr(self._inner, "progress", None)

    @property
    def total(self) -> int | None:
        """How many epochs there will be at most, if it is known."""
        return getattr(self._inner, "total", None)


class early_stopping(Epochs):  # noqa: N801
    """Epochs until the validation cost has not fallen for a while; `best` is the one where it was lowest.

    Args:
        epochs: of `nn.train(…, validation=…)`.
        patience: epochs without a lower cost after which it stops.
        min_delta: how much lower a cost must be to count.

    Raises:
        SettingError: patience or min_delta is out of range, or, while it is read: there are no validation data.
    """

    def __init__(self, epochs: Iterable[Epoch], *, patience: int = 10, min_delta: float = 0.0) -> None:
        self._patience = whole_number("early_stopping", "patience", patience)
        self._min_delta = number("early_stopping", "min_delta", min_delta)
        self._best: Epoch | None = None
        super().__init__(epochs)

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation cost so far.

        Raises:
            SettingError: no epoch has passed yet.
        """
        if self._best is None:
            raise SettingError("early_stopping: the best epoch must be one that has passed; got none. Read on first?")
        return self._best

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        lowest, since = float("inf"), 0
        for epoch in epochs:
            cost = epoch.validation_cost
            if cost is None:
                raise SettingError(
                    "early_stopping: training must have validation data; got none. Pass nn.train(…, validation=test)?"
                )
            if cost < lowest - self._min_delta:
                self._best, lowest, since = epoch, cost, 0
            else:
                since += 1
            yield epoch
            if since >= self._patience:
                return


class checkpointing(Epochs):  # noqa: N801
    """Epochs, of which the models are saved in a folder: epoch-0005.npz.

    Args:
        epochs: of `nn.train`.
        folder: where to; it is made if it is not there.
        every: so many epochs one is saved.

    Raises:
        SettingError: every is no whole number from 1.
        CheckpointError: the folder cannot be made or written to.
    """

    def __init__(self, epochs: Iterable[Epoch], folder: str | Path, *, every: int = 1) -> None:
        self._folder, self._every = Path(folder), whole_number("checkpointing", "every", every)
        make_folder(self._folder)
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        for epoch in epochs:
            if epoch.number % self._every == 0:
                save(self._folder / f"epoch-{epoch.number:04}.npz", epoch.params)
            yield epoch


class history(Epochs):  # noqa: N801
    """Epochs, whose figures are written to a table, as CSV, anew with each epoch; what was there is replaced.

    Raises:
        CheckpointError: the table cannot be written.
    """

    def __init__(self, epochs: Iterable[Epoch], path: str | Path) -> None:
        self._path, self._rows = Path(path), list[dict[str, Any]]()
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        for epoch in epochs:
            self._rows.append({"epoch": epoch.number, "steps": epoch.steps, **_figures(epoch)})
            table = io.StringIO()
            writer = csv.DictWriter(table, list(self._rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self._rows)
            write_whole(self._path, table.getvalue().encode())
            yield epoch


class logging(Epochs):  # noqa: N801
    """Epochs, each of which is a line of a logger of the standard library; by default of "nnfunc", as information."""

    def __init__(self, epochs: Iterable[Epoch], logger: standard_logging.Logger | None = None) -> None:
        self._logger = logger or standard_logging.getLogger("nnfunc")
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        for epoch in epochs:
            if self._logger.isEnabledFor(standard_logging.INFO):
                figures = ", ".join(f"{name} {figure:.4f}" for name, figure in _figures(epoch).items())
                self._logger.info("epoch %d: %s", epoch.number, figures)
            yield epoch


class tensorboard(Epochs):  # noqa: N801
    """Epochs, whose figures are written for TensorBoard (extra `tensorboard`), where that is installed.

    Raises:
        SettingError: tensorboardX is not installed.
        CheckpointError: the folder cannot be made or written to.
    """

    def __init__(self, epochs: Iterable[Epoch], folder: str | Path) -> None:
        try:
            import tensorboardX  # pyright: ignore[reportMissingTypeStubs]
        except ImportError as error:
            raise SettingError(
                "tensorboard: tensorboardX must be installed; got none. pip install 'nnfunc[tensorboard]'"
            ) from error
        make_folder(Path(folder))
        board: Any = tensorboardX
        self._open: Callable[[], Any] = partial(board.SummaryWriter, str(folder))
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        with self._open() as board:
            for epoch in epochs:
                for name, figure in _figures(epoch).items():
                    board.add_scalar(name, figure, epoch.number)
                board.flush()
                yield epoch


class progress(Epochs):  # noqa: N801
    """Epochs, with a bar on the terminal's standard error that also grows within them (extra `cli`).

    Raises:
        SettingError: rich is not installed.
    """

    def __init__(self, epochs: Iterable[Epoch], console: "Console | None" = None) -> None:
        try:
            import rich.console
        except ImportError as error:
            raise SettingError("progress: rich must be installed; got none. pip install 'nnfunc[cli]'") from error
        self._console = console or rich.console.Console(stderr=True)
        super().__init__(epochs)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        training = self

        class Bar(BarColumn):
            def render(self, task: "Task") -> "ProgressBar":
                bar = super().render(task)
                bar.completed = training.progress or bar.completed
                return bar

        columns = (TextColumn("training"), Bar(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=True) as shown:
            task = shown.add_task("training", total=self.total)
            for epoch in epochs:
                shown.advance(task)
                yield epoch


def _figures(epoch: Epoch) -> dict[str, float]:
    """What is known of an epoch, without what needs data that it has not."""
    known = ((name, getattr(epoch, name)) for name in FIGURES)
    return {name: figure for name, figure in known if figure is not None and figure == figure}
