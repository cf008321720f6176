"""A plan in memory: the calls of NumPy, bound to arrays, one after the other."""

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
"""Bytes of the largest argument that a replay may keep alive until the next call; no view, which keeps others alive."""

OUT_BY_NAME = {np.maximum, np.minimum}
"""Ufuncs to which NumPy wants `out` to be given by its name, which takes a little longer."""


class Replay(ABC):
    """A plan with memory of its own for what lies between the inputs and the results. For one thread at a time."""

    def __init__(self, plan: Plan) -> None:
        self.memory: Memory = list(map(plan.constants.get, range(len(plan.layouts))))
        blocks = [aligned(size, np.uint8) for size in plan.blocks]
        for value, home in plan.homes.items():
            if home >= 0:  # else it is in place of an input
                layout = plan.layouts[value]
                self.memory[value] = np.ndarray(layout.shape, layout.dtype, blocks[home], 0, layout.strides)
        self.given: Memory = [None] * plan.inputs
        self.values = [[i, *(v for v, home in plan.homes.items() if home == -1 - i)] for i in range(plan.inputs)]

    @abstractmethod
    def bound(self, inputs: Sequence[Array]) -> Calls:
        """The calls for these inputs. The list is changed by the next `bound`; the calls in it are not."""

    def take(self, inputs: Sequence[Array]) -> list[int]:
        """Take these inputs in place of those before; which are others."""
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
        """Let go of inputs that are large, or views of what may be; which these are."""
        heavy = [i for i, x in enumerate(self.given) if x is not None and (x.base is not None or x.nbytes > KEPT)]
        self._give(heavy, [None] * len(self.given))
        return heavy


class PythonReplay(Replay):
    """A plan as a list of calls of NumPy."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        calls = [shortened(call) for call in plan.calls]
        self.users = [_users(values, calls) for values in self.values]
        self.binders = [binder(one, plan) for one in calls]
        waiting = {user for users in self.users for user in users}
        self.calls: Calls = [_nothing if i in waiting else bind(self.memory) for i, bind in enumerate(self.binders)]

    def bound(self, inputs: Sequence[Array]) -> Calls:
        """The calls for these inputs. The list is changed by the next `bound`; the calls in it are not."""
        for user in {user for i in self.take(inputs) for user in self.users[i]}:
            self.calls[user] = self.binders[user](self.memory)
        return self.calls

    def release(self) -> list[int]:
        """Let go of inputs that are large, or views of what may be; which these are."""
        heavy = super().release()
        for user in {user for i in heavy for user in self.users[i]}:
            self.calls[user] = _nothing
        return heavy


def _users(values: list[int], calls: Sequence[Call]) -> list[int]:
    """The calls that read or write one of these values."""
    return [i for i, one in enumerate(calls) if any(ref.value in values for ref in (*refs_in(one.args), one.out))]


def binder(one: Call, plan: Plan) -> Callable[[Memory], Callable[[], object]]:
    """A function that makes a call on the arrays of a memory."""
    f, options = one.f, one.options
    args, out = [_getter(x, plan) for x in one.args], _getter(one.out, plan)
    if isinstance(f, np.ufunc) and not options and f not in OUT_BY_NAME:
        args.append(out)
        return lambda memory: partial(f, *[get(memory) for get in args])
    return lambda memory: partial(f, *[get(memory) for get in args], out=out(memory), **options)


def _getter(x: Any, plan: Plan) -> Callable[[Memory], Any]:
    """A function that finds an argument of a call in a memory."""
    if TYPE_OF(x) in (tuple, list):
        parts = [_getter(each, plan) for each in x]
        return lambda memory: tuple(get(memory) for get in parts)
    if not isinstance(x, Ref):
        return lambda _: x
    value, seen = x.value, viewer(x, plan.layouts[x.value])
    return itemgetter(value) if seen is None else lambda memory: seen(memory[value])


def _nothing() -> None:
    """In place of a call that is not bound."""
