"""Calls of each entry that a replay in C makes together, strip by strip, while what they make is in the cache."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from nnfunc.recording.into import copy_into, where_into
from nnfunc.recording.tape import Call, Plan, Ref, refs_in

LARGE = 4096
"""Entries from which calls are made together, 2 at least; fewer stay in the cache anyway."""

MOST = 16
"""Calls in a group, and numbers among their arguments; as TOGETHER and REPEATED in native/replay.h."""

STRIPS = 8
"""Values of a group that nobody else knows; as in native/replay.h."""

AHEAD = 100
"""Calls among which those of a group are sought."""


def ordered(calls: Sequence[Call]) -> list[Call]:
    """The calls in another order: one of each entry, then all others of its shape whose arguments are made."""
    waiting, done = list(calls), list[Call]()
    while waiting:
        done.append(waiting.pop(0))
        if not _is_entrywise(done[-1]):
            continue
        first = done[-1]
        unmade, i, count = {call.out.value for call in waiting}, 0, 1
        while i < min(len(waiting), AHEAD) and count < MOST:
            call = waiting[i]
            is_like = _is_entrywise(call) and call.out.shape == first.out.shape
            if is_like and not any(ref.value in unmade for ref in refs_in(call.args)):
                done.append(waiting.pop(i))
                unmade.discard(call.out.value)
                i, count = 0, count + 1
            else:
                i += 1
    return done


def _is_entrywise(call: Call) -> bool:
    is_ufunc = isinstance(call.f, np.ufunc) and call.f.signature is None
    return (is_ufunc or call.f in (copy_into, where_into)) and math.prod(call.out.shape) >= LARGE


def groups(plan: Plan, rows: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Where a group of several operations begins, and how many there are in it."""
    i = 0
    while i < len(rows):
        end, group = i + 1, _Group(plan)
        if _is_entrywise(plan.calls[i]) and group.takes(plan.calls[i]):
            alike = rows[i][1:5]  # type, m, n and no k
            while end < len(rows) and end - i < MOST and rows[end][1:5] == alike and group.takes(plan.calls[end]):
                end += 1
        if end - i > 1:
            yield i, end - i
        i = end


def readers_of(calls: Sequence[Call]) -> Counter[int]:
    """How often each value is an argument."""
    return Counter(ref.value for call in calls for ref in refs_in(call.args))


def local(group: Sequence[Call], own: Sequence[bool], readers: Counter[int], results: set[int]) -> dict[int, int]:
    """The values that nobody but a group knows, each with the number of the strip that it is kept in.

    Args:
        group: its calls.
        own: of each, whether its result has the type that it computes in.
        readers: of all calls, how often each value is an argument.
        results: values that are read after the last call.
    """
    inside = readers_of(group)
    last = {ref.value: i for i, call in enumerate(group) for ref in refs_in(call.args)}
    strips, free = dict[int, int](), list(range(STRIPS))
    for i, call in enumerate(group):
        value = call.out.value
        is_inner = 0 < inside[value] == readers[value] and value not in results
        if is_inner and own[i] and free:
            strips[value] = free.pop(0)
        free += [strips[v] for v in {ref.value for ref in refs_in(call.args)} & strips.keys() if last[v] == i]
    return strips


def _varies(ref: Ref) -> bool:
    """Whether an argument is more than one number, repeated."""
    return any(stride and n > 1 for n, stride in zip(ref.shape, ref.strides, strict=True))


class _Group:
    """What operations that are made together read and write: each place in the same way only, if it is written."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.numbers = plan, 0
        self.read: dict[int, set[object]] = {}
        self.written: dict[int, object] = {}

    def takes(self, call: Call) -> bool:
        """Whether one more call can be made strip by strip with the others; if so, it is one of them."""
        if not _is_entrywise(call):
            return False
        refs = refs_in(call.args)
        numbers = self.numbers + len(call.args) - sum(map(_varies, refs))
        at, as_seen = self._place(call.out), call.out[1:]
        reads = {(self._place(ref), ref[1:]) for ref in refs}
        if (
            numbers > MOST
            or any(self.written.get(place, seen) != seen for place, seen in reads)
            or self.written.get(at, as_seen) != as_seen
            or self.read.get(at, {as_seen}) | {seen for place, seen in reads if place == at} != {as_seen}
        ):
            return False
        self.numbers = numbers
        self.written[at] = as_seen
        for place, seen in reads:
            self.read.setdefault(place, set()).add(seen)
        return True

    def _place(self, ref: Ref) -> int:
        """The block that a value lies in, or, from −1 down, the input; constants lie beyond all blocks."""
        if ref.value < self.plan.inputs:
            return -1 - ref.value
        return self.plan.homes.get(ref.value, len(self.plan.blocks) + ref.value)
