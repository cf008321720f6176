"""CSV files: one sample per row, whole numbers 0..255, with or without a header, the label first, last or absent."""

import io
import re
from pathlib import Path
from typing import Literal

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.errors import DataError
from nnfunc.base.reading import read_text
from nnfunc.data.dataset import Dataset

PIXELS = 784

LONGEST = 20
"""The number of characters of a cell that an error shows, at most."""

Label = Literal["first", "last"]


def read_csv(path: str | Path, *, label: Label | None = None, pixels: int = PIXELS) -> Dataset:
    """Read pixels and labels from a CSV file, plain or .gz, such as Kaggle's digit-recognizer.

    Args:
        path: file to read.
        label: column of the label; by default the one with the name "label" in the header, or else the first.
        pixels: number of pixel columns.

    Raises:
        DataError: the file is missing, has no labels, or has a row that does not hold such numbers.
    """
    X, y = read_table(Path(path), label=label, pixels=pixels)
    if y is None:
        raise DataError(
            f"{Path(path).name}: must have a label column; got {pixels} columns. Are these images to predict?"
        )
    return Dataset(X, y)


def read_table(path: Path, *, label: Label | None = None, pixels: int = PIXELS) -> tuple[Array, Array | None]:
    """Read X, pixels×m, and y, or None if there are no labels."""
    text = _decode(path)
    header = _header(text)
    table = _numbers(path.name, text, skip_header=header is not None)
    columns = table.shape[1]
    if columns not in (pixels, pixels + 1):
        raise DataError(
            f"{path.name}: rows must have {pixels} columns of pixels, or one more with the label; got {columns}."
        )
    if columns == pixels:
        return table.T, None
    place = {"first": 0, "last": pixels, None: header.index("label") if header and "label" in header else 0}[label]
    return np.delete(table, place, axis=1).T, table[:, place]


def _decode(path: Path) -> str:
    """Return the text of a file, with Unix line endings."""
    text = read_text(path)
    if not text.strip():
        raise DataError(f"{path.name}: must have at least one row; got an empty file.")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _header(text: str) -> list[str] | None:
    """Return the names in the first line that is not blank; None if it holds numbers."""
    cells = [cell.strip().strip('"').lower() for cell in text.lstrip("\n").partition("\n")[0].split(",")]
    has_names = re.search("[a-z]", "".join(cells)) and not any(cell.isdecimal() for cell in cells)
    return cells if "label" in cells or has_names else None


def _numbers(name: str, text: str, *, skip_header: bool) -> Array:
    rows = io.StringIO(text)
    if skip_header:
        next(row for row in rows if row.strip("\n"))
        if not text[rows.tell() :].strip():
            raise DataError(f"{name}: must have at least one row; got only a header.")
    try:
        return np.loadtxt(rows, np.uint8, delimiter=",", comments=None, ndmin=2)
    except (ValueError, OverflowError) as error:
        raise DataError(
            f"{name}: must hold whole numbers 0..255, the same number in each row; "
            f"got {_reason(str(error), text, skip_header)}."
        ) from error


def _reason(error: str, text: str, skip: int) -> str:
    """Describe what NumPy refused, with the line number as an editor counts it.

    NumPy counts only the rows after the header that are not blank, from 0 in one message and from 1 in the other.
    """
    lines = [number for number, line in enumerate(text.split("\n")) if line]
    if value := re.search(r"at row (\d+), column (\d+)\.?$", error):
        line, column = lines[int(value[1]) + skip], int(value[2])
        cell = text.split("\n")[line].split(",")[column - 1].strip()
        what = repr(cell if len(cell) <= LONGEST else cell[:LONGEST] + "…") if cell else "a blank"
        return f"{what} in line {line + 1}, column {column}"
    if ragged := re.search(r"changed from (\d+) to (\d+) at row (\d+)", error):
        return f"{ragged[2]} instead of {ragged[1]} in line {lines[int(ragged[3]) - 1 + skip] + 1}"
    return error.splitlines()[0].rstrip(".")
