"""All commands by name, and how arguments choose among them."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import tyro

from nnfunc.cli.common import Command
from nnfunc.cli.data import Data
from nnfunc.cli.evaluate import Evaluate
from nnfunc.cli.explain import Explain
from nnfunc.cli.predict import Predict
from nnfunc.cli.prove import Prove
from nnfunc.cli.train import Train

Commands: TypeAlias = (
    Annotated[Train, tyro.conf.subcommand("train", prefix_name=False)]
    | Annotated[Evaluate, tyro.conf.subcommand("evaluate", prefix_name=False)]
    | Annotated[Predict, tyro.conf.subcommand("predict", prefix_name=False)]
    | Annotated[Explain, tyro.conf.subcommand("explain", prefix_name=False)]
    | Annotated[Prove, tyro.conf.subcommand("prove", prefix_name=False)]
    | Annotated[Data, tyro.conf.subcommand("data", prefix_name=False)]
)


def parse(arguments: Sequence[str]) -> Command:
    """The command that the arguments describe; without one, or with a wrong one, the help and exit code 2."""
    return tyro.cli(
        Commands,
        prog="nnfunc",
        description="The multi-layer perceptron as it is derived on paper, every dimension checked.",
        args=list(arguments),
        config=(tyro.conf.FlagCreatePairsOff,),
    )
