"""The base classes of all commands, and the terminal to which they print."""

import json
import os
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from rich.console import Console, RenderableType
from tyro.conf import Positional, arg


class Terminal(Console):
    """A console that leaves a broken pipe to `main`."""

    def on_broken_pipe(self) -> None:
        """Raise the error again; rich would end the program with exit code 1."""
        raise BrokenPipeError


# both print paths unchanged
out = Terminal(highlight=False, markup=False, emoji=False)
err = Terminal(stderr=True, highlight=False, markup=False, emoji=False)


@dataclass(frozen=True, kw_only=True)
class Command(ABC):
    """A command: its fields are its options."""

    json: bool = False
    """Print JSON, one object per line."""
    debug: bool = False
    """Show the traceback of an error."""

    @abstractmethod
    def run(self) -> int | None:
        """Run the command, and return the exit code, or None for 0."""

    def say(self, *texts: RenderableType, **facts: Any) -> None:
        """Print the texts for a person, or the facts as JSON for a program; NaN, which JSON lacks, becomes null."""
        try:
            if self.json:
                print(json.dumps({name: None if fact != fact else fact for name, fact in facts.items()}), flush=True)
            else:
                for text in texts:
                    out.print(text, soft_wrap=isinstance(text, str))
        except BrokenPipeError:  # the reader is gone, but there may be work to finish
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@dataclass(frozen=True, kw_only=True)
class ModelCommand(Command):
    """A command that takes a model."""

    model: Annotated[Positional[Path], arg(metavar="MODEL")]
    """File saved by "nnfunc train", or the folder of a run."""
