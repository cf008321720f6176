"""Everything in the README that can be run is run."""

import importlib.util
import linecache
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.data.mnist import EMBEDDED
from tests.places import ROOT

README = (ROOT / "README.md").read_text()
EXTRAS = {
    "dask": "distributed",
    "nnfunc.sklearn": "sklearn",
    "safetensors": "safetensors",
    "onnx": "onnx",
    "nnfunc plot": "matplotlib",
}
"""What a block or command needs, by a word in it."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files that the README's commands name."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EMBEDDED, "mnist")
    _, test = nn.load_mnist()
    header = ",".join(f"pixel{i}" for i in range(784))
    shutil.copy(ROOT / "tests" / "experiments" / "ten.py", "experiments.py")
    np.savetxt("test.csv", test.X[:, :20].T, fmt="%d", delimiter=",", header=header, comments="")
    return tmp_path


@pytest.mark.filterwarnings("ignore:Maximum iterations")
def test_the_python_blocks_run_in_their_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scope: dict[str, object] = {}
    for i, block in enumerate(blocks("python")):
        if any(word in block and not importlib.util.find_spec(library) for word, library in EXTRAS.items()):
            continue
        name = f"README.md, block {i}"
        linecache.cache[name] = len(block), None, block.splitlines(keepends=True), name  # proofs quote the source
        exec(compile(block, name, "exec"), scope)
    printed = capsys.readouterr().out
    said = [line.removesuffix(" …") for line in re.findall(r"# (\w+: .* must be .*)$", README, re.MULTILINE)]
    assert len(said) == 2
    begun = re.findall(r"# (\w+, line \d+: .*) …$", README, re.MULTILINE)
    assert len(begun) == 2
    proofs = re.findall(r"^(?:hidden_error|dW2)\b.*: .*$", README, re.MULTILINE)
    assert len(set(proofs)) == 2
    for sentence in (*said, *begun, *proofs):
        assert sentence in printed
    assert "\nTrue\n" in printed, "the notes' update is the network's, bit for bit"


def test_the_commands_run_in_their_order(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tyro")
    images = pytest.importorskip("PIL.Image")
    from nnfunc.cli.main import main

    monkeypatch.setattr("webbrowser.open", bool)
    images.fromarray(nn.load_mnist()[1].X[:, 0].reshape(28, 28)).save("digit.png")
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("nnfunc ")]
    assert len(lines) >= 8
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        if words[0] == "data":  # downloads; test_download.py has it, from a server of its own
            continue
        if any(name in line and not importlib.util.find_spec(library) for name, library in EXTRAS.items()):
            continue
        assert main(words) == 0, line
    assert (folder / "submission.csv").read_text().startswith("ImageId,Label\n1,")
    printed = capsys.readouterr().out
    assert "of the 3s: precision" in printed


def test_the_example_error_is_the_one_that_is_raised() -> None:
    (said,) = re.findall(r"^forward: .*$", README, re.MULTILINE)
    with pytest.raises(nn.ShapeError) as caught:
        nn.forward(nn.init((784, 10, 10)), np.zeros((60000, 784), np.float32))
    assert str(caught.value) == said


def test_every_error_class_is_in_the_table() -> None:
    errors = {name for name, kind in vars(nn).items() if isinstance(kind, type) and issubclass(kind, nn.NnfuncError)}
    assert errors <= set(re.findall(r"nn\.(\w+Error)", README))


def test_every_slip_named_is_a_test() -> None:
    slips = (ROOT / "tests" / "test_slips.py").read_text()
    named = re.findall(r"`((?:test_)?slip_\w+?_?)…?`", README)
    assert len(named) == 6
    for name in named:
        assert f"def {name}" in slips


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link
