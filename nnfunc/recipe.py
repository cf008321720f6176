"""The recipe of a step: what is done to its targets and its gradients, and the step that these make."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from nnfunc.activations import SIGMOID
from nnfunc.array import Array, Scalar
from nnfunc.method import Method
from nnfunc.numbers import number, positive
from nnfunc.optimizers import GradientDescent, Optimizer, OptimizerState, Stepped
from nnfunc.params import Params
from nnfunc.passes import Grads
from nnfunc.regularisation import clipped, plus_l2, smoothed

DESCENT = GradientDescent()


def option(check: Callable[[str, str, Any], Any] | None = None, *, default: Any, **facts: Any) -> Any:
    """A setting with the check that it has to pass unless it is None, and facts about it.

    Args:
        check: of its place, its name and its value, which returns the value as it is kept.
        default: if it is not given.
        facts: group, metavar and text, with which the commands offer it; changes_cost, of_classes: whether it does, and
            whether it needs classes.
    """
    return field(default=default, metadata={"check": check, **facts})


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a step does beside the two passes: constants of its recording."""

    optimizer: str | Optimizer | Method = DESCENT
    l2: float = option(
        number, default=0.0, group="generalisation", metavar="X", text="λ of the penalty λ/2 Σ W² on the cost."
    )
    clip: float | None = option(
        positive, default=None, group="steps", metavar="X", text="The longest gradient; a longer one is shortened."
    )
    label_smoothing: float = option(
        partial(number, below=1),
        default=0.0,
        group="generalisation",
        metavar="X",
        text="Share of each label that goes to all classes.",
        changes_cost=True,
        of_classes=True,
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            check, value = each.metadata.get("check"), getattr(self, each.name)
            if check is not None and value is not None:
                object.__setattr__(self, each.name, check("train", each.name, value))

    def targets(self, params: Params, Y: Array) -> Array:
        """Y as the steps see it: smoothed among the classes, of which a label that may be there or not has two."""
        classes, ε = 2 if params.output == SIGMOID else params.sizes[-1], self.label_smoothing
        return smoothed(Y, ε, classes) if ε else Y

    def step(self, params: Params, grads: Grads, state: OptimizerState, α: Scalar) -> Stepped:
        """One step of these gradients."""
        if self.l2:
            grads = plus_l2(grads, params, self.l2)
        if self.clip is not None:
            grads = clipped(grads, self.clip)
        optimizer: Any = self.optimizer
        stepped: Stepped = optimizer.step(params, grads, state, α)
        return stepped
