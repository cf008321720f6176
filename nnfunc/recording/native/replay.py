"""A plan in memory, as a table of operations that a loop in C goes through."""

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nnfunc.base.array import Array
from nnfunc.recording import BY_NUMPY, Calls
from nnfunc.recording.buffers import plan
from nnfunc.recording.native.grouping import joined
from nnfunc.recording.native.library import Native, native
from nnfunc.recording.native.lowering import NotLoweredError, Table, lowered
from nnfunc.recording.replay import PythonReplay, Replay
from nnfunc.recording.tape import Plan, Ref, Tape, address

ERRORS = {"divide": 0x04, "over": 0x08, "under": 0x10, "invalid": 0x01}
"""Of each error of floats that NumPy knows, the bit in the processor's register."""


class Compiled(NamedTuple):
    """What a replay in C needs."""

    plan: Plan
    table: Table
    native: Native


def compiled(tape: Tape, results: list[Ref], carried: int) -> Compiled | str:
    """The plan and the table of a replay in C, or why there is none."""
    if BY_NUMPY.get():
        return "NumPy was asked to make the calls"
    found = native()
    if isinstance(found, str):
        return f"the replay in C {found}"
    if not all(x.flags.aligned for x in tape.values[: tape.inputs]):
        return "an array begins in the middle of a number"
    whole = plan(tape, results, carried, join=joined)
    try:
        return Compiled(whole, lowered(whole), found)
    except NotLoweredError as reason:
        return str(reason)


class CReplay(Replay):
    """A plan as a table."""

    def __init__(self, compiled: Compiled, in_python: Plan | None) -> None:
        """`in_python` is the plan for NumPy, which says where errors of floats were, unless inputs are replaced."""
        super().__init__(compiled.plan)
        self.compiled, self.in_python = compiled, in_python
        self.addresses = array("q", [0 if x is None else address(x) for x in (*self.memory, None)])
        self.here = Run(compiled, self.addresses, [])

    def bound(self, inputs: Sequence[Array]) -> Calls:
        """A run for these inputs."""
        self.give(inputs)
        return [Run(self.compiled, self.addresses[:], self.memory.copy())]

    def give(self, inputs: Sequence[Array]) -> None:
        """Take these inputs for the next run."""
        for i in self.take(inputs):
            place = address(inputs[i])
            for value in self.values[i]:
                self.addresses[value] = place

    def run(self, inputs: Sequence[Array]) -> None:
        """Go through the table. If errors of floats were seen that somebody asked for, NumPy warns of its own."""
        self.give(inputs)
        errors = self.here()
        if errors and self.in_python is not None:
            asked: Any = np.geterr()
            if any(errors & bit and asked[name] != "ignore" for name, bit in ERRORS.items()):
                PythonReplay(self.in_python).run(inputs)


class Run:
    """A run of the loop through a table, on values at these addresses; what lies there is kept alive."""

    __slots__ = ("args", "kept", "replay")

    def __init__(self, compiled: Compiled, addresses: "array[int]", kept: list[Any]) -> None:
        _, table, native = compiled
        self.replay, self.kept = native.replay, (table, addresses, kept)
        self.args = (address(table.rows), len(table.rows), addresses.buffer_info()[0], native.sgemm, native.dgemm)

    def __call__(self) -> int:
        """Go through it. Returns the errors of floats that there were, as bits."""
        return self.replay(*self.args)
