"""The learning-rate range test: how the cost goes while the learning rate grows, step by step."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from nnfunc import tree
from nnfunc.array import Array, Scalar, read_only
from nnfunc.columns import pixels_to_floats
from nnfunc.data.dataset import Dataset, batches
from nnfunc.data.targets import check_data, targets_of
from nnfunc.errors import SettingError
from nnfunc.gradients import tile_gradient
from nnfunc.lbfgs import LBFGS
from nnfunc.optimizers import Optimizer, OptimizerState
from nnfunc.options import optimizer_of
from nnfunc.params import Params
from nnfunc.recording import recorded
from nnfunc.settings import positive, whole_number
from nnfunc.shapes import checked

WORSE = 3.0
"""How many times the first cost it may be above the lowest, before the test ends."""

SMOOTH = 0.9
"""Share of the mean cost before that stays in the next."""


@checked("steps")
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RateRange(tree.Node):
    """The learning rate of each step, and the running mean of the cost before it."""

    rates: Float[Array, " steps"]
    costs: Float[Array, " steps"]

    def __post_init__(self) -> None:
        tree.settle(self, read_only)

    @property
    def suggested(self) -> float:
        """A tenth of the rate at which the cost is lowest: the running mean, which lags, finds that late."""
        return float(self.rates[int(self.costs.argmin())]) / 10


def learning_rate_range(
    params: Params,
    data: Dataset,
    *,
    lowest: float = 1e-4,
    highest: float = 10.0,
    steps: int = 200,
    batch: int = 128,
    optimizer: str | Optimizer = "descent",
    seed: int = 0,
) -> RateRange:
    """Train for a few steps, each with a higher learning rate, until the cost leaps.

    After Smith 2017, section 3.3, but with rates that grow by powers, and the running mean of the cost.

    Args:
        params: to start from; not modified.
        data: training samples.
        lowest: learning rate of the first step.
        highest: of the last; the rates between are powers at equal distances.
        steps: how many there are at most.
        batch: samples of a step.
        optimizer: as for `train`.
        seed: of the order of the samples.

    Raises:
        SettingError: a number is out of range, or the optimizer has no steps of a given length.
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
    if isinstance(chosen, LBFGS):
        raise SettingError(f"{where}: L-BFGS finds the length of its steps; got lbfgs. Choose another optimizer?")
    check_data(where, params, data)
    rng = np.random.default_rng(whole_number(where, "seed", seed, least=0))
    rates, costs = np.geomspace(lowest, highest, steps), list[float]()
    running, state, waiting = 0.0, chosen.init(params), iter(list[Array]())
    for i, rate in enumerate(rates):
        samples = next(waiting, None)
        if samples is None:
            waiting = batches(data.m, min(batch, data.m), rng)
            samples = next(waiting)
        part = data.take(samples)
        X, Y = pixels_to_floats(part.X, params.dtype), targets_of(params, part)
        α: Any = np.array(rate, params.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            J, params, state = _STEP(params, state, X, Y, α, chosen)
            if i == 0 and not np.isfinite(J):
                raise SettingError(f"{where}: the cost must be finite at first; got {J}. Scale the samples?")
        running = SMOOTH * running + (1 - SMOOTH) * float(J)
        costs.append(running / (1 - SMOOTH ** (i + 1)))
        if not np.isfinite(costs[-1]) or costs[-1] > min(costs) + WORSE * abs(costs[0]):
            costs.pop()
            break
    return RateRange(rates[: len(costs)], np.array(costs))


def step_with_cost(
    params: Params, state: OptimizerState, X: Array, Y: Array, α: Scalar, optimizer: Any
) -> tuple[Scalar, Params, OptimizerState]:
    """The cost before a step, and what is after it."""
    J, grads = tile_gradient(params, X, Y, None, ())
    return J, *optimizer.step(params, grads, state, α)


_STEP = recorded(step_with_cost)
