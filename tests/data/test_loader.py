import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import ref

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.base.interrupts import DelayedInterrupts
from nnfunc.data.loader import CHUNK, Chunk, Slot, chunks, in_chunks
from nnfunc.tiling import blas
from tests.networks import leaves_equal

F32 = np.dtype(np.float32)


def pixels(m: int, n: int = 12) -> nn.Array:
    return np.random.default_rng(0).integers(0, 256, (m, n), np.uint8).T


def loaded(slots: list[Slot], order: nn.Array) -> list[tuple[nn.Array, nn.Array]]:
    """A copy of each batch."""
    return [
        (X.copy(), Y.copy())
        for slot, chunk in chunks(slots, in_chunks(order, slots[0].size))
        for X, Y, _ in slot.batches(len(chunk.samples))
    ]


@pytest.mark.parametrize("batch", [1, 7, 32, 1000, 1024, 1500, 2600])
@pytest.mark.parametrize("slots", [1, 2])
def test_batches_are_the_samples_in_their_order(batch: int, slots: int) -> None:
    m = 2600
    X, y = pixels(m), np.arange(m) % 5
    order = np.random.default_rng(1).permutation(m)
    found = loaded([Slot(X, y, 5, F32, batch) for _ in range(slots)], order)
    assert [len(Y.T) for _, Y in found] == [batch] * (m // batch) + [m % batch] * (m % batch > 0)
    assert np.array_equal(np.concatenate([X for X, _ in found], axis=1), nn.scale(X[:, order]))
    assert np.array_equal(np.concatenate([Y for _, Y in found], axis=1), nn.one_hot(y[order], 5))


def test_reading_ahead_changes_nothing() -> None:
    pixels_of_5000, y = pixels(5000), np.arange(5000) % 3
    order = np.random.default_rng(1).permutation(5000)
    alone, ahead = (loaded([Slot(pixels_of_5000, y, 3, F32, 32) for _ in range(slots)], order) for slots in (1, 2))
    assert leaves_equal(tuple(alone), tuple(ahead))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["labels of one output", "labels", "targets"])
def test_floats_with_labels_and_with_targets(dtype: Any, kind: str) -> None:
    m = 50
    floats: nn.Array = np.asfortranarray(np.random.default_rng(0).normal(size=(4, m)).astype(dtype))
    order = np.arange(m)[::-1]
    y: nn.Array = np.arange(m, dtype=np.uint8) % 3
    want: nn.Array = nn.one_hot(y, 3)
    if kind == "labels of one output":
        y, want = np.arange(m) % 2, (np.arange(m) % 2)[None]
    if kind == "targets":
        y = want = np.linspace(0, 1, 2 * m).reshape(2, m).astype(dtype)
    found = loaded([Slot(floats, y, len(want), np.dtype(dtype), 8)], order)
    assert np.array_equal(np.concatenate([X for X, _ in found], axis=1), floats[:, order])
    assert np.array_equal(np.concatenate([Y for _, Y in found], axis=1), want[:, order].astype(dtype))
    assert all(X.dtype == Y.dtype == dtype for X, Y in found)


def test_samples_of_a_batch_lie_one_after_the_other_in_memory_that_stays() -> None:
    slot = Slot(pixels(CHUNK), np.zeros(CHUNK, int), 2, F32, 32)
    before = slot.batches(CHUNK)
    slot.load(Chunk(np.arange(CHUNK)))
    for (X, Y, _), (X_before, Y_before, _) in zip(slot.batches(CHUNK), before, strict=True):
        assert X.T.flags.c_contiguous
        assert Y.flags.c_contiguous
        assert np.shares_memory(X, X_before)
        assert np.shares_memory(Y, Y_before)


def test_an_error_while_reading_ahead_is_raised() -> None:
    slots = [Slot(pixels(3000), np.zeros(3000, int), 2, F32, 32) for _ in range(2)]
    slots[1].y = np.zeros(3)
    with pytest.raises(IndexError):
        loaded(slots, np.arange(3000))


def test_nothing_goes_on_when_nobody_reads_on() -> None:
    threads = threading.active_count()
    slots = [Slot(pixels(5000), np.zeros(5000, int), 2, F32, 32) for _ in range(2)]
    reading = chunks(slots, in_chunks(np.arange(5000), slots[0].size))
    next(reading)
    reading.close()
    assert threading.active_count() == threads


