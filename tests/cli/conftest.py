"""Where the commands are run, and with which model."""

from pathlib import Path

import pytest

import nnfunc as nn

pytest.register_assert_rewrite("tests.cli.commands")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "here"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.npz"
    data, _ = nn.load_mnist()
    *_, epoch = nn.train(nn.init((784, 10, 10)), data, learning_rate=0.1, batch=64, epochs=1)
    nn.save(path, epoch.params)
    return path
