"""Epochs that pass through wrappers: nothing changes, and each does its own."""

import csv
import dataclasses
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.files.models import load_model
from tests.networks import leaves_equal

TRAINING, TEST = nn.load_mnist()
FEW, UNSEEN = TRAINING.take(slice(0, 200)), TEST.take(slice(0, 200))


def epochs(n: int = 6, **settings: Any) -> Any:
    merged: dict[str, Any] = {"learning_rate": 0.3, "batch": 20, "epochs": n, "validation": UNSEEN} | settings
    return nn.train(nn.init((784, 20, 10)), FEW, **merged)


def wrappers(folder: Path) -> list[Callable[[Iterable[nn.Epoch]], nn.Epochs]]:
    return [
        lambda inner: nn.EarlyStopping(inner, patience=3),
        lambda inner: nn.Checkpointing(inner, folder / "checkpoint.npz", every=2),
        lambda inner: nn.History(inner, folder / "history.csv"),
        lambda inner: nn.Logging(inner),
        lambda inner: nn.Progress(inner),
    ]


def test_order_changes_no_number(tmp_path: Path) -> None:
    plain = list(epochs(n=12))
    lengths = set[int]()
    for i, order in enumerate(itertools.permutations(wrappers(tmp_path))):
        if i % 17:  # some of 120
            continue
        wrapped: Iterable[nn.Epoch] = epochs(n=12)
        for wrapper in order:
            wrapped = wrapper(wrapped)
        found = list(wrapped)
        lengths.add(len(found))
        for a, b in zip(found, plain, strict=False):
            assert leaves_equal(a.params, b.params)
            assert a.cost == b.cost
    assert len(lengths) == 1
    assert lengths.pop() <= 12


def test_early_stopping_keeps_the_best() -> None:
    plain = list(epochs(n=40))
    costs = [epoch.validation_cost for epoch in plain]
    stopping = nn.EarlyStopping(epochs(n=40), patience=4)
    found = list(stopping)
    best = int(np.argmin([cost for cost in costs if cost is not None][: len(found)]))
    assert len(found) < 40
    assert len(found) == best + 1 + 4
    assert stopping.best.number == best + 1
    assert leaves_equal(stopping.best.params, plain[best].params)


def test_early_stopping_wants_a_cost_that_is_lower_by_so_much() -> None:
    assert len(list(nn.EarlyStopping(epochs(n=9), patience=2, min_delta=100.0))) == 3


def test_early_stopping_needs_validation_data() -> None:
    stopping = nn.EarlyStopping(epochs(validation=None))
    with pytest.raises(nn.SettingError, match="training must have validation data; got none"):
        next(stopping)
    with pytest.raises(nn.SettingError, match="the best epoch must be one that has passed"):
        _ = nn.EarlyStopping(epochs()).best
    with pytest.raises(nn.SettingError, match="EarlyStopping: patience must be a whole number from 1; got 0"):
        nn.EarlyStopping(epochs(), patience=0)


