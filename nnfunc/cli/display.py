"""The output of results: text and tables for a terminal, facts for a program."""

import math
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from nnfunc.cli.common import Command, err
from nnfunc.tiling.metrics import Evaluation, class_names
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.epochs.epochs import Epochs
from nnfunc.training.epochs.wrappers import Progress


def watched(epochs: Epochs, total: int, command: Command) -> Iterator[Epoch]:
    """Yield the epochs, and print a line for each, with a progress bar below on a terminal."""
    with_bar = err.is_terminal and not command.json
    for epoch in Progress(epochs, err) if with_bar else epochs:
        line = f"epoch {epoch.number}/{total}  {_figures(epoch)}"
        if with_bar:
            err.print(line)  # above the bar
        else:
            command.say(
                line,
                epoch=epoch.number,
                cost=epoch.cost,
                accuracy=epoch.accuracy,
                test_cost=epoch.validation_cost,
                test_accuracy=epoch.validation_accuracy,
            )
        yield epoch


def _figures(epoch: Epoch) -> str:
    others = (
        f"test cost {epoch.validation_cost:.4f}"
        if math.isnan(epoch.accuracy)
        else f"accuracy {epoch.accuracy:.2%}  test accuracy {epoch.validation_accuracy:.2%}"
    )
    return f"cost {epoch.cost:.4f}  {others}"


def quality(evaluation: Evaluation, digit: int | None) -> RenderableType:
    """Format the accuracy and cost, the confusion matrix, and precision and recall."""
    if not evaluation.confusion.size:
        return f"test cost {evaluation.cost:.4f}  (an output that is not a probability does not name classes)"
    m = int(evaluation.confusion.sum())
    title = f"test accuracy {evaluation.accuracy:.2%}  cost {evaluation.cost:.4f}  ({m} images)"
    return Group(
        Text(title, style="bold"),
        "confusion matrix: rows are true, columns predicted",
        _confusion_table(evaluation, class_names(len(evaluation.confusion), digit)),
        *(
            []
            if digit is None
            else [f"of the {digit}s: precision {evaluation.precision[1]:.2%}  recall {evaluation.recall[1]:.2%}"]
        ),
    )


def _confusion_table(evaluation: Evaluation, names: list[str]) -> Table:
    table = Table(
        Column("", style="bold"),
        *(Column(name, justify="right") for name in names),
        Column("recall", justify="right", style="dim"),
    )
    for i, (name, row) in enumerate(zip(names, evaluation.confusion, strict=True)):
        cells = [
            Text(str(count) if count else "·", style="green" if i == j else "" if count else "dim")
            for j, count in enumerate(row)
        ]
        table.add_row(name, *cells, f"{evaluation.recall[i]:.1%}")
    return table


def quality_facts(evaluation: Evaluation, digit: int | None) -> dict[str, Any]:
    """Return the same for a program."""
    has_digit = digit is not None and evaluation.confusion.size
    shares = {"precision": evaluation.precision, "recall": evaluation.recall} if has_digit else {}
    return {
        "test_cost": evaluation.cost,
        "test_accuracy": evaluation.accuracy,
        "confusion": evaluation.confusion.tolist(),
        **{name: float(share[1]) for name, share in shares.items()},
    }
