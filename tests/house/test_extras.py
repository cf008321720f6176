"""Each extra is named by the error where it is missing, and is what its users import."""

import importlib
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from tests.places import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FOR_DEVELOPERS = {"all", "dev", "bench", "site"}

DATA = nn.Dataset(np.ones((4, 3)), np.array([0, 1, 1]))
PARAMS = nn.init((4, 2), dtype=np.float64)


def train_by_lbfgs() -> object:
    return list(nn.train(PARAMS, DATA, learning_rate=1, optimizer="lbfgs", epochs=1))


def commands() -> object:
    from nnfunc.cli.main import main

    for name in [name for name in sys.modules if name.startswith("nnfunc.cli.") and name != "nnfunc.cli.main"]:
        del sys.modules[name]
    return main(["train"])


def sklearn() -> object:
    for name in [name for name in sys.modules if name.startswith("nnfunc.sklearn")]:
        del sys.modules[name]
    return importlib.import_module("nnfunc.sklearn")


def cluster() -> object:
    from nnfunc.cli.cluster import connected

    return connected("local").__enter__()


def plot() -> object:
    from nnfunc.plots import rate_range

    return rate_range(nn.RateRange(np.array([0.1]), np.array([1.0])))


def export() -> object:
    from nnfunc.export import to_onnx

    return to_onnx(PARAMS)


def tensors() -> object:
    from nnfunc.convert import read_safetensors

    return read_safetensors("x")


def download() -> object:
    from nnfunc.data.mnist import download_mnist

    return download_mnist(Path("nowhere"))


USES: dict[str, tuple[str, Callable[[], object]]] = {
    "cli": ("tyro", commands),
    "images": ("PIL", lambda: nn.read_images(ROOT / "tests" / "experiments")),
    "data": ("pooch", download),
    "dask": ("distributed", cluster),
    "scipy": ("scipy", train_by_lbfgs),
    "plot": ("matplotlib.figure", plot),
    "tensorboard": ("tensorboardX", lambda: nn.TensorBoard(iter([]), "x")),
    "safetensors": ("safetensors", tensors),
    "sklearn": ("sklearn", sklearn),
    "onnx": ("onnx", export),
}
"""Of each extra what is imported, and a use of it."""


def test_all_extras_are_known() -> None:
    extras = set(PROJECT["optional-dependencies"])
    assert set(USES) == extras - FOR_DEVELOPERS
    (everything,) = PROJECT["optional-dependencies"]["all"]
    assert set(everything.removeprefix("nnfunc[").removesuffix("]").split(",")) == set(USES)


@pytest.mark.parametrize("extra", USES)
def test_the_error_names_the_extra(
    extra: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    library, use = USES[extra]
    if extra == "images":
        (tmp_path / "0").mkdir()
        (tmp_path / "0" / "1.png").write_bytes(b"")
        use = lambda: nn.read_images(tmp_path)  # noqa: E731
    if extra == "dask":
        pytest.importorskip("tyro")
    before = dict(sys.modules)
    for name in [library, *(name for name in sys.modules if name.startswith(f"{library}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    said = ""
    try:
        assert use() == 2  # as the command does
    except (nn.NnfuncError, ImportError) as error:
        said = str(error)
    finally:
        sys.modules.update({name: module for name, module in before.items() if name.startswith("nnfunc")})
    assert f"pip install 'nnfunc[{extra}]'" in said + capsys.readouterr().err
