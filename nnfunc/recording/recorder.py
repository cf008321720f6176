"""Recorded functions: one tape per signature, replayed in its own buffers."""

import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np

from nnfunc.base.array import Array, sizes_text
from nnfunc.base.errors import RecordingError
from nnfunc.recording import BY_NUMPY
from nnfunc.recording.arrays import RecordedArray
from nnfunc.recording.buffers import plan, viewer
from nnfunc.recording.native.replay import CReplay, compiled
from nnfunc.recording.replay import PythonReplay, Replay
from nnfunc.recording.rules import functions as functions
from nnfunc.recording.structure import Inside, builder, refuse_opaque, signature
from nnfunc.recording.tape import REAL, Ref, Tape, no_error_caught, refs_in
from nnfunc.tracing import tree
from nnfunc.tracing.source import name_of

MOST = 32
"""The number of signatures of a function whose recordings are kept."""


class Recording(NamedTuple):
    """A tape, and the result of the recorded function: a structure whose arrays are the leaves."""

    tape: Tape
    result: Any
    leaves: list[RecordedArray]


def record(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Recording:
    """Run a function once on recording arrays.

    Raises:
        RecordingError: f does something that cannot be replayed.
    """
    tape = Tape()
    new_args, new_kwargs = tree.map(lambda leaf: _taken(tape, leaf), (args, kwargs))
    with no_error_caught():
        result = f(*new_args, **new_kwargs)
    name = getattr(f, "__name__", "recorded")
    refuse_opaque(name, result)
    tape.is_over = True
    return Recording(tape, result, [_returned(name, tape, leaf) for leaf in tree.leaves(result)])


def _taken(tape: Tape, leaf: Any) -> Any:
    array = np.asarray(leaf)
    if array.dtype.kind not in REAL:
        raise RecordingError(f"recorded: arrays must have a real dtype; got {array.dtype}. Convert it?")
    recorded = RecordedArray(tape, tape.take(array), array, is_scalar=isinstance(leaf, np.generic))
    recorded.flags.writeable = bool(leaf.flags.writeable)
    return recorded


def _returned(name: str, tape: Tape, leaf: Any) -> RecordedArray:
    if type(leaf) is RecordedArray and leaf.tape is tape:
        return leaf
    if isinstance(leaf, np.generic):
        constant: Array = np.asarray(cast("Any", leaf))
        return RecordedArray(tape, tape.keep(constant), constant, is_scalar=True)
    raise RecordingError(
        f"{name}: its result must be computed from its arguments; "
        f"got an array ({sizes_text(leaf.shape)}, {leaf.dtype}) that would stay the same in all later calls. "
        f"Compute it from arguments?"
    )


class Leaf(NamedTuple):
    """An array of the result, and how to create it from the values that a replay computes.

    Attributes:
        value: the number of the value that the array is a view of.
        seen: a function that creates this view of the value; None for the whole value.
        is_scalar: whether it is a NumPy scalar.
        is_shared: whether other leaves, or the caller, also hold the value.
        writeable: whether the function returned it as writeable.
    """

    value: int
    seen: Callable[[Array], Array] | None
    is_scalar: bool
    is_shared: bool
    writeable: bool

    def of(self, array: Array) -> Any:
        """Return the leaf, given the array of its value."""
        if self.seen is not None:
            array = self.seen(array)
        elif self.is_shared:
            array = array.view()
        if self.is_scalar:
            return array[()]
        if not self.writeable:
            array.flags.writeable = False
        return array


class Program:
    """The recording of one signature, and its idle replays."""

    def __init__(self, recording: Recording, carried: int = 0) -> None:
        refs = [recording.tape.ref(leaf.value, leaf.array) for leaf in recording.leaves]
        self.plan = plan(recording.tape, refs, carried)
        self.in_c = compiled(recording.tape, refs, carried)
        self.carried, self.build = carried, builder(recording.result)
        values = [ref.value for ref in refs]
        self.values = dict.fromkeys(values)
        self.leaves = [
            Leaf(
                ref.value,
                viewer(ref, self.plan.layouts[ref.value]),
                leaf.is_scalar,
                values.count(ref.value) > 1 or ref.value < self.plan.inputs,
                leaf.flags.writeable,
            )
            for ref, leaf in zip(refs, recording.leaves, strict=True)
        ]
        self.idle: list[Replay] = []

    @property
    def described(self) -> str:
        """A description of how the program is replayed."""
        return (
            f"in Python, {len(self.plan.calls)} calls: {self.in_c}"
            if isinstance(self.in_c, str)
            else f"in C ({self.in_c.native.processor}), {len(self.in_c.table.rows)} operations"
        )

    def replay(self) -> Replay:
        """Create a replay of the program, with new buffers."""
        in_c, in_python = self.in_c, None if self.carried else self.plan
        return PythonReplay(self.plan) if isinstance(in_c, str) else CReplay(in_c, in_python)

    def run(self, inputs: Sequence[Array]) -> Replay:
        """Replay the program for these arguments; the returned replay is the caller's alone until `give_back`."""
        try:
            replay = self.idle.pop()
        except IndexError:
            replay = self.replay()
        replay.run(inputs)
        return replay

    def give_back(self, replay: Replay) -> None:
        """Return a replay to the idle ones, so that its buffers can be reused."""
        replay.release()
        self.idle.append(replay)

    def __call__(self, inputs: Sequence[Array]) -> Any:
        """Replay the program for these arguments, and return its result: copies, or views of arguments."""
        replay = self.run(inputs)
        memory = replay.memory
        values = {v: inputs[v] if v < self.plan.inputs else memory[v].copy("K") for v in self.values}
        self.give_back(replay)
        return self.result(values)

    def result(self, values: Sequence[Array] | dict[int, Array]) -> Any:
        """Return the result of the function, built from the arrays of its values."""
        return self.build(iter([leaf.of(values[leaf.value]) for leaf in self.leaves]))


class Recorder:
    """The programs of a function, one per signature."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.programs: dict[Any, Program] = {}
        self.recorded = 0
        self.lock = threading.Lock()

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return `f(*args, **kwargs)`, recorded at the first call with each signature and replayed afterwards."""
        arrays: list[Any] = []
        try:
            key = signature(args, arrays), signature(kwargs, arrays) if kwargs else None, BY_NUMPY.get()
        except Inside:
            return self.f(*args, **kwargs)
        program = self.programs.get(key)
        if program is not None:
            return program(arrays)
        recording = record(self.f, args, kwargs)
        refuse_changes(name_of(self.f), recording, record(self.f, args, kwargs))
        return self._remember(key, Program(recording))(
            arrays
        )  # not the recorded result: its last bits may differ from those of all later calls

    def step(self, args: tuple[Any, ...], arrays: list[Array]) -> Program:
        """Return the program of f(state, *inputs) → state, which overwrites the state; append the arguments' arrays."""
        try:
            key = signature(args, arrays), BY_NUMPY.get()
        except Inside:
            raise RecordingError(
                f"{name_of(self.f)}: it must be called outside a recording or proof; got recorded arrays. "
                f"Use nn.forward and nn.backward there?"
            ) from None
        return self.programs.get(key) or self._remember(
            key, Program(record(self.f, args, {}), carried=len(tree.leaves(args[0])))
        )

    def _remember(self, key: Any, program: Program) -> Program:
        with self.lock:
            self.programs[key] = program
            self.recorded += 1
            if len(self.programs) > MOST:
                self.programs.pop(next(iter(self.programs)))
        # no warning for functions of this library: there the user chooses the sizes
        if self.recorded == 2 * MOST and not str(getattr(self.f, "__module__", "")).startswith("nnfunc."):
            warnings.warn(
                f"{name_of(self.f)} was recorded {self.recorded} times, each time with different constants or "
                f"sizes, which is slow. Pass numbers that change as 0-d arrays.",
                RuntimeWarning,
                stacklevel=4,
            )
        return program


def refuse_changes(name: str, first: Recording, second: Recording) -> None:
    """Raise if a function's second recording differs from the first: it depends on a random number or a counter.

    Raises:
        RecordingError: the recordings differ; names the first difference.
    """
    for (one, *key), (other, *other_key) in zip(_texts(first), _texts(second), strict=False):
        if one != other or key != other_key:
            then = f"{other} then" if one != other else "other parts of the same arrays then"
            raise RecordingError(
                f"{name}: it must do the same in each call with the same arguments; got {one} first and {then}. "
                f"Pass what changes, such as random numbers, as arguments that are arrays."
            )


def _texts(recording: Recording) -> list[tuple[object, ...]]:
    tape = recording.tape
    calls = [
        (f"{name_of(call.f)}{call.args}{call.options or ''}", *map(_where, refs_in(call.args))) for call in tape.calls
    ]
    leaves = (_where(tape.ref(leaf.value, leaf.array)) for leaf in recording.leaves)
    return [
        *calls,
        *((f"{tape.values[value]!r}",) for value in sorted(tape.constants)),
        (f"{recording.result!r} of {len(calls)} calls", *leaves),
    ]


def _where(ref: Ref) -> tuple[object, ...]:
    return ref.value, ref.offset, ref.strides
