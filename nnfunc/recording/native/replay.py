"""Replays of a plan as a table of operations that a loop in C runs."""

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
"""The bit of each of NumPy's floating-point errors in the processor's status register."""


class Compiled(NamedTuple):
    """The plan, the table and the library of a replay in C."""

    plan: Plan
    table: Table
    native: Native


def compiled(tape: Tape, results: list[Ref], carried: int) -> Compiled | str:
    """Return what a replay in C needs, or the reason why it is not possible."""
    if BY_NUMPY.get():
        return "replay by NumPy was requested"
    found = native()
    if isinstance(found, str):
        return f"the replay in C {found}"
    if not all(x.flags.aligned for x in tape.values[: tape.inputs]):
        return "an array is not aligned"
    whole = plan(tape, results, carried, join=joined)
    try:
        return Compiled(whole, lowered(whole), found)
    except NotLoweredError as reason:
        return str(reason)


class CReplay(Replay):
    """A replay by a table of operations in C."""

    def __init__(self, compiled: Compiled, in_python: Plan | None) -> None:
        """Create a replay; `in_python` is the NumPy plan that reports floating-point errors, None if inputs change."""
        super().__init__(compiled.plan)
        self.compiled, self.in_python = compiled, in_python
        self.addresses = array("q", [0 if x is None else address(x) for x in (*self.memory, None)])
        self.here = Run(compiled, self.addresses, [])

    def bound(self, inputs: Sequence[Array]) -> Calls:
        """Return one call that runs the table for these inputs."""
        self.give(inputs)
        return [Run(self.compiled, self.addresses[:], self.memory.copy())]

    def give(self, inputs: Sequence[Array]) -> None:
        """Set the inputs of the next run."""
        for i in self.take(inputs):
            place = address(inputs[i])
            for value in self.values[i]:
                self.addresses[value] = place

    def run(self, inputs: Sequence[Array]) -> None:
        """Run the table. If floating-point errors occurred that NumPy is set to report, replay with NumPy, too."""
        self.give(inputs)
        errors = self.here()
        if errors and self.in_python is not None:
            asked: Any = np.geterr()
            if any(errors & bit and asked[name] != "ignore" for name, bit in ERRORS.items()):
                PythonReplay(self.in_python).run(inputs)


class Run:
    """A run of the loop over a table, on values at these addresses; `kept` holds arrays to keep alive."""

    __slots__ = ("args", "kept", "replay")

    def __init__(self, compiled: Compiled, addresses: "array[int]", kept: list[Any]) -> None:
        _, table, native = compiled
        self.replay, self.kept = native.replay, (table, addresses, kept)
        self.args = (address(table.rows), len(table.rows), addresses.buffer_info()[0], native.sgemm, native.dgemm)

    def __call__(self) -> int:
        """Run the loop, and return the floating-point errors that occurred, as bits."""
        return self.replay(*self.args)
