"""A tape: the calls of NumPy that a pure function made, on numbered values.

A value is an argument, a constant, or what a call made. Every array that the function handled is a value or a view of
one: `Ref`. Because the function is pure, a value never changes once it is made.
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
    """An array as a view of a value: where it begins, in bytes, and how it is laid out."""

    value: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: np.dtype[Any]

    def __repr__(self) -> str:
        return f"{sizes_text(self.shape)} {self.dtype}"

    def is_laid_out_like(self, other: "Ref") -> bool:
        """Whether both have the same offset, shape, strides and dtype."""
        return self[1:] == other[1:]


class Call(NamedTuple):
    """`f(*args, out=out, **options)`; the arguments are `Ref`s, constants, or tuples and lists of both."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, Any]
    out: Ref


def product() -> None:
    """c + factor · scale · (a @ b), without the parts that are None: the name of a call in C; never called."""


class Plan(NamedTuple):
    """The calls of a tape, and where each value lies.

    Attributes:
        inputs: the number of arguments, which are the first values.
        calls: in order; each writes the whole of one value.
        layouts: of each value, the reference to all of it.
        constants: values that are the same in each call.
        homes: of each value that a call makes, its block, or, below 0, the input that it replaces: −1 for input 0.
        blocks: bytes of each block.
        results: values that are read after the last call.
    """

    inputs: int
    calls: list[Call]
    layouts: list[Ref]
    constants: dict[int, Array]
    homes: dict[int, int]
    blocks: list[int]
    results: set[int]


def refs_in(x: Any) -> list[Ref]:
    """The references among the arguments of a call."""
    if isinstance(x, Ref):
        return [x]
    return [ref for each in x for ref in refs_in(each)] if type(x) in (tuple, list) else []


REAL = "biuf"
"""Kinds of dtypes that are recorded."""

_raised: ContextVar[list[Exception]] = ContextVar("raised")


def _raising(sentence: str) -> RecordingError:
    error = RecordingError(sentence)
    _raised.get([]).append(error)
    return error


refusal = partial(source.refusal, _raising)
"""The error for what cannot be recorded, which counts even where it is caught."""


@contextmanager
def noted() -> Generator[None]:
    """Note the errors of NumPy within that depend on entries, not on shapes."""
    try:
        yield
    except (FloatingPointError, np.linalg.LinAlgError) as error:
        _raised.get([]).append(error)
        raise


@contextmanager
def no_error_caught() -> Generator[None]:
    """Refuse what ends well although something within was refused: whoever caught that error went another way.

    Raises:
        RecordingError: an error was raised, and caught.
    """
    token = _raised.set([])
    try:
        yield
        for error in _raised.get():
            if isinstance(error, RecordingError):
                raise error
            raise RecordingError(
                f"recorded: no error may be caught, for the way on would be the same in all later calls; "
                f"got {type(error).__name__} ({error}). Call it before or after?"
            )
    finally:
        _raised.reset(token)


def is_dense(layout: Array) -> bool:
    """Whether an array fills its memory from the beginning, in whatever order of its axes."""
    return layout.transpose(np.argsort(layout.strides)[::-1]).flags.c_contiguous


class Tape:
    """What is recorded: first the arguments, then what was made of them."""

    def __init__(self) -> None:
        self.values: list[Array] = []
        self.calls: list[Call] = []
        self.constants: set[int] = set()
        self.inputs = 0
        self.is_over = False
        self.errors = np.geterr()

    def take(self, x: Array) -> int:
        """An argument as a new value."""
        self.inputs += 1
        return self._new(x)

    def keep(self, constant: Array) -> int:
        """An array that is the same in each call as a new value."""
        self.constants.add(self._new(constant))
        return len(self.values) - 1

    def add(self, f: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], result: Array) -> int:
        """The result of a call, which is a fresh array, as a new value."""
        if np.geterr() != self.errors:
            raise refusal("treat all errors of floats alike", "np.errstate inside it", "Put it around the call.")
        value = self._new(result)
        self.calls.append(Call(f, args, options, self.ref(value, result)))
        return value

    def _new(self, x: Array) -> int:
        self.values.append(x)
        return len(self.values) - 1

    def ref(self, value: int, x: Array) -> Ref:
        """The reference to an array that is a view of a value."""
        return Ref(value, address(x) - address(self.values[value]), x.shape, x.strides, x.dtype)

    def whole(self, value: int) -> Ref:
        """The reference to all of a value."""
        return self.ref(value, self.values[value])


def address(x: Array) -> int:
    """Where an array begins in memory."""
    return int(x.__array_interface__["data"][0])
