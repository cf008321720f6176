"""The README and the guide are true: their examples are what is printed, their tables are complete, their links lead on."""

import re
from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from tests.house.pages import GUIDE, PAGES, blocks, matches
from tests.places import ROOT, TESTS

README = ROOT / "README.md"


def test_the_readme_is_one_page() -> None:
    assert len(README.read_text().splitlines()) <= 160


def test_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    python = [block for block in blocks(README) if block.language == "python"]
    assert len(python) >= 2
    for block in python:
        block.run(scope, f"README.md, line {block.line}")
        assert matches(capsys.readouterr().out, block.output)


def test_the_example_error_is_the_one_that_is_raised() -> None:
    said, _ = re.findall(r"^forward: .*$", README.read_text(), re.MULTILINE)
    with pytest.raises(nn.ShapeError) as caught:
        nn.forward(nn.init((784, 10, 10)), np.zeros((60000, 784), np.float32))
    assert str(caught.value) == said


def test_the_example_of_a_proof_is_the_one_of_the_guide() -> None:
    (said,) = re.findall(r"^hidden_error, .*$", README.read_text(), re.MULTILINE)
    assert said in (GUIDE / "proofs.md").read_text()  # where it is run


def test_every_error_class_is_in_the_table() -> None:
    errors = {name for name, kind in vars(nn).items() if isinstance(kind, type) and issubclass(kind, nn.NnfuncError)}
    assert errors <= set(re.findall(r"nn\.(\w+Error)", (GUIDE / "errors.md").read_text()))


def test_every_slip_named_is_a_test() -> None:
    slips = (TESTS / "test_slips.py").read_text()
    named = re.findall(r"`((?:test_)?slip_\w+?_?)…?`", (GUIDE / "notes.md").read_text())
    assert len(named) == 6
    for name in named:
        assert f"def {name}" in slips


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(nnfunc/guide/([\w.]+)\)", README.read_text()))
    assert linked == {page.name for page in PAGES} - {"README.md"}


def test_the_table_of_who_catches_what_is_that_of_the_guide() -> None:
    rows = [line for line in README.read_text().splitlines() if re.match(r"\| \*\*784", line)]
    assert len(rows) == 4
    assert set(rows) <= set((GUIDE / "proofs.md").read_text().splitlines())
