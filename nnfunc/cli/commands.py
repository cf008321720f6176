"""All commands by name, and the parser of their arguments."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias, cast

import tyro

from nnfunc.cli import data, evaluate, explain, export, lr_range, plot, predict, prove, report, train
from nnfunc.cli.common import Command
from nnfunc.cli.settings import groups_of
from nnfunc.files.runs import SETTINGS

Commands: TypeAlias = (
    Annotated[train.TrainCommand, tyro.conf.subcommand("train", prefix_name=False)]
    | Annotated[lr_range.LrRangeCommand, tyro.conf.subcommand("lr-range", prefix_name=False)]
    | Annotated[evaluate.EvaluateCommand, tyro.conf.subcommand("evaluate", prefix_name=False)]
    | Annotated[predict.PredictCommand, tyro.conf.subcommand("predict", prefix_name=False)]
    | Annotated[explain.ExplainCommand, tyro.conf.subcommand("explain", prefix_name=False)]
    | Annotated[plot.PlotCommand, tyro.conf.subcommand("plot", prefix_name=False)]
    | Annotated[report.ReportCommand, tyro.conf.subcommand("report", prefix_name=False)]
    | Annotated[export.ExportCommand, tyro.conf.subcommand("export", prefix_name=False)]
    | Annotated[prove.ProveCommand, tyro.conf.subcommand("prove", prefix_name=False)]
    | Annotated[data.DataCommand, tyro.conf.subcommand("data", prefix_name=False)]
)


def parse(arguments: Sequence[str]) -> Command:
    """Return the command that the arguments describe; if it is missing or wrong, print help and exit with code 2.

    Raises:
        SettingError: the file that `--config` names does not hold settings.
    """
    command: Command = tyro.cli(
        cast("Any", Commands),
        default=_default(list(arguments)),
        prog="nnfunc",
        description="The multi-layer perceptron as it is derived on paper, every dimension checked.",
        args=list(arguments),
        config=(tyro.conf.FlagCreatePairsOff,),
    )
    return command


def _default(arguments: list[str]) -> Any:
    """Return the options with which `train --config FILE` and `train --resume FOLDER` begin."""
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        option, _, path = argument.partition("=")
        if arguments[0] == "train" and option in ("--config", "--resume"):
            where = Path(path or following)
            network, steps, generalisation, result = groups_of(where / SETTINGS if option == "--resume" else where)
            if option == "--resume":
                result = dataclasses.replace(result, run_folder=where)
            elif not any(other.partition("=")[0] == "--run" for other in arguments):
                result = dataclasses.replace(result, checkpoint_steps=None)  # there is no folder for checkpoints
            return train.TrainCommand(network=network, steps=steps, generalisation=generalisation, result=result)
    return tyro.MISSING_NONPROP
