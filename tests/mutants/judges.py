"""Five judges of a text of the network: NumPy alone, the checks at run time, a proof, pyrefly, the gradient check."""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

import nnfunc as nn
from nnfunc import Array
from nnfunc.model.differences import gradient_error
from tests.mutants.variants import FILE, Variant, line_of_bug, module, unchecked
from tests.places import ROOT

COLUMNS = ("NumPy alone", "run time", "proof", "pyrefly", "gradient check")
PYREFLY = os.environ.get("PYREFLY", "")
"""The folder that pyrefly and its stubs were installed into; without it nothing is known of that column."""


class Verdict(NamedTuple):
    """What a judge says of a text, empty if nothing; and whether it is his own sentence, or an error that came first."""

    said: str = ""
    own: bool = True

    @property
    def mark(self) -> str:
        """How it is shown in the table."""
        return ("✓" if self.own else "(✓)") if self.said else ""


def data(n: int, c: int) -> tuple[Array, Array, Array]:
    """X, Y and the labels of 7 samples, a number that is no other size."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, c, 7)
    return rng.random((n, 7)), np.eye(c)[:, y], y


def run(network: Any, variant: Variant) -> None:
    """Make the network and do its experiment on real arrays."""
    n, h, c = variant.sizes
    network.experiment(network.init(np.random.default_rng(0), n, h, c), *data(n, c), 0.1)


def prove(network: Any, variant: Variant) -> None:
    """Prove all of it; that samples are not mixed, of the forward pass and the prediction."""
    if "literal" in variant.name:
        network.init(np.random.default_rng(0), *variant.sizes)
    else:
        nn.prove(network.init)
    for f in (network.forward, network.predict):
        nn.prove(f, each=("m",))
    for f in (network.cost, network.backward, network.update, network.step, network.experiment):
        nn.prove(f)


def check_gradient(network: Any, variant: Variant) -> None:
    """Compare backward with central differences of the cost."""
    n, h, c = variant.sizes
    rng, (X, Y, _) = np.random.default_rng(0), data(n, c)
    arrays = (rng.normal(0, s, shape) for s, shape in ((0.05, (h, n)), (0.5, (h, 1)), (0.5, (c, h)), (0.5, (c, 1))))
    params = network.Params(*arrays)

    def J(params: Any) -> float:
        return float(network.cost(network.forward(params, X).A2, Y))

    grads = network.backward(params, network.forward(params, X), Y)
    for W, dW in (("W1", "dW1"), ("b1", "db1"), ("W2", "dW2"), ("b2", "db2")):
        assert getattr(params, W).shape == getattr(grads, dW).shape
    error = gradient_error(J, params, grads)
    assert error < 1e-4, f"the gradient is wrong by {error:.1e}"


def attempt(judge: Callable[[Any, Variant], None], text: str, variant: Variant, own: type[Exception]) -> Verdict:
    """What a judge raises; `own` are the errors that are his."""
    network = module(text)
    try:
        with np.errstate(all="ignore"):
            judge(network, variant)
    except Exception as error:
        return Verdict(f"{type(error).__name__}: {error}", isinstance(error, own))
    return Verdict()


def numpy_alone(text: str, variant: Variant) -> Verdict:
    """Whether NumPy stops the run; its own is only what it says at the line of the bug."""
    network, line = module(unchecked(text)), line_of_bug(variant.text, text)
    try:
        with np.errstate(all="ignore"):
            run(network, variant)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        innermost = next((frame.lineno for frame in reversed(frames) if frame.filename == FILE), None)
        return Verdict(f"{type(error).__name__}: {error}", innermost == line)
    return Verdict()


def verdicts(text: str, variant: Variant, complaint: str) -> dict[str, Verdict]:
    """What each judge says of a text; `complaint` is what pyrefly said."""
    return {
        "NumPy alone": numpy_alone(text, variant),
        "run time": attempt(run, text, variant, nn.ShapeError),
        "proof": attempt(prove, text, variant, nn.ShapeError),
        "pyrefly": Verdict(complaint),
        "gradient check": attempt(check_gradient, unchecked(text), variant, AssertionError),
    }


def complaints(texts: list[str], right: str) -> list[str]:
    """What pyrefly says of each text, in one run over all of them: its errors in the line of the bug."""
    if not PYREFLY:
        return ["" for _ in texts]
    with TemporaryDirectory() as folder:
        for i, text in enumerate(texts):
            (Path(folder) / f"text{i}.py").write_text(text)
        search = [str(ROOT / ".ci" / "pyrefly"), str(ROOT)]
        config = f"project-includes = ['*.py']\nsearch-path = {json.dumps(search)}\n"
        (Path(folder) / "pyrefly.toml").write_text(config)
        places = ["--site-package-path", PYREFLY, "--python-interpreter-path", sys.executable]
        command = [f"{PYREFLY}/bin/pyrefly", "check", "--output-format", "json", *places]
        report = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    found = ["" for _ in texts]
    for error in json.loads(report)["errors"]:
        i = int(Path(error["path"]).stem.removeprefix("text"))
        line = line_of_bug(right, texts[i])
        if line in (0, error["line"]):
            found[i] = f"line {error['line']}: {error['concise_description']}"
    return found
