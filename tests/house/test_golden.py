"""What must not change unnoticed: sentences, signatures, the notes' code, the length of the network's page.

Where one changes on purpose: `python -m tests.golden`, and say so in the guide's changes.
"""

import ast
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from nnfunc import network, notes
from tests.golden import FILES, GOLDEN, signatures


def difference(name: str, found: list[str]) -> list[str]:
    kept = (GOLDEN / name).read_text().splitlines()
    return [f"- {line}" for line in kept if line not in found] + [f"+ {line}" for line in found if line not in kept]


def test_every_sentence_is_known() -> None:
    assert difference("sentences.txt", FILES["sentences.txt"]()) == []


def test_every_public_signature_is_known() -> None:
    pytest.importorskip("sklearn")
    assert difference("signatures.txt", signatures()) == []


CODE: dict[Callable[..., Any], list[str]] = {
    notes.forward: [
        "A0 = X",
        "Z1 = params.W1 @ A0 + params.b1",
        "A1 = relu(Z1)",
        "Z2 = params.W2 @ A1 + params.b2",
        "A2 = softmax(Z2)",
        "return Cache(A0, Z1, A1, Z2, A2)",
    ],
    notes.backward: [
        "m = Y.shape[1]",
        "X = cache.A0",
        "dZ2 = cache.A2 - Y",
        "dW2 = dZ2 @ cache.A1.T / m",
        "db2 = dZ2.sum(axis=1, keepdims=True) / m",
        "dZ1 = params.W2.T @ dZ2 * relu_derivative(cache.Z1)",
        "dW1 = dZ1 @ X.T / m",
        "db1 = dZ1.sum(axis=1, keepdims=True) / m",
        "return Grads(dW1, db1, dW2, db2)",
    ],
    notes.update: [
        "return tree.replace(params, W1=params.W1 - α * grads.dW1, b1=params.b1 - α * grads.db1, "
        "W2=params.W2 - α * grads.dW2, b2=params.b2 - α * grads.db2)"
    ],
}


@pytest.mark.parametrize("f", CODE, ids=lambda f: f.__name__)
def test_the_notes_are_as_they_were_derived(f: Callable[..., Any]) -> None:
    (function,) = ast.parse(inspect.getsource(inspect.unwrap(f))).body
    assert isinstance(function, ast.FunctionDef)
    assert [ast.unparse(line) for line in function.body[1:]] == CODE[f]


def test_the_page_of_the_network_does_not_grow() -> None:
    source = inspect.getsource(network)
    assert len(source.splitlines()) <= 164
    assert sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(source))) <= 67
