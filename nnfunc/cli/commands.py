"""All commands by name, and how arguments choose among them."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import tyro

from nnfunc.cli.common import Command
from nnfunc.cli.data import Data
from nnfunc.cli.evaluate import Evaluate
from nnfunc.cli.explain import Explain
from nnfunc.cli.export import Export
from nnfunc.cli.lr_range import LrRange
from nnfunc.cli.plot import Plot
from nnfunc.cli.predict import Predict
from nnfunc.cli.prove import Prove
from nnfunc.cli.report import Report
from nnfunc.cli.settings import groups_of
from nnfunc.cli.train import Train
from nnfunc.runs import SETTINGS

Commands: TypeAlias = (
    Annotated[Train, tyro.conf.subcommand("train", prefix_name=False)]
    | Annotated[LrRange, tyro.conf.subcommand("lr-range", prefix_name=False)]
    | Annotated[Evaluate, tyro.conf.subcommand("evaluate", prefix_name=False)]
    | Annotated[Predict, tyro.conf.subcommand("predict", prefix_name=False)]
    | Annotated[Explain, tyro.conf.subcommand("explain", prefix_name=False)]
    | Annotated[Plot, tyro.conf.subcommand("plot", prefix_name=False)]
    | Annotated[Report, tyro.conf.subcommand("report", prefix_name=False)]
    | Annotated[Export, tyro.conf.subcommand("export", prefix_name=False)]
    | Annotated[Prove, tyro.conf.subcommand("prove", prefix_name=False)]
    | Annotated[Data, tyro.conf.subcommand("data", prefix_name=False)]
)


def parse(arguments: Sequence[str]) -> Command:
    """The command that the arguments describe; without one, or with a wrong one, the help and exit code 2.

    Raises:
        SettingError: the settings that `--config` names are none.
    """
    commands: Any = Commands
    command: Command = tyro.cli(
        commands,
        default=_default(list(arguments)),
        prog="nnfunc",
        description="The multi-layer perceptron as it is derived on paper, every dimension checked.",
        args=list(arguments),
        config=(tyro.conf.FlagCreatePairsOff,),
    )
    return command


def _default(arguments: list[str]) -> Any:
    """What `train --config FILE` and `train --resume FOLDER` begin with."""
    if arguments[:1] == ["train"]:
        for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
            option, _, path = argument.partition("=")
            if option in ("--config", "--resume"):
                where = Path(path or following)
                network, steps, generalisation, result = groups_of(where / SETTINGS if option == "--resume" else where)
                if option == "--resume":
                    result = dataclasses.replace(result, run_folder=where)
                elif not any(other.partition("=")[0] == "--run" for other in arguments):
                    result = dataclasses.replace(result, checkpoint_steps=None)  # there is no folder for them
                return Train(network=network, steps=steps, generalisation=generalisation, result=result)
    return tyro.MISSING_NONPROP
