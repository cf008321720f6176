"""The number of threads of NumPy's matrix products: a setting of the whole process, taken in turns and restored."""

import gc
import os
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING
from weakref import ref

from nnfunc.base.interrupts import DelayedInterrupts

if TYPE_CHECKING:
    from threadpoolctl import Limit, ThreadpoolController

SOON, PATIENCE = 1, 60
"""Seconds before a waiter looks for owners that died; seconds before it proceeds regardless: last digits may change."""

WIDE = 5_000_000
"""Batch × weights above which a matrix product gains from several threads; below, they cost 20 to 40 %."""


def is_wide(batch: int, weights: int) -> bool:
    """Return whether the matrix products of a step are large enough for several threads."""
    return batch * weights > WIDE


@cache
def _controller() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # searches all loaded libraries, so it is cached


def _let_any_thread() -> None:
    """Let any thread change the limit: in threadpoolctl 3.8 only the first thread to set it can, unless cleared."""
    for library in _controller().lib_controllers:
        if (clear := getattr(library, "clear_controlling_thread", None)) is not None:
            clear(force=True)


@dataclass(frozen=True, eq=False)
class _Wish:
    """A request of a computation: one thread for each product, or all."""

    one: bool


class _Turns:
    """A lock between computations with one thread for each product and those with all: equal ones run at once.

    The last digits of a product may depend on its number of threads. So a computation that wants the other number waits
    until all that are at work have ended or given way, in the order of arrival. Requests are held by weak references:
    an interrupt may come before a computation calls `leave`, but then nothing else refers to its request.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()  # its lock is reentrant: `leave` also runs as a weak reference dies
        self.limit: Limit | None = None
        self.at_work, self.waiting = list[ref[_Wish]](), list[ref[_Wish]]()

    def enter(self, me: ref[_Wish]) -> None:
        with DelayedInterrupts(), self.changed:
            self.waiting.append(me)
        try:
            with self.changed:
                if not self.changed.wait_for(lambda: self._may(me), SOON):
                    gc.collect()  # an interrupted one may be alive in a cycle of references
                    self.changed.wait_for(lambda: self._may(me), PATIENCE)
        finally:  # one that is interrupted is at work now, too, for it will leave
            with DelayedInterrupts(), self.changed:
                self.waiting.remove(me)
                self.at_work.append(me)
                if self.limit is None and self._some(self.at_work, one=True):
                    _let_any_thread()
                    self.limit = _controller().limit(limits=1, user_api="blas")
                self.changed.notify_all()

    def _may(self, me: ref[_Wish]) -> bool:
        wish, ahead = me(), self.at_work + self.waiting[: self.waiting.index(me)]
        return wish is None or not self._some(ahead, one=not wish.one)

    def _some(self, wishes: Sequence[ref[_Wish]], *, one: bool) -> bool:
        return any(wish.one == one for wish in (known() for known in wishes) if wish is not None)

    def leave(self, me: ref[_Wish]) -> None:
        with DelayedInterrupts(), self.changed:
            for known in (self.at_work, self.waiting):
                if me in known:
                    known.remove(me)
            if not self._some(self.at_work, one=True):
                self.lift()
            self.changed.notify_all()

    def lift(self) -> None:
        """Let products use all threads again."""
        if self.limit is not None:
            _let_any_thread()
            self.limit.restore_original_limits()
            _let_any_thread()
            self.limit = None

    def give_way(self, me: ref[_Wish]) -> None:
        """Let computations that wait for the other number of threads run first."""
        if (wish := me()) is not None and self._some(self.waiting, one=not wish.one):
            self.leave(me)
            self.enter(me)


_turns = _Turns()
_within: ContextVar[ref[_Wish] | None] = ContextVar("within", default=None)


def _forget() -> None:
    """Reset the turns in a forked process, which has none of the threads that were computing."""
    global _turns
    _turns.lift()
    _turns = _Turns()
    _within.set(None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def threads(*, one: bool) -> Generator[Callable[[], None]]:
    """Let matrix products within the context, in any thread, use one thread each, or all.

    A nested call, also from a thread that runs in a copy of the context, changes nothing and does not wait.

    Yields:
        A function that lets computations that wait for the other number of threads run first.
    """
    if (around := _within.get()) is not None and around() is not None:
        yield lambda: None
        return
    turns, wish = _turns, _Wish(one=one)
    me = ref(wish, turns.leave)
    token = _within.set(me)
    try:
        turns.enter(me)
        yield partial(turns.give_way, me)
    finally:
        turns.leave(me)
        _within.reset(token)
