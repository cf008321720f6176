"""How many threads NumPy's matrix products use. The setting is of the whole process: it is counted and restored."""

import functools
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import Limit, ThreadpoolController

PATIENCE = 60
"""Seconds after which whoever waits for the other number of threads goes on with that of the others."""

WIDE = 5_000_000
"""Batch × weights from which a matrix product gains by several threads; below, they lose 20 to 40 %."""


def is_wide(batch: int, weights: int) -> bool:
    """Whether the matrix products of a step are large enough for several threads."""
    return batch * weights > WIDE


@functools.cache
def _controller() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # looks through all libraries, so it is kept


def _let_any_thread() -> None:
    """In threadpoolctl 3.8 only the thread that set a limit first can change it, unless that is cleared."""
    for library in _controller().lib_controllers:
        clear = getattr(library, "clear_controlling_thread", None)
        if clear is not None:
            clear(force=True)


class _Turns:
    """Who computes with one thread for each product, and who with all: those who want the same do it at once.

    The last digits of a product may depend on its number of threads. So whoever wants the other number waits until all
    who are at work have ended or given way, in the order in which they came.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.limit: Limit | None = None
        self.at_work = {True: 0, False: 0}
        self.waiting: list[tuple[bool, object]] = []

    def enter(self, one: bool) -> None:
        me = one, object()
        with self.changed:
            self.waiting.append(me)
            self.changed.wait_for(lambda: self._may(me), PATIENCE)
            self.waiting.remove(me)
            self.at_work[one] += 1
            if one and self.at_work[one] == 1:
                _let_any_thread()
                self.limit = _controller().limit(limits=1, user_api="blas")
            self.changed.notify_all()

    def _may(self, me: tuple[bool, object]) -> bool:
        one, _ = me
        before = self.waiting[: self.waiting.index(me)]
        return not self.at_work[not one] and all(other == one for other, _ in before)

    def leave(self, one: bool) -> None:
        with self.changed:
            self.at_work[one] -= 1
            if one and self.at_work[one] == 0 and self.limit is not None:
                _let_any_thread()
                self.limit.restore_original_limits()
                _let_any_thread()
            self.changed.notify_all()


_turns = _Turns()
_within: ContextVar[bool] = ContextVar("within", default=False)


def _forget() -> None:
    """A fork has none of the threads that were within."""
    global _turns
    _turns = _Turns()
    _within.set(False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def threads(*, one: bool) -> Generator[None]:
    """Within, in whatever thread: matrix products use one thread each, or all that there are.

    Whoever is within already, also in a thread that was given its context, stays as it is and does not wait.
    """
    if _within.get():
        yield
        return
    turns = _turns
    turns.enter(one)
    token = _within.set(True)
    try:
        yield
    finally:
        _within.reset(token)
        turns.leave(one)


def give_way(*, one: bool) -> None:
    """Within: let those who wait for the other number have their turn."""
    turns = _turns
    if any(other != one for other, _ in turns.waiting):
        turns.leave(one)
        turns.enter(one)
