"""The bodies of `nnfunc.notes` under annotations in which hidden nodes and classes have different names, h and c."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import notes

TEXT = Path(notes.__file__).read_text()

SHAPES = {
    "W1": "h n", "b1": "h 1", "W2": "c h", "b2": "c 1", "A0": "n m", "Z1": "h m", "A1": "h m", "Z2": "c m", "A2": "c m",
    "X": "n m", "Y": "c m", "dW1": "h n", "db1": "h 1", "dW2": "c h", "db2": "c 1",
}  # fmt: skip


def made(text: str) -> Any:
    module = ModuleType("notes_under_test")
    sys.modules[module.__name__] = module
    exec(compile(text, "notes_under_test.py", "exec"), module.__dict__)
    return module


def by_name(text: str) -> str:
    """The text with names for its dimensions; nothing else is changed."""
    return re.sub(
        r'(\w+): Float\[Array, "[^"]*"\]', lambda found: f'{found[1]}: Float[Array, "{SHAPES[found[1]]}"]', text
    )


def prove(module: Any) -> None:
    nn.prove(module.forward, each=("m",))
    nn.prove(module.backward)
    nn.prove(module.update)


def run(module: Any) -> None:
    params = module.init()
    X, Y = np.random.default_rng(0).random((784, 4), np.float32), nn.one_hot(np.array([1, 2, 3, 3]))
    module.update(params, module.backward(params, module.forward(params, X), Y), 0.1)


def test_only_the_annotations_differ() -> None:
    without = re.compile(r"Float\[.*?\]")
    assert without.sub("", by_name(TEXT)) == without.sub("", TEXT)
    assert by_name(TEXT).count('"c h"') == 2


@pytest.mark.parametrize("text", [TEXT, by_name(TEXT)], ids=["literal", "by name"])
def test_they_are_proved(text: str) -> None:
    prove(made(text))


SLIPS: list[tuple[str, str, str]] = [
    ("params.W2.T @ dZ2", "params.W2 @ dZ2", "must multiply rows by columns of the same size; h is not c"),
    ("dZ2 @ cache.A1.T", "dZ2 @ cache.A2.T", "Grads: dW2 must be Float c×h; got dW2"),
    ("dZ1.sum(axis=1", "dZ2.sum(axis=1", "Grads: db1 must be Float h×1; got db1"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), SLIPS, ids=[wrong for _, wrong, _ in SLIPS])
def test_slips_that_no_literal_size_shows(right: str, wrong: str, said: str) -> None:
    """W[2] for W[2]ᵀ; the notes' dW[2] with A[2]ᵀ (000); their db[1] of the second layer (002)."""
    assert TEXT.count(right) == 1
    text = TEXT.replace(right, wrong)
    prove(made(text))
    run(made(text))
    with pytest.raises(nn.ShapeError, match=said):
        prove(made(by_name(text)))
