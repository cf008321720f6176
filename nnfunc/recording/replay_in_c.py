"""A plan in memory, as a table of operations that a loop in C goes through."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from nnfunc.array import Array
from nnfunc.recording import Calls
from nnfunc.recording.buffers import Plan
from nnfunc.recording.lowering import Table
from nnfunc.recording.native import Native
from nnfunc.recording.replay import PythonReplay, Replay
from nnfunc.recording.tape import address

LARGE, SMALL = np.array(1e300), np.array(1e-300)

ERRORS: dict[str, tuple[int, Callable[[], object]]] = {
    "divide": (0x04, lambda: np.divide(1, 0 * SMALL)),
    "over": (0x08, lambda: np.multiply(LARGE, LARGE)),
    "under": (0x10, lambda: np.multiply(SMALL, SMALL)),
    "invalid": (0x01, lambda: np.sqrt(-LARGE)),
}
"""Of each error that NumPy knows, the bit in the processor's register, and a call that has this error again."""


class Compiled(NamedTuple):
    """What a replay in C needs."""

    plan: Plan
    table: Table
    native: Native


class CReplay(Replay):
    """A plan as a table."""

    def __init__(self, compiled: Compiled, in_python: Plan | None, results: Iterable[int]) -> None:
        """`in_python` is the plan for NumPy, which repeats a run with errors, and then says where they are."""
        super().__init__(compiled.plan)
        self.compiled, self.in_python, self.results = compiled, in_python, results
        self.addresses = array("q", [0 if x is None else address(x) for x in (*self.memory, None)])
        self.here = Run(compiled, self.addresses, [])

    def bound(self, inputs: Sequence[Array]) -> Calls:
        """A run for these inputs."""
        self.give(inputs)
        return [Run(self.compiled, self.addresses[:], self.memory.copy())]

    def give(self, inputs: Sequence[Array]) -> None:
        """Take these inputs for the next run."""
        for i in self.changed(inputs):
            place = address(inputs[i])
            for value in self.values[i]:
                self.addresses[value] = place

    def run(self, inputs: Sequence[Array]) -> None:
        """Go through the table. Of errors NumPy warns, or raises them, as `np.errstate` says."""
        self.give(inputs)
        errors = self.here()
        if not errors:
            return
        asked: Any = np.geterr()
        heard = [again for name, (bit, again) in ERRORS.items() if errors & bit and asked[name] != "ignore"]
        if heard and self.in_python is not None:
            self._repeat(self.in_python, inputs)
        elif heard:
            for again in heard:
                again()

    def _repeat(self, in_python: Plan, inputs: Sequence[Array]) -> None:
        replay = PythonReplay(in_python)
        replay.run(inputs)
        for value in self.results:
            if value >= len(inputs):
                np.copyto(self.memory[value], replay.memory[value])


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
