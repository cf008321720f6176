"""Descents, which make the epochs of a training, and the methods that make descents of their own."""

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, runtime_checkable

from nnfunc.optimizers import OptimizerState
from nnfunc.params import Params
from nnfunc.states import State


class Descent:
    """The steps of one epoch after another."""

    progress = 0.0
    """Share of the samples of the running epoch that have been used, 0..1."""
    running_cost: float | None = None
    """The mean J over the samples of the last epoch, each before its step, if it was noted."""
    has_converged: bool | None = None
    """Whether a descent that makes no more steps has converged; None while it makes some."""
    watching: tuple[tuple[int, Callable[[State], None]], ...] = ()
    """The numbers of steps after which a state within an epoch is wanted, again and again, and by what."""

    def epoch(self, now: State) -> tuple[State, int]:
        """The state after the next epoch, and how many steps it has.

        Args:
            now: state between two epochs, or within one, where the samples read at once are used up.

        Raises:
            DivergedError: the parameters are not finite.
        """
        raise NotImplementedError


@runtime_checkable
class Method(Protocol):
    """An optimizer that makes a descent of its own, in place of steps of a given length."""

    resumes: ClassVar[bool]
    """Whether its descent can begin where another one ended."""

    def init(self, params: Params) -> OptimizerState:
        """What is remembered before the first step."""
        ...

    def refuse(self, settings: Any) -> None:
        """Refuse settings that it cannot have."""
        ...

    def descent(self, full: Any) -> Descent:
        """Its descent, by the gradients of `FullBatch`."""
        ...


def after(now: State, params: Params, optimizer: OptimizerState, shuffling: str | None = None) -> State:
    """The state after an epoch."""
    return dataclasses.replace(
        now,
        epoch=now.epoch + 1,
        step=0,
        params=params,
        optimizer=optimizer,
        shuffling=shuffling or now.shuffling,
        best=None,
    )
