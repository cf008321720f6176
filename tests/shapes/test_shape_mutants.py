"""Thirty shape bugs, and the wrong formulas of the notes: who catches which. The table is that of the guide."""

import pytest

from tests.mutants.bugs import BUGS, SLIPS, Mutant
from tests.mutants.judges import COLUMNS, PYREFLY
from tests.mutants.table import Row, judged, tables
from tests.mutants.variants import LITERAL, NAMED, Variant
from tests.places import ROOT

VARIANTS = [LITERAL, NAMED]


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda variant: variant.name)
def rows(request: pytest.FixtureRequest) -> dict[Mutant | None, Row]:
    variant: Variant = request.param
    return judged(variant)


def caught(rows: dict[Mutant | None, Row], column: str) -> set[str]:
    return {bug.name for bug in BUGS if rows[bug][column].said}


def test_nobody_complains_of_the_right_text(rows: dict[Mutant | None, Row]) -> None:
    assert not any(verdict.said for verdict in rows[None].values()), rows[None]


def test_every_bug_is_caught_by_somebody(rows: dict[Mutant | None, Row]) -> None:
    for mutant in (*BUGS, *SLIPS):
        assert any(rows[mutant][column].said for column in ("run time", "proof", "gradient check")), mutant


def test_proofs_catch_all_but_the_two_that_are_no_shapes(rows: dict[Mutant | None, Row]) -> None:
    missed = {bug.name for bug in BUGS} - caught(rows, "proof")
    assert missed == {"m from axis 0", "Z1 and A1 swapped in Cache"}
    assert all(rows[bug]["proof"].own for bug in BUGS if rows[bug]["proof"].said)


def test_the_table_of_the_guide_is_this_one() -> None:
    guide = (ROOT / "nnfunc" / "guide" / "proofs.md").read_text().splitlines()
    shown = {line.split("|")[1]: line.split("|") for line in guide if line.startswith("| ")}
    place = 2 + COLUMNS.index("pyrefly")
    for line in tables().splitlines()[2:]:
        cells = line.split("|")
        if not PYREFLY:
            cells[place] = shown[cells[1]][place]
        assert cells == shown[cells[1]]
