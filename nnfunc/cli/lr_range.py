"""The command `nnfunc lr-range`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, cast

import numpy as np
from tyro.conf import OmitArgPrefixes, arg

from nnfunc.cli.common import Command
from nnfunc.cli.options import Network
from nnfunc.cli.plot import check_picture, save_picture
from nnfunc.cli.source import data_and_params
from nnfunc.plots import rate_range
from nnfunc.training.rate_range import learning_rate_range
from nnfunc.training.steps.settings import OptimizerName

SHOWN = 12
"""The number of lines of the table."""


@dataclass(frozen=True, kw_only=True)
class LrRangeCommand(Command):
    """Find a learning rate: train for a few steps, each with a higher one, until the cost leaps."""

    network: OmitArgPrefixes[Network] = field(default_factory=Network)
    batch: Annotated[int, arg(metavar="N")] = 128
    """Samples per step."""
    optimizer: Annotated[str, arg(metavar="NAME")] = "descent"
    """descent, momentum, nesterov, rmsprop, adam, adamw."""
    lowest: Annotated[float, arg(metavar="X")] = 1e-4
    """The first learning rate."""
    highest: Annotated[float, arg(metavar="X")] = 10.0
    """The last learning rate."""
    steps: Annotated[int, arg(metavar="N")] = 200
    """The largest number of steps."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """Seed of all random numbers."""
    plot: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Also plot it, as .png, .svg or .pdf."""

    def run(self) -> None:
        """Run the test, and print the costs and the suggested learning rate."""
        if self.plot is not None:
            check_picture(self.plot)
        data, _, params = data_and_params(self.network, self.seed)
        found = learning_rate_range(
            params,
            data,
            lowest=self.lowest,
            highest=self.highest,
            steps=self.steps,
            batch=self.batch,
            optimizer=cast("OptimizerName", self.optimizer),
            seed=self.seed,
        )
        for i in np.unique(np.linspace(0, len(found.rates) - 1, SHOWN).astype(int)):
            rate, cost = float(found.rates[i]), float(found.costs[i])
            self.say(f"α {rate:<9.3g} cost {cost:.4f}", learning_rate=rate, cost=cost)
        self.say(
            f"suggested: α = {found.suggested:.2g}, a tenth of where the cost is lowest", suggested=found.suggested
        )
        if self.plot is not None:
            save_picture(self, self.plot, rate_range(found))
