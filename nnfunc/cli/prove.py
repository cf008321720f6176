"""`nnfunc prove`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from rich.table import Table
from rich.text import Text
from tyro.conf import Positional, arg

from nnfunc.cli import DONE, FAILED
from nnfunc.cli.common import Command
from nnfunc.symbols.experiments import Proof, proofs_of


@dataclass(frozen=True, kw_only=True)
class Prove(Command):
    """Prove the shapes of all functions under @nn.checked in a Python file, for every size that their axes may have."""

    file: Annotated[Positional[Path], arg(metavar="FILE.py")]
    """Python file; it is run, so keep what should not happen under if __name__ == "__main__"."""

    def run(self) -> int:
        """Prove and show; 1 if a proof failed."""
        proofs = proofs_of(self.file)
        proved = sum(not proof.problem for proof in proofs)
        problems = [f"{self.file}:{proof.line}: {proof.problem}" for proof in proofs if proof.problem]
        total = f"{proved} of {len(proofs)} functions proved"
        facts = [proof._asdict() for proof in proofs]
        self.say(_table(proofs), *problems, total, proved=proved, of=len(proofs), functions=facts)
        return DONE if proved == len(proofs) else FAILED


def _table(proofs: list[Proof]) -> Table:
    table = Table("function", "shapes", "for all sizes")
    for proof in proofs:
        said = Text("not proved", style="red") if proof.problem else Text("proved", style="green")
        table.add_row(proof.function, proof.signature, said)
    return table
