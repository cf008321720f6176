"""From a tape to a plan: unused calls are dropped, and values share few buffers."""

import math
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from types import SimpleNamespace
from typing import TypeAlias

import numpy as np

from nnfunc.base.array import Array
from nnfunc.recording.rules.into import copy_into
from nnfunc.recording.tape import Call, Plan, Ref, Tape, address, product, refs_in

Join: TypeAlias = Callable[[list[Call], set[int]], list[Call]]
"""A function (calls, values that are results) → the calls to make, fused and reordered."""


def plan(tape: Tape, results: list[Ref], carried: int = 0, *, join: Join | None = None) -> Plan:
    """Return the plan of a tape; the first `carried` results overwrite the first inputs; `join` fuses calls.

    Raises:
        ValueError: a carried result differs from its input in shape or dtype.
    """
    layouts = [tape.whole(value) for value in range(len(tape.values))]
    calls, results = list(tape.calls), list(results)
    for i in range(carried):
        results[i] = _own(results[i], i, layouts, calls, results[:i])
    live = {ref.value for ref in results}
    calls = without_dead(calls, live)
    calls = calls if join is None else join(calls, live)
    places = _Places(layouts, calls, [ref.value for ref in results], carried)
    for i, call in enumerate(calls):
        places.place(i, call)
    calls += [
        Call(copy_into, (layouts[ref.value],), {}, layouts[i])
        for i, ref in enumerate(results[:carried])
        if places.homes[ref.value] != -1 - i
    ]
    constants = {value: tape.values[value] for value in tape.constants}
    return Plan(tape.inputs, calls, layouts, constants, places.homes, places.blocks, places.results)


def _own(result: Ref, i: int, layouts: list[Ref], calls: list[Call], before: list[Ref]) -> Ref:
    """Return carried result i as a whole computed value, laid out like input i and used only once; copy if needed."""
    old = layouts[i]
    if result.shape != old.shape or result.dtype != old.dtype:
        raise ValueError(f"a carried {old.shape} {old.dtype} becomes {result.shape} {result.dtype}")
    is_made = any(call.out.value == result.value for call in calls)
    if is_made and result == layouts[result.value] and result.is_laid_out_like(old) and result not in before:
        return result
    own = old._replace(value=len(layouts))
    layouts.append(own)
    calls.append(Call(copy_into, (result,), {}, own))
    return own


def without_dead(calls: list[Call], results: set[int]) -> list[Call]:
    """Return the calls whose values are results or are read by other calls that are kept."""
    live, kept = set(results), list[Call]()
    for call in reversed(calls):
        if call.out.value in live:
            kept.append(call)
            live |= {ref.value for ref in refs_in(call.args)}
    return kept[::-1]


class _Places:
    """The assignment of values to blocks of memory, which are reused after the last read."""

    def __init__(self, layouts: list[Ref], calls: list[Call], results: list[int], carried: int) -> None:
        self.layouts, self.results = layouts, set(results)
        self.last = {ref.value: i for i, call in enumerate(calls) for ref in refs_in(call.args)}
        self.target = {value: i for i, value in enumerate(results[:carried])}
        self.homes: dict[int, int] = {}
        self.blocks: list[int] = []
        self.free: list[int] = []

    def place(self, i: int, call: Call) -> None:
        """Choose where call i writes its value, and free the blocks of values that are not read after it."""
        value, refs = call.out.value, refs_in(call.args)
        dying = {ref.value for ref in refs if self.last[ref.value] == i and ref.value not in self.results}
        may_be_overwritten = _overwritable(call)
        target = self.target.get(value)
        last = self.last.get(target, -1) if target is not None else i
        if target is not None and (last < i or (last == i and target in may_be_overwritten)):
            self.homes[value] = -1 - target
        else:
            taken = [v for v in may_be_overwritten if v in dying and self.homes.get(v, -1) >= 0]
            self.homes[value] = self.homes[taken[0]] if taken else self._block(self.layouts[value])
            dying -= set(taken[:1])
        unread = {value} if value not in self.last and value not in self.results else set[int]()
        self.free += [self.homes[v] for v in dying | unread if self.homes.get(v, -1) >= 0]

    def _block(self, layout: Ref) -> int:
        size = size_of(layout)
        fitting = [block for block in self.free if self.blocks[block] >= size]
        if fitting:
            block = min(fitting, key=lambda block: self.blocks[block])
            self.free.remove(block)
            return block
        self.blocks.append(size)
        return len(self.blocks) - 1


def _overwritable(call: Call) -> list[int]:
    """Return the values that a call may overwrite with its result: those with its layout that it reads elementwise."""
    if call.f is product:
        a, b, c, scale = call.args
        read_on = {x.value for x in (a, b, scale) if x is not None}
        return [c.value] if c is not None and c.is_laid_out_like(call.out) and c.value not in read_on else []
    # np.power looks for overlap, and may then round differently
    if not (isinstance(call.f, np.ufunc) and call.f.signature is None) or call.f is np.power:
        return []
    refs = refs_in(call.args)
    return [
        ref.value for ref in refs if all(other.is_laid_out_like(call.out) for other in refs if other.value == ref.value)
    ]


def size_of(layout: Ref) -> int:
    """Return the size of the entries in bytes."""
    return math.prod(layout.shape) * layout.dtype.itemsize


def viewer(ref: Ref, layout: Ref) -> Callable[[Array], Array] | None:
    """Return a function that creates the view `ref` of an array laid out as `layout`; None for the array itself."""
    if ref == layout:
        return None
    if ref.offset == 0 and ref.shape == layout.shape[::-1] and ref.strides == layout.strides[::-1]:
        return attrgetter("T")
    return partial(_seen, ref=ref)


def _seen(array: Array, ref: Ref) -> Array:
    """Return an arbitrary view of an array, through NumPy's array interface."""
    return np.asarray(
        SimpleNamespace(
            array=array,  # keeps it alive
            __array_interface__={
                "version": 3,
                "data": (address(array) + ref.offset, False),
                "shape": ref.shape,
                "strides": ref.strides,
                "typestr": ref.dtype.str,
            },
        )
    )