def blas_threads() -> list[int]:
    from threadpoolctl import threadpool_info

    return [info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"]


def test_threads_of_blas_are_counted_and_restored() -> None:
    before = blas_threads()
    one = [1] * len(before)
    with blas.threads(one=True):
        with blas.threads(one=True):
            assert blas_threads() == one
        assert blas_threads() == one
        with pytest.raises(ZeroDivisionError), blas.threads(one=True):
            _ = 1 / 0
        assert blas_threads() == one
    assert blas_threads() == before


def test_threads_of_blas_are_set_and_restored_from_any_thread() -> None:
    before = blas_threads()
    ours, theirs = blas.threads(one=True), blas.threads(one=True)
    with ThreadPoolExecutor(1) as other:
        ours.__enter__()
        other.submit(theirs.__enter__).result()
        ours.__exit__(None, None, None)
        assert blas_threads() == [1] * len(before)
        other.submit(theirs.__exit__, None, None, None).result()
        assert blas_threads() == before
        alone = blas.threads(one=True)
        other.submit(alone.__enter__).result()
        assert blas_threads() == [1] * len(before)
        other.submit(alone.__exit__, None, None, None).result()
        assert blas_threads() == before


def test_whoever_wants_another_number_of_threads_waits_for_his_turn() -> None:
    before, log = blas_threads(), list[str]()
    with ThreadPoolExecutor(2) as others:
        with blas.threads(one=True) as give_way:
            wide = others.submit(turn, log, "all", one=False)
            wait_for_one_more(0)
            narrow = others.submit(turn, log, "one", one=True)  # came later, so it waits, too
            wait_for_one_more(1)
            assert (log, blas_threads()) == ([], [1] * len(before))
            give_way()
            assert log[0] == "all"
            log.append("again")
            with blas.threads(one=False):  # within: no waiting
                assert blas_threads() == [1] * len(before)
        for other in (wide, narrow):
            other.result()
    assert sorted(log) == ["again", "all", "one"]
    assert blas_threads() == before


def turn(log: list[str], name: str, one: bool) -> None:
    with blas.threads(one=one):
        log.append(name)


def wait_for_one_more(waiting: int) -> None:
    for _ in range(500):
        if len(blas._turns.waiting) > waiting:  # pyright: ignore[reportPrivateUsage]
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "SOON", 0.05)
    monkeypatch.setattr(blas, "PATIENCE", 0.05)
    with ThreadPoolExecutor(1) as other, blas.threads(one=True):
        log = list[str]()
        other.submit(turn, log, "all", one=False).result(timeout=5)
        assert log == ["all"]


def test_an_augmentation_may_use_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    data = nn.Dataset(pixels(3000), np.arange(3000) % 3)
    small, wide = nn.init((12, 5, 3)), nn.init((12, 1200, 3))

    def slow(X: nn.Array, rng: "np.random.Generator") -> nn.Array:
        with monkeypatch.context() as patch:
            patch.setattr(blas._Turns, "enter", None)  # pyright: ignore[reportPrivateUsage]
            nn.gradient(wide, X, np.ones((3, X.shape[1]), np.float32))  # within, so it does not wait
        return X

    *_, last = nn.train(small, data, batch=8, epochs=2, learning_rate=0.1, augmentation=slow)
    assert last.number == 2


def test_who_is_interrupted_while_waiting_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    before, turns = blas_threads(), blas._turns  # pyright: ignore[reportPrivateUsage]
    wish = blas._Wish(one=False)  # pyright: ignore[reportPrivateUsage]
    other = ref(wish)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def compute(at_once: bool) -> None:
        if at_once:
            patch.setattr(turns.changed, "wait_for", interrupted)
        with blas.threads(one=True) as give_way:
            patch.setattr(turns.changed, "wait_for", interrupted)
            turns.waiting.append(other)
            give_way()

    for at_once in (True, False):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            compute(at_once)
        if not at_once:
            turns.waiting.remove(other)
        assert (turns.at_work, turns.waiting, blas_threads()) == ([], [], before)


def test_who_dies_before_he_leaves_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    before, turns = blas_threads(), blas._turns  # pyright: ignore[reportPrivateUsage]

    def compute() -> None:
        with blas.threads(one=True):
            patch.setattr(turns, "leave", bool)

    with monkeypatch.context() as patch:
        compute()
    assert blas_threads() == before
    assert turns.at_work == []


def test_nested_work_gives_no_way() -> None:
    turns = blas._turns  # pyright: ignore[reportPrivateUsage]
    with blas.threads(one=True), blas.threads(one=False) as give_way:
        (outer,) = turns.at_work
        wish = blas._Wish(one=False)  # pyright: ignore[reportPrivateUsage]
        turns.waiting.append(ref(wish))
        give_way()
        turns.waiting.clear()
        assert turns.at_work == [outer]


def test_an_interrupt_waits_for_what_it_would_break() -> None:
    log = list[str]()

    def inner() -> None:
        with DelayedInterrupts(), DelayedInterrupts():
            signal.raise_signal(signal.SIGINT)
            log.append("done")

    with pytest.raises(KeyboardInterrupt):
        inner()
    assert log == ["done"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with ThreadPoolExecutor(1) as other:
        other.submit(DelayedInterrupts().__enter__).result()  # in other threads there is nothing to put off
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
