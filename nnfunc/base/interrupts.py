"""Interrupts that are delayed: Python's locks and threads do not survive a Ctrl-C inside their own code."""

import signal
import threading
from types import FrameType
from typing import Any


class DelayedInterrupts:
    """A context manager that delays Ctrl-C to the end of its block, which must be short."""

    def __enter__(self) -> None:
        self._came: tuple[int, FrameType | None] | None = None
        self._before: Any = None
        is_main = threading.current_thread() is threading.main_thread()  # the only one that Ctrl-C interrupts
        if is_main and callable(before := signal.getsignal(signal.SIGINT)):
            signal.signal(signal.SIGINT, self._note)
            self._before = before

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._came = number, frame

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            if self._came is not None:
                self._before(*self._came)
