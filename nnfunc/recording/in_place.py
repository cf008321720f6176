"""The state of a step in its own buffers, which each run of the step overwrites."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np

from nnfunc.base.array import Array, aligned
from nnfunc.recording import Calls
from nnfunc.recording.step import Step
from nnfunc.tracing import tree

if TYPE_CHECKING:
    from nnfunc.recording.recorder import Program
    from nnfunc.recording.replay import Replay

S = TypeVar("S")


class InPlace(Generic[S]):
    """A state that runs of a step (state, *inputs) → state overwrite. `leaves` are its arrays."""

    def __init__(self, step: Step, state: S) -> None:
        self._step, self._like = step, tree.map(lambda leaf: _frozen(leaf.copy()), state)
        self.leaves = [aligned(leaf.shape, leaf.dtype) for leaf in tree.leaves(state)]
        self._replays: dict[Program, Replay] = {}

    def load(self, leaves: Sequence[Array]) -> None:
        """Copy these arrays into the state."""
        for leaf, new in zip(self.leaves, leaves, strict=True):
            np.copyto(leaf, new)

    def copy(self) -> list[Array]:
        """Return copies of the current arrays."""
        return [leaf.copy() for leaf in self.leaves]

    def state(self, leaves: Sequence[Array]) -> S:
        """Build a state from these copies of the leaves, which become read-only."""
        return cast("S", tree.rebuild(self._like, map(_frozen, leaves)))

    def bound(self, *inputs: Any) -> Calls:
        """Return the calls of a step on the state and these inputs, bound to their arrays."""
        arrays: list[Array] = []
        program = self._step.program((self._like, *inputs), arrays)
        if program not in self._replays:
            self._replays[program] = program.replay()
        return self._replays[program].bound([*self.leaves, *arrays[len(self.leaves) :]]).copy()


def _frozen(x: Array) -> Array:
    x.flags.writeable = False
    return x
