"""CSV: one sample per row, whole numbers 0..255, with or without a header, the label first, last or absent."""

import io
import re
from pathlib import Path
from typing import Literal

import numpy as np

from nnfunc.array import Array
from nnfunc.data.dataset import Dataset
from nnfunc.data.files import read_bytes
from nnfunc.errors import DataError

PIXELS = 784

Label = Literal["first", "last", "none"]


def read_csv(path: str | Path, label: Label | None = None, pixels: int = PIXELS) -> Dataset:
    """Pixels and labels from a CSV file, plain or .gz, such as Kaggle's digit-recognizer.

    Args:
        path: of the file.
        label: the place of the label column; by default where the header says "label", else the first.
        pixels: number of pixel columns.

    Raises:
        DataError: the file is missing, has no labels, or a row that is not such numbers.
    """
    X, y = read_table(Path(path), label, pixels)
    if y is None:
        raise DataError(
            f"{Path(path).name}: must have a label column; got {pixels} columns. Are these images to predict?"
        )
    return Dataset(X, y)


def read_table(path: Path, label: Label | None = None, pixels: int = PIXELS) -> tuple[Array, Array | None]:
    """X, pixels×m, and y or None where there are no labels."""
    text = _decode(path)
    first = text.partition("\n")[0]
    header = [name.strip().strip('"').lower() for name in first.split(",")]
    has_header = re.search(r"[a-z]", first, re.IGNORECASE) is not None
    table = _numbers(path.name, text, skip=int(has_header))
    place = label or _place(header if has_header else None, table.shape[1], pixels)
    columns = pixels + (place != "none")
    if table.shape[1] != columns:
        raise DataError(
            f"{path.name}: rows must have {columns} columns, {pixels} pixels{' and a label' * (place != 'none')}; "
            f"got {table.shape[1]}."
        )
    if place == "none":
        return table.T, None
    return (table[:, 1:].T, table[:, 0]) if place == "first" else (table[:, :-1].T, table[:, -1])


def _decode(path: Path) -> str:
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name}: must be text; got bytes that are not. Is this a CSV file?") from error
    if not text.strip():
        raise DataError(f"{path.name}: must have at least one row; got an empty file.")
    return text


def _place(header: list[str] | None, columns: int, pixels: int) -> Label:
    if header and "label" in (header[0], header[-1]):
        return "first" if header[0] == "label" else "last"
    return "none" if columns == pixels else "first"


def _numbers(name: str, text: str, skip: int) -> Array:
    if skip and not text.partition("\n")[2].strip():
        raise DataError(f"{name}: must have at least one row; got only a header.")
    try:
        return np.loadtxt(io.StringIO(text), np.uint8, delimiter=",", skiprows=skip, comments=None, ndmin=2)
    except (ValueError, OverflowError) as error:
        raise DataError(
            f"{name}: must hold whole numbers 0..255, equally many in each row; got {_reason(str(error), skip)}."
        ) from error


def _reason(error: str, skip: int) -> str:
    """NumPy's reason, with the line as an editor counts it; NumPy counts from 0 in one message, from 1 in the other."""
    value = re.search(r"could not convert string '(.*)' to uint8 at row (\d+), column (\d+)", error)
    if value:
        what = repr(value[1]) if value[1].strip() else "a blank"
        return f"{what} in line {int(value[2]) + 1 + skip}, column {value[3]}"
    ragged = re.search(r"changed from (\d+) to (\d+) at row (\d+)", error)
    if ragged:
        return f"{ragged[2]} instead of {ragged[1]} in line {int(ragged[3]) + skip}"
    return error.splitlines()[0].rstrip(".")
