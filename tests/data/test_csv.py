"""Tables in CSV: all their forms, and each fault with its place."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

import nnfunc as nn
from nnfunc.data.table import Label, read_table
from tests.data.files import CSV_FAULTS, HEADER, PIXELS, csv, message_of, write

LABEL_FIRST = (f"3,{PIXELS}", f"9,{PIXELS}")
LABEL_LAST = (f"{PIXELS},3", f"{PIXELS},9")
PIXEL_NAMES = HEADER.removeprefix("label,")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(csv(*LABEL_FIRST), id="no header"),
        pytest.param(csv(*LABEL_FIRST)[:-1], id="no newline at the end"),
        pytest.param(csv(HEADER, *LABEL_FIRST), id="Kaggle"),
        pytest.param(csv(f"{PIXEL_NAMES},Label", *LABEL_LAST), id="label last"),
        pytest.param(csv(*LABEL_FIRST).replace("\n", "\r\n"), id="CRLF"),
        pytest.param(csv(HEADER, *LABEL_FIRST).replace("\n", "\r"), id="CR"),
        pytest.param(csv("", HEADER, "", LABEL_FIRST[0], "", LABEL_FIRST[1], "", ""), id="blank lines"),
        pytest.param("\ufeff" + csv(HEADER, *LABEL_FIRST), id="BOM"),
        pytest.param(csv(HEADER, *LABEL_FIRST).replace(",", ", "), id="spaces"),
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_csv_in_all_its_forms(tmp_path: Path, name: str, content: str) -> None:
    path = write(tmp_path / name, gzip.compress(content.encode()) if name.endswith(".gz") else content)
    data = nn.read_csv(path)
    assert data.X.shape == (784, 2)
    assert (data.X == 7).all()
    assert data.y.tolist() == [3, 9]


@pytest.mark.parametrize(("label", "rows"), [("first", LABEL_FIRST), ("last", LABEL_LAST)])
def test_the_place_of_the_label_can_be_told(tmp_path: Path, label: Label, rows: tuple[str, ...]) -> None:
    assert nn.read_csv(write(tmp_path / "x.csv", csv(*rows)), label=label).y.tolist() == [3, 9]


def test_pixels_without_labels(tmp_path: Path) -> None:
    path = write(tmp_path / "test.csv", csv(PIXEL_NAMES, PIXELS, PIXELS, PIXELS))
    X, y = read_table(path)
    assert X.shape == (784, 3)
    assert y is None
    assert message_of(lambda: nn.read_csv(path)) == (
        "test.csv: must have a label column; got 784 columns. Are these images to predict?"
    )


@pytest.mark.parametrize(("content", "message"), CSV_FAULTS)
def test_a_csv_fault_is_named_with_its_place(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = write(tmp_path / "x.csv", content)
    assert message_of(lambda: nn.read_csv(path)) == f"x.csv: {message}"


def test_csv_takes_memory_for_what_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", csv(*LABEL_FIRST))
    tracemalloc.start()
    try:
        nn.read_csv(path)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
