"""The command `nnfunc plot`, and pictures in files."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from tyro.conf import Positional, arg

from nnfunc import plots
from nnfunc.base.errors import SettingError
from nnfunc.base.writing import check_writable, write_whole
from nnfunc.cli.common import Command
from nnfunc.cli.run_folder import Run, read_run
from nnfunc.tiling.evaluation import evaluate
from nnfunc.tiling.metrics import class_names
from nnfunc.training.rate_range import learning_rate_range
from nnfunc.training.steps.settings import OptimizerName

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURES = (".png", ".svg", ".pdf")

Kind = Literal["cost", "accuracy", "confusion", "weights", "mistakes", "activations", "rates"]


@dataclass(frozen=True, kw_only=True)
class PlotCommand(Command):
    """Plot the results of a run (extra "plot"); "rates" is a new learning rate range test of its network."""

    run_folder: Annotated[Positional[Path], arg(metavar="RUN")]
    """Folder of a run."""
    kind: Positional[Kind]
    """What to plot."""
    out: Annotated[Path, arg(metavar="FILE", help_behavior_hint="")]
    """Picture to write: .png, .svg or .pdf."""
    data: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: where the run had them)")] = None
    """Where the data are now."""

    def run(self) -> None:
        """Plot, and save the picture."""
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
        save_picture(self, self.out, draw[self.kind]())


def _confusion(run: Run) -> "Axes":
    evaluation = evaluate(run.params, run.test)
    return plots.confusion(evaluation, names=class_names(len(evaluation.confusion), run.digit))


def _rates(run: Run) -> "Axes":
    (training, _, start), how = run.data, run.steps
    batch = how.batch_size or training.m
    optimizer = cast("OptimizerName", how.optimizer)
    return plots.rate_range(learning_rate_range(start, training, batch=batch, optimizer=optimizer, seed=how.seed))


def check_picture(path: Path) -> None:
    """Raise unless a picture can be written to a path: called before the work of computing it.

    Raises:
        CheckpointError: it cannot be written.
        SettingError: its name does not end like that of a picture.
    """
    check_writable(path)
    if path.suffix not in PICTURES:
        raise SettingError(
            f"{path}: must be a picture, {', '.join(PICTURES)}; got another name. Name it {path.stem}.png?"
        )


def save_picture(command: Command, path: Path, axes: "Axes") -> None:
    """Write the figure of the axes, and print where.

    Raises:
        CheckpointError: it cannot be written.
    """
    picture = io.BytesIO()
    cast("Any", axes.figure).savefig(picture, format=path.suffix[1:], dpi=150)
    write_whole(path, picture.getvalue())
    command.say(f"drawn in {path}", plot=str(path))
