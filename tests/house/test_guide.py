"""All that can be run in the guide is run: each page alone, from its top to its bottom."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.data.mnist import EMBEDDED
from tests.house.pages import GUIDE, blocks, matches
from tests.places import ROOT

RUNNING = [page for page in sorted(GUIDE.glob("*.md")) if page.stem != "changes"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files that the commands name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", bool)
    shutil.copytree(EMBEDDED, "mnist")
    shutil.copy(ROOT / "tests" / "experiments" / "ten.py", "experiments.py")
    _, test = nn.load_mnist()
    header = ",".join(f"pixel{i}" for i in range(784))
    np.savetxt("test.csv", test.X[:, :20].T, fmt="%d", delimiter=",", header=header, comments="")
    if images := pytest.importorskip("PIL.Image", reason="Pillow is not installed"):
        images.fromarray(test.X[:, 0].reshape(28, 28)).save("digit.png")
    return tmp_path


@pytest.mark.filterwarnings("ignore:Maximum iterations")
@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.stem)
def test_a_page_runs_alone(page: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tyro")
    from nnfunc.cli.main import main

    scope: dict[str, object] = {}
    for block in blocks(page):
        where = f"{page.name}, line {block.line}"
        if not block.can_run:
            continue
        if block.language == "python":
            block.run(scope, where)
        elif block.language == "sh":
            for words in block.commands():
                if words[0] != "data":  # downloads
                    assert main(words) == 0, f"{where}: nnfunc {' '.join(words)}"
        else:
            continue
        printed = capsys.readouterr().out
        assert matches(printed, block.output), f"{where}: {printed}"


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.stem)
def test_a_page_begins_with_its_imports(page: Path) -> None:
    first = next((block for block in blocks(page) if block.language == "python"), None)
    assert first is None or first.text.startswith(("import ", "from "))
