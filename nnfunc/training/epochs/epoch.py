"""An epoch: the network after one pass over the data, and its figures."""

import copy
import dataclasses
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnfunc.base.html import table
from nnfunc.data.dataset import Dataset
from nnfunc.model.params import Params
from nnfunc.tiling.evaluation import evaluated
from nnfunc.tiling.metrics import Evaluation
from nnfunc.tiling.task import Task
from nnfunc.training.states import Best, State
from nnfunc.training.steps.divergence import DivergedError


@dataclass(frozen=True, eq=False, repr=False)
class Epoch:
    """The network after one pass over the data. Its figures are computed when they are first read."""

    number: int
    """The number of the epoch, counted from 1."""
    params: Params
    steps: int
    """The number of steps of this epoch."""
    state: State
    training_task: Task
    validation_task: Task | None
    running_cost: float | None = None
    """The mean J over the samples of the epoch, each before its step; None unless requested. It is the cost that the
    steps descend: of smoothed labels, with sample weights and dropout, but without the L2 penalty, as in `cost`. If the
    run resumed within the epoch, it is that of the remaining samples."""

    @property
    def data(self) -> Dataset:
        """The training samples."""
        return self.training_task.data

    @property
    def validation(self) -> Dataset | None:
        """The validation samples, or None without any."""
        return None if self.validation_task is None else self.validation_task.data

    @property
    def cost(self) -> float:
        """J of `params` over the training data, after the last step of the epoch.

        Raises:
            DivergedError: it is not finite.
        """
        return self._training.cost

    @property
    def accuracy(self) -> float:
        """The share of the training samples that are predicted right, 0..1."""
        return self._training.accuracy

    @property
    def validation_cost(self) -> float | None:
        """J over the validation data, or None without any."""
        return None if self._validation is None else self._validation.cost

    @property
    def validation_accuracy(self) -> float | None:
        """The share of the validation samples that are predicted right, 0..1, or None without any."""
        return None if self._validation is None else self._validation.accuracy

    @property
    def _known(self) -> dict[str, str]:
        """The figures that have been computed so far, as text."""
        found = {"steps": str(self.steps)}
        for name in ("training", "validation"):
            if (evaluation := self.__dict__.get(f"_{name}")) is not None:
                found |= {f"{name} cost": f"{evaluation.cost:.4f}", f"{name} accuracy": f"{evaluation.accuracy:.2%}"}
        return found

    def __repr__(self) -> str:
        return f"Epoch {self.number} ({', '.join(f'{name} {text}' for name, text in self._known.items())})"

    def _repr_html_(self) -> str:
        return table(("epoch", *self._known), [(self.number, *self._known.values())])

    def with_best(self, best: Best) -> "Epoch":
        """Return the same epoch, with the best one so far in its state."""
        epoch = copy.copy(self)  # keeps what has been evaluated
        object.__setattr__(epoch, "state", dataclasses.replace(self.state, best=best))
        return epoch

    @cached_property
    def _training(self) -> Evaluation:
        return self._evaluate(self.training_task)

    @cached_property
    def _validation(self) -> Evaluation | None:
        return None if self.validation_task is None else self._evaluate(self.validation_task)

    def _evaluate(self, task: Task) -> Evaluation:
        with np.errstate(over="ignore", invalid="ignore"):
            evaluation = evaluated(self.params, task)
        if not math.isfinite(evaluation.cost):
            raise DivergedError(
                f"train: cost must stay finite; got {evaluation.cost} after epoch {self.number}, step {self.steps}. "
                f"Choose a smaller learning rate.",
                epoch=self.number,
                step=self.steps,
                params=self.params,
            )
        return evaluation
