"""A step that is recorded, and replayed with its state in place."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nnfunc.base.array import Array

if TYPE_CHECKING:
    from nnfunc.recording.recorder import Program, Recorder


class Step:
    """A pure function (state, *inputs) → state, recorded once per signature and replayed with its state in place."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f

    @functools.cached_property
    def _recorder(self) -> "Recorder":
        from nnfunc.recording.recorder import Recorder

        return Recorder(self.f)

    def program(self, args: tuple[Any, ...], arrays: list[Array]) -> "Program":
        """Return the program for the signature of these arguments; their arrays are appended in the program's order."""
        return self._recorder.step(args, arrays)

    def described(self, *args: Any) -> str:
        """Return a description of how the step is replayed for the signature of these arguments."""
        return self._recorder.step(args, []).described

    def advance(self, *args: Any) -> None:
        """Overwrite the arrays of the state, the first argument, with those of f(*args)."""
        arrays: list[Array] = []
        program = self.program(args, arrays)
        program.give_back(program.run(arrays))
