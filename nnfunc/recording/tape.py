"""A tape: the NumPy calls that a pure function made, on numbered values.

A value is an argument, a constant, or the result of a call. Every array in the function is a value or a view of one,
described by a `Ref`. Because the function is pure, a value never changes once it is computed.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from nnfunc.base.array import Array, sizes_text
from nnfunc.base.errors import RecordingError
from nnfunc.tracing import source


class Ref(NamedTuple):
    """An array described as a view of a value: its offset in bytes, and its layout."""

    value: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype[Any]

    def __repr__(self) -> str:
        return f"{sizes_text(self.shape)} {self.dtype}"

    def is_laid_out_like(self, other: "Ref") -> bool:
        """Return whether both have the same offset, shape, strides and dtype."""
        return self[1:] == other[1:]


class Call(NamedTuple):
    """`f(*args, out=out, **options)`; the arguments are `Ref`s, constants, or tuples and lists of both."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, Any]
    out: Ref


def product() -> None:
    """c + factor · scale · (a @ b), leaving out parts that are None. Never called: it names an operation in C."""


class Plan(NamedTuple):
    """The calls of a tape, and where each value is stored.

    Attributes:
        inputs: the number of arguments, which are the first values.
        calls: the calls in order; each writes one whole value.
        layouts: the reference to the whole of each value.
        constants: the values that are the same in each replay.
        homes: the block of each value that a call computes, or −1 − i if it overwrites input i.
        blocks: the size of each block in bytes.
        results: the values that are read after the last call.
    """

    inputs: int
    calls: list[Call]
    layouts: list[Ref]
    constants: dict[int, Array]
    homes: dict[int, int]
    blocks: list[int]
    results: set[int]


def refs_in(x: Any) -> list[Ref]:
    """Return the references among the arguments of a call."""
    if isinstance(x, Ref):
        return [x]
    return [ref for each in x for ref in refs_in(each)] if type(x) in (tuple, list) else []


REAL = "biuf"
"""The kinds of dtypes that can be recorded."""

_raised: ContextVar[list[Exception]] = ContextVar("raised")


def _raising(sentence: str) -> RecordingError:
    error = RecordingError(sentence)
    _raised.get([]).append(error)
    return error


refusal = partial(source.refusal, _raising)
"""The error for what cannot be recorded; `no_error_caught` raises it even if it was caught."""


@contextmanager
def noted() -> Generator[None]:
    """Note NumPy errors raised within that depend on entries, not on shapes, for `no_error_caught`."""
    try:
        yield
    except (FloatingPointError, np.linalg.LinAlgError) as error:
        _raised.get([]).append(error)
        raise


@contextmanager
def no_error_caught() -> Generator[None]:
    """Raise at the end if an error was caught within: the path taken afterwards would be the same in all later calls.

    Raises:
        RecordingError: an error was raised and caught.
    """
    token = _raised.set([])
    try:
        yield
        for error in _raised.get():
            if isinstance(error, RecordingError):
                raise error
            raise RecordingError(
                f"recorded: errors must not be caught, because what follows would be the same in all later calls; "
                f"got {type(error).__name__} ({error}). Move that code before or after the call?"
            )
    finally:
        _raised.reset(token)


def is_dense(layout: Array) -> bool:
    """Return whether an array fills its memory without gaps from the beginning, in any order of its axes."""
    return layout.transpose(np.argsort(layout.strides)[::-1]).flags.c_contiguous


class Tape:
    """A recording: numbered values, the arguments first, and the calls that computed them."""

    def __init__(self) -> None:
        self.values: list[Array] = []
        self.calls: list[Call] = []
        self.constants: set[int] = set()
        self.inputs = 0
        self.is_over = False
        self.errors = np.geterr()

    def take(self, x: Array) -> int:
        """Add an argument, and return the number of its value."""
        self.inputs += 1
        return self._new(x)

    def keep(self, constant: Array) -> int:
        """Add an array that is the same in each replay, and return the number of its value."""
        self.constants.add(self._new(constant))
        return len(self.values) - 1

    def add(self, f: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], result: Array) -> int:
        """Add a call and its result, a fresh array, and return the number of its value."""
        if np.geterr() != self.errors:
            raise refusal(
                "use one floating-point error setting throughout", "np.errstate inside it", "Put it around the call."
            )
        value = self._new(result)
        self.calls.append(Call(f, args, options, self.ref(value, result)))
        return value

    def _new(self, x: Array) -> int:
        self.values.append(x)
        return len(self.values) - 1

    def ref(self, value: int, x: Array) -> Ref:
        """Return the reference to an array that is a view of a value."""
        return Ref(value, address(x) - address(self.values[value]), x.shape, x.strides, x.dtype)

    def whole(self, value: int) -> Ref:
        """Return the reference to the whole of a value."""
        return self.ref(value, self.values[value])


def address(x: Array) -> int:
    """Return the address of an array's first entry."""
    return int(x.__array_interface__["data"][0])
