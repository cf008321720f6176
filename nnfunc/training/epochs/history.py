"""Histories: the figures of epochs as a table in a CSV file."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nnfunc.base.errors import DataError
from nnfunc.base.reading import read_text
from nnfunc.base.writing import write_whole
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.epochs.epochs import Epochs
from nnfunc.training.epochs.figures import FIGURES, Figures, figures_of

LARGEST = 2**26
"""Bytes of the longest history that a run can continue: some 500,000 epochs."""


class History(Epochs):
    """An iterator of epochs that writes their figures to a CSV file, rewritten after each epoch.

    An existing file is replaced, except for the epochs before the point where the training resumes.

    Raises:
        CheckpointError: the file cannot be written.
        DataError: the existing file is not a history that can be continued.
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
    """Read the rows of a history up to an epoch.

    Raises:
        DataError: it is not a history.
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
    """Read the figures of each epoch in a table that `nn.History` wrote.

    Raises:
        DataError: it is missing, or not such a table.
    """
    path = Path(path)
    rows = rows_until(path, sys.maxsize)
    try:
        known = [{name: float(row[name]) if row.get(name) else None for name in FIGURES} for row in rows]
    except ValueError as error:
        raise DataError(f"{path}: must hold numbers; got something else ({error}). Is it damaged?") from error
    return [Figures(int(row["epoch"]), **figures) for row, figures in zip(rows, known, strict=True)]
