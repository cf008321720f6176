"""What all commands share."""

import json
from dataclasses import dataclass
from typing import Any

from rich.console import Console, RenderableType

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command: its fields are its options."""

    json: bool = False
    """Print JSON, one object per line, instead of text."""
    debug: bool = False
    """Show where an error came from."""

    def run(self) -> None:
        """Do it."""
        raise NotImplementedError

    def say(self, text: RenderableType, **facts: Any) -> None:
        """Print the text to a person, or the facts to a program; what JSON has not, NaN, is null."""
        if self.json:
            print(json.dumps({name: None if fact != fact else fact for name, fact in facts.items()}), flush=True)
        else:
            out.print(text)
