"""The command `nnfunc explain`."""

from dataclasses import dataclass

from rich.console import Group
from rich.table import Table

from nnfunc.cli.common import ModelCommand
from nnfunc.cli.source import read_model
from nnfunc.model.equations import equations
from nnfunc.training.steps.descent import described

BATCH = 32
"""The number of samples of the step that is described."""


@dataclass(frozen=True, kw_only=True)
class ExplainCommand(ModelCommand):
    """Show the equations of a model, each with the dimensions of its matrices, and its number of parameters."""

    speed: bool = False
    """Also show whether training replays its steps in C or in Python, and why."""

    def run(self) -> None:
        """Print the table."""
        params, _ = read_model(self.model)
        table = Table(
            "step",
            "formula",
            "dimensions",
            title=f"{'-'.join(map(str, params.sizes))}, {params.dtype}; m samples, one per column",
            title_style="",
        )
        rows = list(equations(params))
        for i, row in enumerate(rows):
            table.add_row(*row, end_section=i + 1 < len(rows) and rows[i + 1].step != row.step)
        counts = " + ".join(f"({layer.W.size} + {layer.b.size})" for layer in params.layers)
        self.say(
            Group(table, f"parameters: {counts} = {params.size}"),
            sizes=params.sizes,
            parameters=params.size,
            equations=[row._asdict() for row in rows],
        )
        if self.speed:
            how = described(params, BATCH)
            self.say(f"a step on {BATCH} samples is replayed {how}", batch=BATCH, replayed=how)
