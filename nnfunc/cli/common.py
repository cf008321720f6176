"""What all commands share."""

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
    """A console that leaves a reader that went away to `main`."""

    def on_broken_pipe(self) -> None:
        """Raise the error again; rich would end the program with exit code 1."""
        raise BrokenPipeError


# both print paths as they are
out = Terminal(highlight=False, markup=False, emoji=False)
err = Terminal(stderr=True, highlight=False, markup=False, emoji=False)


@dataclass(frozen=True, kw_only=True)
class Command(ABC):
    """A command: its fields are its options."""

    json: bool = False
    """Print JSON, one object per line."""
    debug: bool = False
    """Show where an error came from."""

    @abstractmethod
    def run(self) -> int | None:
        """Do it; the exit code, if it is not 0."""

    def say(self, *texts: RenderableType, **facts: Any) -> None:
        """Print the texts to a person, or the facts to a program; what JSON has not, NaN, is null."""
        try:
            if self.json:
                print(json.dumps({name: None if fact != fact else fact for name, fact in facts.items()}), flush=True)
            else:
                for text in texts:
                    out.print(text, soft_wrap=isinstance(text, str))
        except BrokenPipeError:  # nobody reads on, but there may be work to finish
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@dataclass(frozen=True, kw_only=True)
class ModelCommand(Command):
    """A command about a model."""

    model: Annotated[Positional[Path], arg(metavar="MODEL")]
    """File that "nnfunc train" saved, or the folder of a run."""
