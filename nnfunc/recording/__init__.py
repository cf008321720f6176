"""`recorded`: run a function once, note what NumPy did, and do only that in later calls."""

import functools
import inspect
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from operator import call
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError

if TYPE_CHECKING:
    from nnfunc.recording.recorder import Program, Recorder

Calls: TypeAlias = "list[Callable[[], object]]"
"""Calls of NumPy, bound to arrays."""

BY_NUMPY: ContextVar[bool] = ContextVar("by_numpy", default=False)

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def by_numpy() -> Generator[None]:
    """Within, NumPy itself makes the calls of recordings, bit for bit, although a loop in C could."""
    token = BY_NUMPY.set(True)
    try:
        yield
    finally:
        BY_NUMPY.reset(token)


def recorded(f: Callable[P, R]) -> Callable[P, R]:
    """The function f, recorded at the first call of each signature and replayed after: same results, same purity.

    The first call with arguments of certain types, shapes, dtypes and strides runs f, twice, checks included, and notes
    the calls of NumPy that it makes. Later calls make these calls and nothing else: no Python of f, no checks, and
    temporary arrays in memory that is kept. Results are in arrays of their own: the same bit for bit where NumPy makes
    the calls, and but for rounding where a loop in C does, which is for floats, on Linux with AVX2.

    What changes from call to call must be an array, 0-d for a learning rate; numbers and strings of Python are
    constants of a recording, and other ones make a new one. Of each of the last 32 signatures a recording is kept.

    Args:
        f: pure function of arrays in tuples, lists, dicts and dataclasses.

    Raises:
        RecordingError: when called: f does what no recording can repeat. It depends on the entries of an array, takes
            one out as a number, writes into an array, indexes with an array, uses an array that is no argument, or
            a function of NumPy that is not covered.
        SettingError: f is async, a generator or a class.
    """
    others = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction, inspect.isclass)
    if any(is_other(f) for is_other in others):
        raise SettingError(f"recorded: it must stand above a function that returns arrays; got {f!r}.")

    @functools.cache
    def recorder() -> "Recorder":
        from nnfunc.recording.recorder import Recorder

        return Recorder(f)

    @functools.wraps(f)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        result: R = recorder()(args, kwargs)
        return result

    return wrapper


class Step:
    """A pure function (state, *inputs) → state, recorded once for each signature, whose state stays in its memory."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f

    @functools.cached_property
    def _recorder(self) -> "Recorder":
        from nnfunc.recording.recorder import Recorder

        return Recorder(self.f)

    def program(self, args: tuple[Any, ...], arrays: list[Array]) -> "Program":
        """The program for arguments like these, whose arrays are appended in its order."""
        return self._recorder.step(args, arrays)

    def described(self, *args: Any) -> str:
        """How it is replayed for arguments like these, for a reader."""
        return self._recorder.step(args, []).described

    def advance(self, *args: Any) -> None:
        """Replace the state, the first argument, by f of all; it is written into its arrays."""
        arrays: list[Array] = []
        program = self.program(args, arrays)
        program.give_back(program.run(arrays))


def run(calls: Calls) -> None:
    """Make the calls, one after the other."""
    deque(map(call, calls), maxlen=0)
