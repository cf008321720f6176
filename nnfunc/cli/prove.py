"""The command `nnfunc prove`."""

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from rich.table import Table
from rich.text import Text
from tyro.conf import Positional, arg

from nnfunc.cli import DONE, FAILED
from nnfunc.cli.common import Command
from nnfunc.shapes.proofs_in_file import Proof, proofs_of

STYLES = {"proved": "green", "wrong": "red", "not followed": "yellow"}


@dataclass(frozen=True, kw_only=True)
class ProveCommand(Command):
    """Prove the shapes of a file: each nn.prove(f, …) that it calls, and each other function under @nn.checked."""

    file: Annotated[Positional[Path], arg(metavar="FILE.py")]
    """The file is run; put what should not run under if __name__ == "__main__"."""

    def run(self) -> int:
        """Prove, print the results, and return 1 if a proof failed."""
        with contextlib.redirect_stdout(sys.stderr):  # what the file prints is not a result
            proofs = proofs_of(self.file)
        proved = sum(proof.status == "proved" for proof in proofs)
        self.say(
            _table(proofs),
            *(f"{self.file}:{proof.line}: {proof.problem}" for proof in proofs if proof.problem),
            f"{proved} of {len(proofs)} proved",
            proved=proved,
            of=len(proofs),
            proofs=[proof._asdict() for proof in proofs],
        )
        return DONE if proved == len(proofs) else FAILED


def _table(proofs: list[Proof]) -> Table:
    table = Table("function", "shapes", "for sizes from 2 on")
    for proof in proofs:
        table.add_row(proof.function, proof.shapes, Text(proof.status, style=STYLES[proof.status]))
    return table
