"""The recipe of a step, and the base class of descents, which take the steps of one epoch after another."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from nnfunc.activations import SIGMOID
from nnfunc.base.array import Array, Scalar
from nnfunc.base.validation import check_fields, number, passes, positive
from nnfunc.model.cache_and_grads import Grads
from nnfunc.model.params import Params
from nnfunc.optimizers import GradientDescent, OptimizerState, Stepped, plus_l2
from nnfunc.training.states import State
from nnfunc.training.steps.regularisation import clipped, smoothed

DESCENT = GradientDescent()


@dataclass(frozen=True, kw_only=True, eq=False)
class Recipe:
    """The options of a step apart from the forward and backward passes: constants of its recording.

    The metadata of a field hold its check; the group, metavar and text with which the commands offer it; and whether
    the option changes the cost, and needs classes.
    """

    optimizer: Any = DESCENT
    l2: float = field(
        default=0.0,
        metadata=passes(number)
        | {"group": "generalisation", "metavar": "X", "text": "λ of the penalty λ/2 Σ W² on the cost."},
    )
    clip: float | None = field(
        default=None,
        metadata=passes(positive)
        | {"group": "steps", "metavar": "X", "text": "The largest norm of the gradient; a longer one is scaled down."},
    )
    label_smoothing: float = field(
        default=0.0,
        metadata=passes(number, below=1)
        | {"group": "generalisation", "metavar": "X", "text": "Share of each label that is spread over all classes."}
        | {"changes_cost": True, "of_classes": True},
    )

    def __post_init__(self) -> None:
        check_fields("train", self)

    def targets(self, params: Params, Y: Array) -> Array:
        """Return Y as the steps see it: smoothed over the classes; a sigmoid output, yes or no, has two."""
        classes = 2 if params.output == SIGMOID else params.sizes[-1]
        return smoothed(Y, self.label_smoothing, classes) if self.label_smoothing else Y

    def step(self, params: Params, grads: Grads, state: OptimizerState, α: Scalar) -> Stepped:
        """Take one step with these gradients."""
        grads = plus_l2(grads, params, self.l2) if self.l2 else grads
        grads = grads if self.clip is None else clipped(grads, self.clip)
        stepped: Stepped = self.optimizer.step(params, grads, state, α)
        return stepped


class Descent(ABC):
    """A descent, which takes the steps of one epoch after another."""

    progress = 0.0
    """The share of the samples of the running epoch that have been used, 0..1."""
    running_cost: float | None = None
    """The mean J over the samples of the last epoch, each before its step; None unless requested."""
    has_converged: bool | None = None
    """Whether a descent that has ended has converged; None while it takes steps."""
    watching: tuple[tuple[int, Callable[[State], None]], ...] = ()
    """Pairs (steps, function): each function receives the state within an epoch about every `steps` steps."""

    @abstractmethod
    def epoch(self, now: State) -> tuple[State, int]:
        """Run the next epoch, and return the state after it and its number of steps.

        Args:
            now: state between two epochs, or within one, at a point where the samples read at once are used up.

        Raises:
            DivergedError: the parameters are not finite.
        """


def after(now: State, params: Params, optimizer: OptimizerState, shuffling: str | None = None) -> State:
    """Return the state after an epoch that ends with these parameters."""
    return replace(
        now,
        epoch=now.epoch + 1,
        step=0,
        params=params,
        optimizer=optimizer,
        shuffling=shuffling or now.shuffling,
        best=None,
    )
