"""`recorded`: record the NumPy calls of a function once, and only replay them in later calls."""

import functools
import inspect
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from operator import call
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar

from nnfunc.base.errors import SettingError

if TYPE_CHECKING:
    from nnfunc.recording.recorder import Recorder

Calls: TypeAlias = "list[Callable[[], object]]"
"""Calls without arguments: NumPy calls, or runs of the loop in C, bound to arrays."""

BY_NUMPY: ContextVar[bool] = ContextVar("by_numpy", default=False)

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def by_numpy() -> Generator[None]:
    """Let NumPy replay the recordings used within, for results equal bit for bit, even where the loop in C could."""
    token = BY_NUMPY.set(True)
    try:
        yield
    finally:
        BY_NUMPY.reset(token)


def recorded(f: Callable[P, R]) -> Callable[P, R]:
    """Return f, recorded at the first call with each signature and replayed afterwards; it stays a pure function.

    The first call with arguments of given types, shapes, dtypes and strides runs f twice, checks included, and records
    the NumPy calls that it makes. Later calls make only these calls: they skip f's Python code and its checks, and
    reuse buffers for temporary arrays. Results are new arrays, or views of arguments: equal bit for bit where NumPy
    makes the calls, and equal up to rounding where a loop in C does (for floats, on Linux with AVX2).

    What changes from call to call must be an array (0-d for a learning rate). Python numbers and strings are constants
    of a recording: other values lead to a new recording. The recordings of the last 32 signatures are kept.

    Args:
        f: a pure function of arrays in tuples, lists, dicts and dataclasses.

    Raises:
        RecordingError: when called: f does something that cannot be replayed. It depends on the entries of an array,
            extracts one as a number, writes into an array, indexes with an array, or uses an array that is not an
            argument or a NumPy function that is not supported.
        SettingError: f is async, a generator or a class.
    """
    others = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction, inspect.isclass)
    if any(is_other(f) for is_other in others):
        raise SettingError(f"recorded: it must decorate a function that returns arrays; got {f!r}.")

    @functools.cache
    def recorder() -> "Recorder":
        from nnfunc.recording.recorder import Recorder

        return Recorder(f)

    @functools.wraps(f)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        result: R = recorder()(args, kwargs)
        return result

    return wrapper


def run(calls: Calls) -> None:
    """Make the calls in order."""
    deque(map(call, calls), maxlen=0)
