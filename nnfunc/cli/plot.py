"""`nnfunc plot`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import Positional, arg

from nnfunc import evaluate, learning_rate_range, plots
from nnfunc.cli.common import Command
from nnfunc.cli.pictures import check_picture, save_picture
from nnfunc.cli.run import Run, read_run
from nnfunc.metrics import class_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind = Literal["cost", "accuracy", "confusion", "weights", "mistakes", "activations", "rates"]


@dataclass(frozen=True, kw_only=True)
class Plot(Command):
    """Draw what a run shows (extra "plot"); "rates" is a new learning-rate range test of its network."""

    run_folder: Annotated[Positional[Path], arg(metavar="RUN")]
    """Folder of a run."""
    kind: Positional[Kind]
    """What to draw."""
    out: Annotated[Path, arg(metavar="FILE", help_behavior_hint="")]
    """Picture to write: .png, .svg or .pdf."""
    data: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: where the run had them)")] = None
    """Where the data are now."""

    def run(self) -> None:
        """Draw."""
        check_picture(self.out)
        run = read_run(self.run_folder, self.data)
        draw: dict[Kind, Callable[[], Axes]] = {
            "cost": lambda: plots.costs(run.history),
            "accuracy": lambda: plots.accuracies(run.history),
            "confusion": lambda: _confusion(run),
            "weights": lambda: plots.weights(run.params),
            "mistakes": lambda: plots.mistakes(run.params, run.test),
            "activations": lambda: plots.activations(run.params, run.test.X),
            "rates": lambda: _rates(run),
        }
        save_picture(self.out, draw[self.kind]())
        self.say(f"drawn in {self.out}", plot=str(self.out))


def _confusion(run: Run) -> "Axes":
    evaluation = evaluate(run.params, run.test)
    return plots.confusion(evaluation, names=class_names(len(evaluation.confusion), run.digit))


def _rates(run: Run) -> "Axes":
    training, _, start = run.data
    batch = run.steps.batch_size or training.m
    found = learning_rate_range(start, training, batch=batch, optimizer=run.steps.optimizer, seed=run.steps.seed)
    return plots.rate_range(found)
