"""Replays of a plan: its buffers, and its NumPy calls bound to arrays."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from nnfunc.base.array import Array, aligned
from nnfunc.recording import Calls, run
from nnfunc.recording.buffers import viewer
from nnfunc.recording.shortcuts import shortened
from nnfunc.recording.tape import Call, Plan, Ref, refs_in
from nnfunc.tracing.tree import TYPE_OF

Memory: TypeAlias = list[Any]
"""The array of each value."""

KEPT = 2**16
"""The size in bytes of the largest argument that a replay keeps alive until the next call; it never keeps a view."""

OUT_BY_NAME = {np.maximum, np.minimum}
"""Ufuncs for which NumPy requires `out` as a keyword argument, which is slightly slower."""


class Replay(ABC):
    """A plan with its own buffers for intermediate values and results. To be used by one thread at a time."""

    def __init__(self, plan: Plan) -> None:
        self.memory: Memory = list(map(plan.constants.get, range(len(plan.layouts))))
        blocks = [aligned(size, np.uint8) for size in plan.blocks]
        for value, home in plan.homes.items():
            if home >= 0:  # otherwise it overwrites an input
                layout = plan.layouts[value]
                self.memory[value] = np.ndarray(layout.shape, layout.dtype, blocks[home], 0, layout.strides)
        self.given: Memory = [None] * plan.inputs
        self.values = [[i, *(v for v, home in plan.homes.items() if home == -1 - i)] for i in range(plan.inputs)]

    @abstractmethod
    def bound(self, inputs: Sequence[Array]) -> Calls:
        """Return the calls for these inputs. The next `bound` changes the list, but not the calls in it."""

    def take(self, inputs: Sequence[Array]) -> list[int]:
        """Replace the previous inputs by these, and return the indices of those that changed."""
        changed = [i for i, given in enumerate(inputs) if given is not self.given[i]]
        self._give(changed, inputs)
        return changed

    def _give(self, changed: Sequence[int], inputs: Sequence[Array | None]) -> None:
        for i in changed:
            self.given[i] = inputs[i]
            for value in self.values[i]:
                self.memory[value] = inputs[i]

    def run(self, inputs: Sequence[Array]) -> None:
        """Make the calls for these inputs."""
        run(self.bound(inputs))

    def release(self) -> list[int]:
        """Drop inputs that are large, or views of arrays that may be, and return their indices."""
        heavy = [i for i, x in enumerate(self.given) if x is not None and (x.base is not None or x.nbytes > KEPT)]
        self._give(heavy, [None] * len(self.given))
        return heavy


class PythonReplay(Replay):
    """A replay by a list of NumPy calls."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        calls = [shortened(call) for call in plan.calls]
        self.users = [_users(values, calls) for values in self.values]
        self.binders = [binder(one, plan) for one in calls]
        waiting = {user for users in self.users for user in users}
        self.calls: Calls = [_nothing if i in waiting else bind(self.memory) for i, bind in enumerate(self.binders)]

    def bound(self, inputs: Sequence[Array]) -> Calls:
        """Return the calls for these inputs. The next `bound` changes the list, but not the calls in it."""
        for user in {user for i in self.take(inputs) for user in self.users[i]}:
            self.calls[user] = self.binders[user](self.memory)
        return self.calls

    def release(self) -> list[int]:
        """Drop inputs that are large, or views of arrays that may be, and return their indices."""
        heavy = super().release()
        for user in {user for i in heavy for user in self.users[i]}:
            self.calls[user] = _nothing
        return heavy


def _users(values: list[int], calls: Sequence[Call]) -> list[int]:
    """Return the indices of the calls that read or write one of these values."""
    return [i for i, one in enumerate(calls) if any(ref.value in values for ref in (*refs_in(one.args), one.out))]


def binder(one: Call, plan: Plan) -> Callable[[Memory], Callable[[], object]]:
    """Return a function that binds a call to the arrays of a `Memory`."""
    f, options = one.f, one.options
    args, out = [_getter(x, plan) for x in one.args], _getter(one.out, plan)
    if isinstance(f, np.ufunc) and not options and f not in OUT_BY_NAME:
        args.append(out)
        return lambda memory: partial(f, *[get(memory) for get in args])
    return lambda memory: partial(f, *[get(memory) for get in args], out=out(memory), **options)


def _getter(x: Any, plan: Plan) -> Callable[[Memory], Any]:
    """Return a function that gets an argument of a call from a `Memory`."""
    if TYPE_OF(x) in (tuple, list):
        parts = [_getter(each, plan) for each in x]
        return lambda memory: tuple(get(memory) for get in parts)
    if not isinstance(x, Ref):
        return lambda _: x
    value, seen = x.value, viewer(x, plan.layouts[x.value])
    return itemgetter(value) if seen is None else lambda memory: seen(memory[value])


def _nothing() -> None:
    """Do nothing, in place of a call that is not bound."""
