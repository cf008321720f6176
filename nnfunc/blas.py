"""How many threads NumPy's matrix products use. The setting is of the whole process: it is counted and restored."""

import functools
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import Limit, ThreadpoolController

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


_lock = threading.Lock()
_users = 0
_limit: "Limit | None" = None


def _forget() -> None:
    """A fork has none of the threads that were within."""
    global _lock, _users, _limit
    _lock, _users, _limit = threading.Lock(), 0, None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def one_thread() -> Generator[None]:
    """Within, in whatever thread: matrix products use one thread each."""
    global _users, _limit
    with _lock:
        if _users == 0:
            _let_any_thread()
            _limit = _controller().limit(limits=1, user_api="blas")
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0 and _limit is not None:
                _let_any_thread()
                _limit.restore_original_limits()
                _let_any_thread()
