"""The command `nnfunc data`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import Positional, arg

from nnfunc.cli.common import Command, err
from nnfunc.data.mnist import SHA256, download_mnist


@dataclass(frozen=True, kw_only=True)
class DataCommand(Command):
    """Download a data set, unless it exists already."""

    name: Positional[Literal["mnist"]]
    """All of MNIST: 60,000 training and 10,000 test images, 11 MB."""
    out: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: among the caches)")] = None
    """Folder for the files."""

    def run(self) -> None:
        """Download, and print the folder."""
        folder = download_mnist(self.out, progress=err.is_terminal and not self.json)
        self.say(
            f"{len(SHA256)} files in {folder}\ntrain on them: nnfunc train --data {folder}",
            folder=str(folder),
        )
