"""Fusion and grouping of calls for the replay in C.

Products are fused with the operations on their results: `W - α * (dZ @ A.T / m)` and `W @ A + b` become one call each,
which rounds less often, and so differs in the last bits. Pixels are converted to floats where they are read.
Elementwise calls run together strip by strip, while their results are in the cache.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnfunc.recording.buffers import without_dead
from nnfunc.recording.rules.into import copy_into, where_into
from nnfunc.recording.tape import Call, Plan, Ref, product, refs_in

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))

LARGE = 4096
"""The number of entries from which calls are grouped, at least 2: smaller arrays stay in the cache anyway."""

MOST = 16
"""The most calls in a group, and the most numbers among their arguments: TOGETHER and REPEATED in replay.h."""

STRIPS = 8
"""The number of strips for values that only a group uses; STRIPS in replay.h."""

AHEAD = 100
"""The number of following calls that are searched for members of a group."""


def joined(calls: list[Call], results: set[int]) -> list[Call]:
    """Return the calls, fused, and ordered so that the calls of a group are adjacent."""
    return ordered(without_dead(fused(calls, results), results))


def fused(calls: list[Call], results: set[int]) -> list[Call]:
    """Return the calls, each fused with earlier ones that only it reads; those remain in the list, but are dead."""
    readers = readers_of(calls)
    made, once = list[Call](), dict[int, Call]()
    for call in calls:
        one = _product(call) or _scaled(call, once) or _added(call, once) or _converting(call, once) or call
        made.append(one)
        if readers[one.out.value] == 1 and one.out.value not in results:
            once[one.out.value] = one
    return made


def _product(call: Call) -> Call | None:
    if call.f not in (np.matmul, np.dot) or call.options or call.out.dtype not in FLOATS:
        return None
    refs = refs_in(call.args)
    if len(refs) != 2 or any(len(ref.shape) not in (1, 2) or ref.dtype != call.out.dtype for ref in refs):
        return None
    return Call(product, (*refs, None, None), {"factor": 1.0}, call.out)


def _scaled(call: Call, once: dict[int, Call]) -> Call | None:
    """Fuse a call that multiplies or divides a product by a number; return None for other calls."""
    if call.f not in (np.multiply, np.divide) or call.options:
        return None
    for x, y in (call.args, call.args[::-1]) if call.f is np.multiply else (call.args,):
        term = _whole(x, once, call)
        if term is None:
            continue
        a, b, c, scale = term.args
        factor = term.options["factor"]
        if c is None and not isinstance(y, Ref) and np.ndim(y) == 0:
            with np.errstate(all="ignore"):
                new = call.f(factor, np.float64(y))
            if not new or not np.isfinite(call.out.dtype.type(new)):
                return None
            return Call(product, term.args, {"factor": float(new)}, call.out)
        if c is None and scale is None and call.f is np.multiply and isinstance(y, Ref) and y.shape == ():
            return Call(product, (a, b, None, y), {"factor": factor}, call.out)
    return None


def _added(call: Call, once: dict[int, Call]) -> Call | None:
    """Fuse a call that adds a product to an array or subtracts it from one; return None for other calls."""
    if call.f not in (np.add, np.subtract) or call.options:
        return None
    for c, x in (call.args, call.args[::-1]) if call.f is np.add else (call.args,):
        term = _whole(x, once, call)
        if term is not None and isinstance(c, Ref) and c.dtype == call.out.dtype and term.args[2] is None:
            a, b, _, scale = term.args
            factor = term.options["factor"]
            return Call(product, (a, b, c, scale), {"factor": factor if call.f is np.add else -factor}, call.out)
    return None


def _converting(call: Call, once: dict[int, Call]) -> Call | None:
    """Let an elementwise call read pixels instead of their copy as floats; return None for other calls."""
    if not isinstance(call.f, np.ufunc) or call.f.signature is not None or call.options or call.out.dtype not in FLOATS:
        return None
    args = tuple(_pixels(x, once) for x in call.args)
    return call._replace(args=args, options={"dtype": call.out.dtype}) if args != call.args else None


def _pixels(x: Any, once: dict[int, Call]) -> Any:
    """Return the pixels that an argument was converted from, or else the argument."""
    copy = once.get(x.value) if isinstance(x, Ref) else None
    if copy is None or copy.f is not copy_into or x != copy.out:
        return x
    (pixels,) = copy.args
    return pixels if isinstance(pixels, Ref) and pixels.dtype == np.uint8 and pixels.shape == x.shape else x


def _whole(x: Any, once: dict[int, Call], call: Call) -> Call | None:
    """Return the product whose whole result the argument is, if the call's result has the same shape and dtype."""
    term = once.get(x.value) if isinstance(x, Ref) else None
    is_whole = term is not None and term.f is product and x == term.out
    return term if is_whole and (x.shape, x.dtype) == (call.out.shape, call.out.dtype) else None


