"""The texts of the network: with names or with numbers for its dimensions, with a bug, without checks; run as modules."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tests.mutants.bugs import Mutant

FILE = "network_under_test.py"
_SHAPE = re.compile(r'(?<=\[Array, ")[^"]*(?=")')


class Variant(NamedTuple):
    """A text of the network, and the nodes of its input, hidden layer and output when it runs."""

    name: str
    text: str
    sizes: tuple[int, int, int]


def _literal(shape: re.Match[str]) -> str:
    sizes = {"n": "784", "h": "16", "c": "10"}
    return " ".join(sizes.get(axis, axis) for axis in shape[0].split(" "))


_NAMED = Path(__file__).with_name("network.py").read_text()
LITERAL = Variant("784-16-10, literal sizes", _SHAPE.sub(_literal, _NAMED), (784, 16, 10))
NAMED = Variant("784-10-10, named sizes", _NAMED, (784, 10, 10))


def mutated(text: str, mutant: Mutant | None) -> str:
    """The text with the bug; None is no bug."""
    if mutant is None:
        return text
    assert text.count(mutant.right) == 1, mutant
    return text.replace(mutant.right, mutant.wrong)


def unchecked(text: str) -> str:
    """The text for NumPy alone; its lines keep their numbers."""
    return re.sub(r"^@nn\.checked.*$", "", text, flags=re.MULTILINE)


def line_of_bug(right: str, wrong: str) -> int:
    """The number of the first line in which two texts differ; 0: none."""
    pairs = zip(right.splitlines(), wrong.splitlines(), strict=True)
    return next((number for number, (a, b) in enumerate(pairs, start=1) if a != b), 0)


def module(text: str) -> Any:
    """The text, run as a module."""
    made = ModuleType(FILE.removesuffix(".py"))
    sys.modules[made.__name__] = made
    exec(compile(text, FILE, "exec"), made.__dict__)
    return made
