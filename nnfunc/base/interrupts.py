"""Interrupts that wait a moment: locks and threads of Python do not survive a Ctrl-C in the midst of their own work."""

import signal
import threading
from types import FrameType
from typing import Any


class put_off:  # noqa: N801
    """Within, which must be short: Ctrl-C waits for the end."""

    def __enter__(self) -> None:
        self._came: tuple[int, FrameType | None] | None = None
        self._before: Any = None
        is_main = threading.current_thread() is threading.main_thread()  # which is the only one that is interrupted
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