def test_a_checkpoint_is_the_last_state_and_a_model(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.npz"
    found = list[nn.Epoch]()
    for epoch in nn.Checkpointing(epochs(n=5), path, every=2, about={"who": "Åsa"}):
        found.append(epoch)
        if epoch.number > 1:
            assert nn.load_state(path).epoch == epoch.number // 2 * 2
    assert [file.name for file in path.parent.iterdir()] == ["b.npz"]
    assert nn.load_state(path).epoch == 5  # after the last, too
    assert leaves_equal(nn.load(path), found[-1].params)
    assert load_model(path)[1] == {"who": "Åsa"}
    (tmp_path / "file").write_text("")
    with pytest.raises(nn.CheckpointError, match="must be a folder that can be written to"):
        nn.Checkpointing(epochs(), tmp_path / "file" / "b.npz")


def test_early_stopping_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    whole = nn.EarlyStopping(epochs(n=40), patience=4)
    lasts = len(list(whole))
    for stop in (1, lasts - 2, lasts):
        passing = nn.Checkpointing(nn.EarlyStopping(epochs(n=40), patience=4), path)
        (epoch,) = itertools.islice(passing, stop - 1, stop)
        resumed = nn.EarlyStopping(epochs(n=40, resume=nn.load_state(path)), patience=4)
        assert [epoch.number for epoch in resumed] == list(range(stop + 1, lasts + 1))
        assert (resumed.best.number, resumed.best.since) == (whole.best.number, whole.best.since) == (lasts - 4, 4)
        assert resumed.best.validation_cost == whole.best.validation_cost
        assert leaves_equal(resumed.best.params, whole.best.params)
        again = nn.EarlyStopping(epochs(n=40, resume=epoch.state), patience=4)  # from memory
        assert [epoch.number for epoch in again] == list(range(stop + 1, lasts + 1))
        assert again.best.number == whole.best.number


def test_a_checkpoint_within_an_epoch(tmp_path: Path) -> None:
    path, many = tmp_path / "checkpoint.npz", TRAINING.take(slice(0, 4000))
    settings: dict[str, Any] = {"batch": 64, "epochs": 2, "dropout": 0.3, "augmentation": nn.Distorted(shift=1)}

    def trained(**more: Any) -> Any:
        params = nn.init((784, 12, 10))
        return nn.train(params, many, learning_rate=nn.Cosine(0.01, 126), optimizer="adam", **settings, **more)

    *_, whole = trained()
    found = dict[int, nn.State]()
    watched = trained()

    def keep(state: nn.State) -> None:
        found[64 * state.epoch + state.step] = state

    watched.watch(17, keep)
    for _ in watched:
        pass
    assert list(found) == [32, 48, 96, 112]  # the samples are read 16 steps at a time
    for state in found.values():
        nn.save_state(path, state)
        *_, resumed = trained(resume=nn.load_state(path))
        assert leaves_equal(resumed.params, whole.params)
        assert resumed.steps == whole.steps == 63
    with pytest.raises(nn.SettingError, match=r"Checkpointing: steps must come with epochs of nn.train; got others"):
        nn.Checkpointing(iter([whole]), path, steps=5)
    with pytest.raises(nn.SettingError, match=r"must stand at a multiple of 16 steps of an epoch of 63; got step"):
        trained(resume=dataclasses.replace(found[32], step=3))
    with pytest.raises(nn.SettingError, match=r"must stand at a multiple of 16 steps of an epoch of 63; got step"):
        trained(resume=dataclasses.replace(found[32], step=64))
    with pytest.raises(nn.SettingError, match=r"epochs must be at least 3, where resume stands; got 2"):
        trained(resume=dataclasses.replace(found[32], epoch=2))
    assert not list(trained(resume=dataclasses.replace(found[32], epoch=2, step=0)))  # it is done


def test_a_history_goes_on_where_the_checkpoint_stands(tmp_path: Path) -> None:
    path, whole = tmp_path / "history.csv", tmp_path / "whole.csv"
    found = list(nn.History(epochs(n=5), whole))
    for n in (2, 4):  # the history is ahead of the state
        list(nn.History(epochs(n=n), path))
        list(nn.History(epochs(n=5, resume=found[1].state), path))
        assert path.read_text() == whole.read_text()
    for content in ("hello", "epoch\n1\nthree\n", 'epoch\n"1', "epoch\n1,2\n"):
        path.write_text(content)
        with pytest.raises(nn.DataError, match="must be the history of the run; got something else"):
            nn.History(epochs(n=5, resume=found[1].state), path)


def test_the_history_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    passing = nn.History(epochs(n=3), path)
    found = [next(passing)]
    assert len(path.read_text().splitlines()) == 2  # at once
    found += list(passing)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3]
    assert [float(row["cost"]) for row in rows] == [epoch.cost for epoch in found]
    assert [float(row["validation_accuracy"]) for row in rows] == [epoch.validation_accuracy for epoch in found]


def test_lines_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="nnfunc"):
        (epoch,) = nn.Logging(epochs(n=1))
    (record,) = caplog.records
    assert record.getMessage() == (
        f"epoch 1: cost {epoch.cost:.4f}, accuracy {epoch.accuracy:.4f}, "
        f"validation_cost {epoch.validation_cost:.4f}, validation_accuracy {epoch.validation_accuracy:.4f}"
    )


def test_tensorboard_reads_what_is_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    found = list(nn.TensorBoard(epochs(n=2), tmp_path / "board"))
    (file,) = (tmp_path / "board").iterdir()
    content = file.read_bytes()
    assert b"validation_accuracy" in content
    assert content.count(b"cost") >= 4
    assert len(found) == 2


def test_a_bar_grows_on_a_terminal() -> None:
    rich: Any = pytest.importorskip("rich.console")
    import io

    screen = io.StringIO()
    console = rich.Console(file=screen, force_terminal=True, width=80)
    found = list(nn.Progress(epochs(n=3), console))
    assert len(found) == 3
    assert "3/3" in screen.getvalue()


def test_a_wrapped_iterator_still_tells_how_far_it_is() -> None:
    wrapped = nn.Logging(nn.EarlyStopping(epochs(n=3)))
    assert (wrapped.progress, wrapped.total) == (0, 3)
    next(wrapped)
    assert wrapped.progress == 1
    assert (nn.Logging(iter([])).progress, nn.Logging(iter([])).total) == (None, None)


class Forwarding:
    """A wrapper of a user's, who has never heard of `nn.Epochs`."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __iter__(self) -> Iterator[nn.Epoch]:
        return iter(self._inner)


def test_what_passes_on_all_attributes_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    first = list(nn.History(epochs(n=2), path))
    training = Forwarding(epochs(n=4, resume=first[-1].state))
    wrapped = nn.Logging(training)
    assert wrapped.start is not None
    assert (wrapped.total, wrapped.start.epoch, wrapped.progress) == (2, 2, 0)
    list(nn.History(wrapped, path))
    assert [row.number for row in nn.read_history(path)] == [1, 2, 3, 4]
