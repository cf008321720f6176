"""`nnfunc prove` on a user's file of ten experiments, and on the same file with one bug in each of them."""

import json
import re
import shutil
from pathlib import Path

import pytest

import nnfunc as nn
from nnfunc.shapes.proofs_in_file import proofs_of

pytest.importorskip("tyro")
from nnfunc.cli.main import main
from tests.places import TESTS

TEN = TESTS / "experiments" / "ten.py"

BUGS = [
    # function, right, wrong, what is said
    ("dense", "W @ X + b", "W @ X + b.T", "dense, line 17: W @ X + b.T must combine axes that are equal or 1; m is not n_out; got (n_out×m)(1×n_out). Transpose one of them?"),
    ("attention", '"dn,dm->nm", K, Q', '"dn,dm->mn", K, Q', 'attention, line 27: np.einsum("hn,nm->hm", V, weights) must give the axis n one size; n is not m; got (h×n)(m×n).'),
    ("dropout", "(A.shape[0], A.shape[1])", "(A.shape[1], A.shape[0])", "dropout, line 35: np.where(kept, A / np.float32(keep), 0) must combine axes that are equal or 1; m is not n; got (m×n)(n×m). Transpose one of them?"),
    ("halves", "X[:, half:]", "X[half:]", "halves, line 42: W @ X[half:] must multiply rows by columns of the same size; n is not n-min(n, ⌊m/2⌋); got (k×n)((n-min(n, ⌊m/2⌋))×m)."),
    ("bias_as_column", "[X, ones]", "[X, ones.T]", "bias_as_column, line 50: np.concatenate([X, ones.T]) must agree in all axes but axis 0; got (n×m)(m×1)."),
    ("standardized", "X.mean(axis=1, keepdims=True)", "X.mean(axis=1)", "standardized, line 58: X - mean must combine axes that are equal or 1; m is not n; got (n×m)(n). Keep the axis of n with keepdims=True?"),
    ("pooled", "return X.T", "return X", "pooled: its result must be Float 196×m; got (m×196, float32). Return its .T?"),
    ("top_two", "axis=0)\n    return order", "axis=1)\n    return order.T", "top_two: its result must be Int 2×m; got (2×c, int64). Is an axis reduced, lost or swapped in it?"),
    ("picked", "A.shape[1]", "A.shape[0]", "picked, line 80: A[y, np.arange(A.shape[0])] must combine axes that are equal or 1; m is not c; got (m)(c)."),
    ("momentum", "dZ @ X.T", "dZ.T @ X", "momentum, line 96: dZ.T @ X must multiply rows by columns of the same size; k is not n; got (m×k)(n×m). Write X @ dZ.T?"),
]  # fmt: skip


def test_ten_experiments_are_proved(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", str(TEN)]) == 0
    printed = capsys.readouterr().out
    assert "10 of 10 proved" in printed
    assert [proof.function for proof in proofs_of(TEN)] == [function for function, *_ in BUGS]


def test_one_bug_in_each_gives_ten_useful_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TEN.read_text()
    for function, right, wrong, _ in BUGS:
        start = text.index(f"def {function}(")
        assert right in text[start:], function
        text = text[:start] + text[start:].replace(right, wrong, 1)
    file = tmp_path / "wrong.py"
    file.write_text(text)
    assert main(["prove", str(file)]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(f"{file}:")]
    assert [line.partition(": ")[2] for line in lines] == [said for *_, said in BUGS]
    for line, (function, *_) in zip(lines, BUGS, strict=True):
        number = int(line.removeprefix(f"{file}:").partition(":")[0])
        before = "\n".join(text.splitlines()[: number + 1])  # a decorator's line is the one above
        assert re.findall(r"^def (\w+)", before, re.MULTILINE)[-1] == function


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", str(TEN), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["proved"], facts["of"]) == (10, 10)
    assert facts["proofs"][0] == {
        "function": "dense",
        "shapes": "W n_out×n_in, b n_out×1, X n_in×m → n_out×m",
        "line": 12,
        "status": "proved",
        "problem": "",
    }


HEAD = """
import numpy as np
from jaxtyping import Float, jaxtyped
from beartype import beartype
import nnfunc as nn
from nnfunc import Array
"""

LOGITS = """
@nn.checked
def logits(params: nn.Params, X: Float[Array, "784 m"]) -> Float[Array, "10 m"]:
    return nn.forward(params, X).layers[-1].Z
"""


def problems(tmp_path: Path, body: str) -> list[str]:
    file = tmp_path / "experiment.py"
    file.write_text(HEAD + body)
    return [proof.problem for proof in proofs_of(file)]


def test_a_network_is_given_by_a_call_in_the_file(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, LOGITS)
    assert re.match(r"logits: params.layers must be passed, because its annotation does not say what to pass", problem)
    given = "nn.prove(logits, nn.symbolic_params('784 h 10'), nn.symbolic('784 m'), each=('m',))\n"
    assert problems(tmp_path, LOGITS + given) == [""]
    (problem,) = problems(tmp_path, LOGITS + given.replace("784 h 10", "784 h 11"))
    assert (
        problem
        == "logits: its result must be Float 10×m; got (11×m, float32). Is an axis reduced, lost or swapped in it?"
    )


def test_functions_with_other_decorators_are_proved_too(tmp_path: Path) -> None:
    wrong = """
@jaxtyped(typechecker=beartype)
def f(X: Float[Array, "n m"]) -> Float[Array, "m n"]:
    return X
"""
    (problem,) = problems(tmp_path, wrong)
    assert problem == "f: its result must be Float m×n; got (n×m, float32). Return its .T?"


def test_whatever_a_function_raises_is_its_problem_alone(tmp_path: Path) -> None:
    body = """
@nn.checked
def f(X: Float[Array, "n m"]) -> Float[Array, "n m"]:
    raise KeyError("weights")

@nn.checked
def g(X: Float[Array, "n m"]) -> Float[Array, "n m"]:
    return X
"""
    assert problems(tmp_path, body) == ["KeyError: 'weights'", ""]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("x = 1 / 0\n", "it must run without an error; got in line 7 ZeroDivisionError: division by zero."),
        ("x = (\n", "it must run without an error; got SyntaxError"),
        ("x = 1\n", "it must have functions under @nn.checked, at module level; got none."),
    ],
)
def test_files_that_cannot_be_proved(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(nn.DataError, match=re.escape(said)):
        problems(tmp_path, body)


def test_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", str(tmp_path / "none.py")]) == 2
    assert "it must be a Python file; got no such file" in capsys.readouterr().err


def test_the_file_may_import_its_neighbours(tmp_path: Path) -> None:
    shutil.copy(TEN, tmp_path / "neighbour.py")
    assert problems(
        tmp_path,
        "from neighbour import dense\n"
        + LOGITS.replace("params: nn.Params, ", "").replace("nn.forward(params, X).layers[-1].Z", "X[:10]"),
    ) == [""]
