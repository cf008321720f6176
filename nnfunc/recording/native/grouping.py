"""Calls that a replay in C makes together.

Products are joined with what is done to their results: `W - α * (dZ @ A.T / m)` and `W @ A + b` become one call each,
which rounds less often, and so has other last bits. Pixels become floats where they are read. Calls of each entry are
made strip by strip, while what they make is in the cache.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnfunc.recording.buffers import without_dead
from nnfunc.recording.into import copy_into, where_into
from nnfunc.recording.tape import Call, Plan, Ref, product, refs_in

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))

LARGE = 4096
"""Entries from which calls are made together, 2 at least; fewer stay in the cache anyway."""

MOST = 16
"""Calls in a group, and numbers among their arguments; as TOGETHER and REPEATED in native/replay.h."""

STRIPS = 8
"""Values of a group that nobody else knows; as in native/replay.h."""

AHEAD = 100
"""Calls among which those of a group are sought."""


def joined(calls: list[Call], results: set[int]) -> list[Call]:
    """The calls, fused and put in the order of their groups."""
    return ordered(without_dead(fused(calls, results), results))


def fused(calls: list[Call], results: set[int]) -> list[Call]:
    """The calls, each joined with those before it that nobody else reads, which are dead then."""
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
    """A product times or by a number."""
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
    """Something plus or minus a product, or a product plus something."""
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
    """A call of each entry of pixels that were made floats before."""
    if not isinstance(call.f, np.ufunc) or call.f.signature is not None or call.options or call.out.dtype not in FLOATS:
        return None
    args = tuple(_pixels(x, once) for x in call.args)
    return call._replace(args=args, options={"dtype": call.out.dtype}) if args != call.args else None


def _pixels(x: Any, once: dict[int, Call]) -> Any:
    """What an argument was before it became floats."""
    copy = once.get(x.value) if isinstance(x, Ref) else None
    if copy is None or copy.f is not copy_into or x != copy.out:
        return x
    (pixels,) = copy.args
    return pixels if isinstance(pixels, Ref) and pixels.dtype == np.uint8 and pixels.shape == x.shape else x


def _whole(x: Any, once: dict[int, Call], call: Call) -> Call | None:
    """The product that an argument is all of, where the result of the call has its shape and dtype."""
    term = once.get(x.value) if isinstance(x, Ref) else None
    is_whole = term is not None and term.f is product and x == term.out
    return term if is_whole and (x.shape, x.dtype) == (call.out.shape, call.out.dtype) else None


def ordered(calls: Sequence[Call]) -> list[Call]:
    """The calls in another order: one of each entry, then all others of its shape whose arguments are made."""
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
    """Where a group of several operations begins, and how many there are in it."""
    i = 0
    while i < len(rows):
        end, group = i + 1, _Group(plan)
        if group.takes(plan.calls[i]):
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
        if own[i] and free and 0 < inside[value] == readers[value] and value not in results:
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
        """The block that a value lies in, or, from −1 down, the input; constants lie beyond all blocks."""
        value, beyond = ref.value, len(self.plan.blocks) + ref.value
        return -1 - value if value < self.plan.inputs else self.plan.homes.get(value, beyond)
