"""The learning rate range test: the cost while the learning rate grows, step by step."""

from dataclasses import dataclass
from itertools import chain, count
from typing import Any

import numpy as np
from jaxtyping import Float

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.base.guesses import keywords_explained
from nnfunc.base.validation import positive, whole_number
from nnfunc.data.dataset import Dataset, batches
from nnfunc.model.params import Params
from nnfunc.optimizers import Optimizer
from nnfunc.recording import recorded
from nnfunc.shapes import checked
from nnfunc.tiling.task import task_of
from nnfunc.tracing import tree
from nnfunc.training.steps.descent import step
from nnfunc.training.steps.recipe import Recipe
from nnfunc.training.steps.settings import OptimizerName, optimizer_of

WORSE = 3.0
"""The test ends when the cost exceeds the lowest cost by more than this many times the first cost."""

SMOOTH = 0.9
"""The weight of the previous running mean of the cost in the next one."""


@checked
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RateRange(tree.Node):
    """The learning rate of each step, and the running mean of the cost, measured before the step."""

    rates: Float[Array, " steps"]
    costs: Float[Array, " steps"]

    @property
    def suggested(self) -> float:
        """A tenth of the rate at which the cost is lowest: the running mean lags and reaches its minimum late."""
        return float(self.rates[int(self.costs.argmin())]) / 10


@keywords_explained
def learning_rate_range(
    params: Params,
    data: Dataset,
    *,
    lowest: float = 1e-4,
    highest: float = 10.0,
    steps: int = 200,
    batch: int = 128,
    optimizer: OptimizerName | Optimizer = "descent",
    seed: int = 0,
) -> RateRange:
    """Train for a few steps, each with a higher learning rate, until the cost leaps.

    After Smith 2017, section 3.3, but with rates that grow geometrically, and the running mean of the cost.

    Args:
        params: initial parameters; not modified.
        data: training samples.
        lowest: learning rate of the first step.
        highest: learning rate of the last step; those between are spaced geometrically.
        steps: largest number of steps.
        batch: samples per step.
        optimizer: as for `train`.
        seed: seed of the order of the samples.

    Raises:
        SettingError: a number is out of range, the optimizer finds the length of its steps, or the first cost is not
            finite.
        ShapeError: data do not fit `params`.
        DataError: a label is outside the classes.
    """
    where = "learning_rate_range"
    positive(where, "lowest", lowest)
    if not positive(where, "highest", highest) > lowest:
        raise SettingError(f"{where}: highest must be above lowest, {lowest}; got {highest}.")
    whole_number(where, "steps", steps, least=3)
    whole_number(where, "batch", batch)
    chosen = optimizer_of(where, optimizer)
    if not hasattr(chosen, "step"):
        raise SettingError(f"{where}: L-BFGS finds the length of its steps; got lbfgs. Choose another optimizer?")
    task, recipe = task_of(where, params, data), Recipe(optimizer=chosen)
    rng = np.random.default_rng(whole_number(where, "seed", seed, least=0))
    rates, costs = np.geomspace(lowest, highest, steps), list[float]()
    running, state = 0.0, chosen.init(params)
    endless = chain.from_iterable(batches(data.m, min(batch, data.m), rng) for _ in count())
    for i, (rate, samples) in enumerate(zip(rates, endless, strict=False)):
        X, Y = data.X.T[samples].T, task.targets(samples)
        α: Any = np.array(rate, params.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            params, state, (sums,) = _STEP(
                (params, state, (np.zeros((1, 1), params.dtype),)), X, Y, α, None, (), recipe
            )
            J = float(sums[0, 0]) / X.shape[1]
            if i == 0 and not np.isfinite(J):
                raise SettingError(f"{where}: the cost must be finite at first; got {J}. Scale the samples?")
        running = SMOOTH * running + (1 - SMOOTH) * J
        costs.append(running / (1 - SMOOTH ** (i + 1)))
        if not np.isfinite(costs[-1]) or costs[-1] > min(costs) + WORSE * abs(costs[0]):
            costs.pop()
            break
    return RateRange(rates[: len(costs)], np.array(costs))


_STEP = recorded(step)