def ordered(calls: Sequence[Call]) -> list[Call]:
    """Return the calls reordered: after an elementwise one, others of the same shape whose arguments are computed."""
    waiting, done = list(calls), list[Call]()
    while waiting:
        first = waiting.pop(0)
        done.append(first)
        for _ in range(MOST - 1 if _is_entrywise(first) else 0):
            unmade = {call.out.value for call in waiting}
            near = enumerate(waiting[:AHEAD])
            alike = (i for i, call in near if _is_entrywise(call) and call.out.shape == first.out.shape)
            i = next((i for i in alike if unmade.isdisjoint(ref.value for ref in refs_in(waiting[i].args))), None)
            if i is None:
                break
            done.append(waiting.pop(i))
    return done


def _is_entrywise(call: Call) -> bool:
    is_ufunc = isinstance(call.f, np.ufunc) and call.f.signature is None
    return (is_ufunc or call.f in (copy_into, where_into)) and math.prod(call.out.shape) >= LARGE


def groups(plan: Plan, rows: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Yield the index of the first operation and the length of each group of several operations."""
    i = 0
    while i < len(rows):
        end, group = i + 1, _Group(plan)
        if group.takes(plan.calls[i]):
            alike = rows[i][1:5]  # type, m, n, and k, which is 0
            while end < len(rows) and end - i < MOST and rows[end][1:5] == alike and group.takes(plan.calls[end]):
                end += 1
        if end - i > 1:
            yield i, end - i
        i = end


def readers_of(calls: Sequence[Call]) -> Counter[int]:
    """Return how often each value is an argument."""
    return Counter(ref.value for call in calls for ref in refs_in(call.args))


def local(group: Sequence[Call], own: Sequence[bool], readers: Counter[int], results: set[int]) -> dict[int, int]:
    """Return the values that only a group uses, each with the number of the strip that holds it.

    Args:
        group: the calls of the group.
        own: whether the result of each call has the type that it computes in.
        readers: how often each value is an argument, in all calls.
        results: the values that are read after the last call.
    """
    inside = readers_of(group)
    last = {ref.value: i for i, call in enumerate(group) for ref in refs_in(call.args)}
    strips, free = dict[int, int](), list(range(STRIPS))
    for i, call in enumerate(group):
        value = call.out.value
        if own[i] and free and 0 < inside[value] == readers[value] and value not in results:
            strips[value] = free.pop(0)
        free += [strips[v] for v in {ref.value for ref in refs_in(call.args)} & strips.keys() if last[v] == i]
    return strips


def _varies(ref: Ref) -> bool:
    """Return whether an argument is more than one repeated number."""
    return any(stride and n > 1 for n, stride in zip(ref.shape, ref.strides, strict=True))


class _Group:
    """The reads and writes of a group of operations; a place that is written is accessed in one layout only."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.numbers = plan, 0
        self.read: dict[int, set[object]] = {}
        self.written: dict[int, object] = {}

    def takes(self, call: Call) -> bool:
        """Add a call to the group if it can run strip by strip with the others, and return whether it can."""
        refs = refs_in(call.args)
        numbers = self.numbers + len(call.args) - sum(map(_varies, refs))
        at, as_seen = self._place(call.out), call.out[1:]
        reads = {(self._place(ref), ref[1:]) for ref in refs}
        if (
            not _is_entrywise(call)
            or numbers > MOST
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
        """Return the block that holds a value, or −1 − i for input i; constants get numbers after all blocks."""
        value, beyond = ref.value, len(self.plan.blocks) + ref.value
        return -1 - value if value < self.plan.inputs else self.plan.homes.get(value, beyond)
