"""Divergence, when training leaves the finite numbers: the error, and the test for it."""

from collections.abc import Iterable

import numpy as np

from nnfunc.base.array import Array
from nnfunc.base.errors import NnfuncError
from nnfunc.model.params import Params


class DivergedError(NnfuncError):
    """Training reached a parameter or a cost that is not finite.

    Attributes:
        epoch: the epoch in which it happened, counted from 1.
        step: the step of that epoch, counted from 1.
        params: the last finite parameters: those before that step, or those whose cost is not finite.
    """

    def __init__(self, message: str, epoch: int, step: int, params: Params) -> None:
        super().__init__(message)
        self.epoch, self.step, self.params = epoch, step, params

    def __reduce__(self) -> tuple[type["DivergedError"], tuple[str, int, int, Params]]:
        """Pickle all attributes, so that the error can be raised from another process."""
        return type(self), (str(self), self.epoch, self.step, self.params)


def step_diverged(epoch: int, step: int, params: Params) -> DivergedError:
    """Return the error for a step whose parameters are not finite; `params`, those before it, are."""
    return DivergedError(
        f"train: parameters must stay finite; got NaN or ∞ in epoch {epoch}, step {step}. "
        f"Choose a smaller learning rate.",
        epoch,
        step,
        params,
    )


def are_finite(arrays: Iterable[Array]) -> bool:
    """Return whether no entry is NaN or ∞. Either makes the sum NaN or ∞; so, rarely, do large finite entries."""
    return all(np.isfinite(x.sum()) or bool(np.isfinite(x).all()) for x in arrays)
