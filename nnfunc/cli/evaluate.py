"""The command `nnfunc evaluate`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from nnfunc.cli.common import ModelCommand
from nnfunc.cli.display import quality, quality_facts
from nnfunc.cli.source import for_digit, read_model, test_part
from nnfunc.tiling.evaluation import evaluate


@dataclass(frozen=True, kw_only=True)
class EvaluateCommand(ModelCommand):
    """Evaluate a model on labelled data."""

    data: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: the embedded test images)")] = None
    """Folder of IDX or .npy files (its test part), .csv or .npz."""

    def run(self) -> None:
        """Evaluate, and print the result."""
        params, digit = read_model(self.model)
        evaluation = evaluate(params, for_digit(test_part(self.data, params.sizes[0]), digit))
        self.say(quality(evaluation, digit), **quality_facts(evaluation, digit))
