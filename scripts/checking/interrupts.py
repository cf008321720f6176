"""Check that a training that is interrupted anywhere, and then read on, ends as if it had not been."""

import faulthandler
import random
import signal
from pathlib import Path
from typing import Any

import nnfunc as nn
from nnfunc.tracing import tree

KINDS: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((784, 20, 10), {"batch": 32, "optimizer": "adam", "learning_rate": 0.003, "dropout": 0.2}),
    ((784, 20, 10), {"batch": 64, "learning_rate": 0.1, "augmentation": nn.Distorted(shift=1)}),
    ((784, 128, 10), {"batch": 256, "optimizer": "momentum", "learning_rate": 0.01}),
    ((784, 20, 10), {"learning_rate": 0.1, "dropout": 0.2}),
)
"""Narrow networks, for which a thread reads ahead; a wide one; full batches, in lanes on threads."""

PATIENCE = 60
"""Seconds after which a training is considered stuck."""


def interrupted(count: int, folder: Path, seed: int) -> str:  # noqa: ARG001
    """Interrupt trainings `count` times, at random moments."""
    rng, done = random.Random(seed), 0
    signal.signal(signal.SIGALRM, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    data = nn.load_mnist()[0].take(slice(0, 4000))
    whole = [_last(nn.train(nn.init(sizes), data, epochs=4, **settings)) for sizes, settings in KINDS]
    while done < count:
        i = rng.randrange(len(KINDS))
        sizes, settings = KINDS[i]
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        training, last, wait = nn.train(nn.init(sizes), data, epochs=4, **settings), None, 0.002
        while True:
            try:
                signal.setitimer(signal.ITIMER_REAL, rng.uniform(0.0001, wait))
                for epoch in training:
                    last = epoch
                signal.setitimer(signal.ITIMER_REAL, 0)
                break
            except KeyboardInterrupt:
                done += 1
                wait *= 1.3  # so that it comes to an end
        assert last is not None
        assert _arrays(last) == whole[i], f"other parameters after an interrupt: {KINDS[i]}"
    faulthandler.cancel_dump_traceback_later()
    return f"{done:,} interrupts at random moments: each training ended with the bits of the uninterrupted one"


def _interrupt(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def _arrays(epoch: nn.Epoch) -> list[bytes]:
    return [x.tobytes() for x in tree.leaves(epoch.params)]


def _last(training: Any) -> list[bytes]:
    *_, last = training
    return _arrays(last)
