"""Wrappers of epochs that write files: what training needs to go on, and a table of its figures."""

import csv
import dataclasses
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nnfunc.base.errors import DataError
from nnfunc.base.numbers import whole_number
from nnfunc.base.reading import read_text
from nnfunc.base.writing import make_folder, write_whole
from nnfunc.training.epochs.checkpoints import save_state
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.epochs.epochs import FIGURES, Epochs, Figures, figures_of
from nnfunc.training.states import State

LARGEST = 2**26
"""Bytes of the longest history that a run goes on with: some 500,000 epochs."""


class checkpointing(Epochs):  # noqa: N801
    """Epochs, after which all that training needs to go on is saved in one file, the last in place of the one before.

    `nn.load_state` reads it for `nn.train(…, resume=state)`, and `nn.load` reads its network.

    Args:
        epochs: of `nn.train`.
        path: of the file; its folder is made if it is not there.
        every: so many epochs it is saved, and after the last.
        steps: so many steps of an epoch it is saved, too, or a few more: when the samples read at once are used up.
        about: facts to keep with it, as in a model.

    Raises:
        SettingError: every or steps is no whole number from 1.
        CheckpointError: the folder cannot be made or written to.
    """

    def __init__(
        self,
        epochs: Iterable[Epoch],
        path: str | Path,
        *,
        every: int = 1,
        steps: int | None = None,
        about: Mapping[str, str | int] | None = None,
    ) -> None:
        self._path, self._every = Path(path), whole_number("checkpointing", "every", every)
        self._about = about
        super().__init__(epochs)
        self._best = None if self.start is None else self.start.best
        make_folder(self._path.parent)
        if steps is not None:
            self.watch(whole_number("checkpointing", "steps", steps), self._save)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        epoch = None
        for epoch in epochs:
            self._best = epoch.state.best
            if epoch.number % self._every == 0:
                self._save(epoch.state)
            yield epoch
        if epoch is not None and epoch.number % self._every:
            self._save(epoch.state)

    def _save(self, state: State) -> None:
        save_state(self._path, dataclasses.replace(state, best=self._best), about=self._about)


class history(Epochs):  # noqa: N801
    """Epochs, whose figures are written to a table, as CSV, anew with each epoch.

    What was there is replaced, but for the epochs before the one with which a resumed training goes on.

    Raises:
        CheckpointError: the table cannot be written.
        DataError: it is no table of epochs that could be gone on with.
    """

    def __init__(self, epochs: Iterable[Epoch], path: str | Path) -> None:
        self._path = Path(path)
        super().__init__(epochs)
        done = 0 if self.start is None else self.start.epoch
        self._rows = rows_until(self._path, done) if done and self._path.exists() else []

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        for epoch in epochs:
            self._rows.append({"epoch": epoch.number, "steps": epoch.steps, **figures_of(epoch)})
            table = io.StringIO()
            names = dict.fromkeys(name for row in self._rows for name in row)
            writer = csv.DictWriter(table, list(names), lineterminator="\n")
            writer.writeheader()
            writer.writerows(self._rows)
            write_whole(self._path, table.getvalue().encode())
            yield epoch


def rows_until(path: Path, done: int) -> list[dict[str, Any]]:
    """The rows of a history up to an epoch.

    Raises:
        DataError: it is none.
    """
    try:
        rows = csv.DictReader(io.StringIO(read_text(path, most=LARGEST)), strict=True)
        if "epoch" not in (rows.fieldnames or ()):
            raise ValueError("no column of epochs")
        kept, last = list[dict[str, Any]](), 0
        for row in rows:
            number = int(row["epoch"])
            if number <= last or len(row) != len(rows.fieldnames or ()):
                raise ValueError(f"row {number} after row {last}")
            if number > done:
                break
            kept.append(row)
            last = number
        return kept
    except (csv.Error, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path}: must be the history of the run; got something else ({error}). Move it away?"
        ) from error


def read_history(path: str | Path) -> list[Figures]:
    """The figures of each epoch in a table that `history` wrote.

    Raises:
        DataError: it is missing, or no such table.
    """
    path = Path(path)
    rows = rows_until(path, sys.maxsize)
    try:
        known = [{name: float(row[name]) if row.get(name) else None for name in FIGURES} for row in rows]
    except ValueError as error:
        raise DataError(f"{path}: must hold numbers; got something else ({error}). Is it damaged?") from error
    return [Figures(int(row["epoch"]), **figures) for row, figures in zip(rows, known, strict=True)]
