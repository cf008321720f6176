"""The state of a step in memory of its own, where each run replaces it by the next one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np

from nnfunc.base.array import Array, aligned
from nnfunc.recording import Calls, Step
from nnfunc.tracing import tree

if TYPE_CHECKING:
    from nnfunc.recording.recorder import Program
    from nnfunc.recording.replay import Replay

S = TypeVar("S")


class InPlace(Generic[S]):
    """A state that a step of (state, *inputs) replaces. `leaves` are its arrays, which are written to."""

    def __init__(self, step: Step, state: S) -> None:
        self._step, self._like = step, tree.map(lambda leaf: _frozen(leaf.copy()), state)
        self.leaves = [aligned(leaf.shape, leaf.dtype) for leaf in tree.leaves(state)]
        self._replays: dict[Program, Replay] = {}

    def load(self, leaves: Sequence[Array]) -> None:
        """Begin with these arrays."""
        for leaf, new in zip(self.leaves, leaves, strict=True):
            np.copyto(leaf, new)

    def copy(self) -> list[Array]:
        """The arrays as they are now."""
        return [leaf.copy() for leaf in self.leaves]

    def state(self, leaves: Sequence[Array]) -> S:
        """The state that copies make."""
        return cast("S", tree.rebuild(self._like, map(_frozen, leaves)))

    def bound(self, *inputs: Any) -> Calls:
        """The calls of a step on the state and these inputs, whose arrays stay where they are."""
        arrays: list[Array] = []
        program = self._step.program((self._like, *inputs), arrays)
        if program not in self._replays:
            self._replays[program] = program.replay()
        return self._replays[program].bound([*self.leaves, *arrays[len(self.leaves) :]]).copy()


def _frozen(x: Array) -> Array:
    x.flags.writeable = False
    return x
