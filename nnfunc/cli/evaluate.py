"""`nnfunc evaluate`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from nnfunc.cli.common import Command
from nnfunc.cli.display import quality, quality_facts
from nnfunc.cli.source import digit_of, for_digit, model_of, test_part
from nnfunc.evaluation import evaluate
from nnfunc.files import load_model


@dataclass(frozen=True, kw_only=True)
class Evaluate(Command):
    """Show how good a model is on data with labels."""

    model: Annotated[Positional[Path], arg(metavar="MODEL")]
    """File that "nnfunc train" saved, or the folder of a run."""
    data: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: the embedded test images)")] = None
    """Folder of IDX or .npy files (its test part), .csv or .npz."""

    def run(self) -> None:
        """Evaluate and show."""
        params, about = load_model(model_of(self.model))
        digit = digit_of(about)
        data = for_digit(test_part(self.data, params.sizes[0]), digit)
        evaluation = evaluate(params, data)
        self.say(quality(evaluation, digit), **quality_facts(evaluation, digit))
