"""The README and the guide, as what they say and what they run."""

import importlib.util
import linecache
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.places import ROOT

GUIDE = ROOT / "nnfunc" / "guide"
PAGES = [ROOT / "README.md", *sorted(GUIDE.glob("*.md"))]

NEEDS = {
    "dask": "distributed",
    "nnfunc.sklearn": "sklearn",
    "safetensors": "safetensors",
    "onnx": "onnx",
    "import onnxruntime": "onnxruntime",
    "nnfunc.jax": "jax",
    "nnfunc plot": "matplotlib",
    "nnfunc.plots": "matplotlib",
    ".png": "PIL",
    "lbfgs": "scipy",
    "import torch": "torch",
    "import pandas": "pandas",
}
"""The library that a block needs, by a word in it."""


class Block(NamedTuple):
    """A fenced block: its language, its text, and the text block that follows it at once, its output."""

    language: str
    text: str
    output: str
    line: int

    @property
    def can_run(self) -> bool:
        """Whether the libraries that it needs are installed."""
        return all(importlib.util.find_spec(library) for word, library in NEEDS.items() if word in self.text)

    def commands(self) -> Iterator[list[str]]:
        """The arguments of each `nnfunc` command in a block of the shell."""
        for line in self.text.splitlines():
            if line.startswith("nnfunc "):
                yield shlex.split(line, comments=True)[1:]

    def run(self, scope: dict[str, object], name: str) -> None:
        """Run a block of Python; the lines of its source can be quoted."""
        linecache.cache[name] = len(self.text), None, self.text.splitlines(keepends=True), name
        exec(compile(self.text, name, "exec"), scope)


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text()
    found = list(re.finditer(r"^```(\w+)\n(.*?)^```\n", text, re.MULTILINE | re.DOTALL))
    made = list[Block]()
    for i, block in enumerate(found):
        following = found[i + 1] if i + 1 < len(found) else None
        is_output = following and following[1] == "text" and not text[block.end() : following.start()].strip()
        output = following[2] if following and is_output else ""
        made.append(Block(block[1], block[2], output, text.count("\n", 0, block.start()) + 2))
    return made


def matches(printed: str, shown: str) -> bool:
    """Whether the lines that are shown were printed in this order; … stands for anything."""
    pattern = ".*?".join(re.escape(part.strip(" ")) for part in re.split(r"\s*…\s*", shown.strip()))
    return re.search(pattern, printed, re.DOTALL) is not None
