"""States in files: they come back bit for bit, or not at all."""

import dataclasses
import json
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.data.dataset import digest_of
from nnfunc.files.archive import read_described, signed
from nnfunc.tracing import tree
from nnfunc.training.steps.settings import OptimizerName
from tests.files.test_files import message_of
from tests.networks import batch, leaves_equal, small

OPTIMIZERS = ("descent", "momentum", "nesterov", "rmsprop", "adam", "adamw")


def state_of(optimizer: OptimizerName = "adam", dtype: type = np.float32, **settings: Any) -> nn.State:
    params = small(3, activation="tanh", dtype=dtype)
    X, Y = batch(params, 40)
    data = nn.Dataset(X, Y.argmax(axis=0))
    chosen: dict[str, Any] = {"learning_rate": 0.01, "epochs": 2, "batch": 8, "validation": data} | settings
    *_, last = nn.train(params, data, optimizer=optimizer, **chosen)
    return last.state


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [None, 8])
def test_a_state_comes_back_bit_for_bit(
    tmp_path: Path, optimizer: OptimizerName, dtype: type, size: int | None
) -> None:
    state = state_of(optimizer, dtype, batch=size)
    best = nn.Best(1, small(3, dtype=dtype), 0.25, since=1)
    nn.save_state(tmp_path / "s", dataclasses.replace(state, best=best, step=4))
    found = nn.load_state(tmp_path / "s")
    assert leaves_equal(found.params, state.params)
    assert leaves_equal(found.optimizer, state.optimizer)
    assert (found.epoch, found.step, found.shuffling) == (2, 4, state.shuffling)
    assert found.origin.settings == state.origin.settings
    assert found.origin.sha256 == state.origin.sha256
    assert found.best is not None
    assert (found.best.number, found.best.validation_cost, found.best.since) == (1, 0.25, 1)
    assert leaves_equal(found.best.params, best.params)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("size", [None, 8])
def test_a_run_goes_on_from_its_file(tmp_path: Path, optimizer: OptimizerName, size: int | None) -> None:
    params = nn.init((7, 6, 3), activation="tanh")
    X, Y = batch(params, 40)

    def epochs(**more: Any) -> list[nn.Epoch]:
        data = nn.Dataset(X, Y.argmax(axis=0))  # another object each time
        settings: dict[str, Any] = {"dropout": 0.2, "l2": 1e-3, "class_weights": "balanced", "label_smoothing": 0.1}
        return list(
            nn.train(params, data, learning_rate=0.01, epochs=5, batch=size, optimizer=optimizer, **settings, **more)
        )

    whole = epochs()
    for epoch in whole[:-1]:
        nn.save_state(tmp_path / "s", epoch.state)
        resumed = epochs(resume=nn.load_state(tmp_path / "s"))
        assert [later.number for later in resumed] == list(range(epoch.number + 1, 6))
        assert leaves_equal(resumed[-1].params, whole[-1].params)
        assert leaves_equal(resumed[-1].state.optimizer, whole[-1].state.optimizer)


def test_functions_of_ones_own_are_named(tmp_path: Path) -> None:
    double = nn.Activation("double", lambda Z: 2 * Z, lambda Z: np.full_like(Z, 2))
    params = nn.init((7, 4, 3), activation=double)
    X, Y = batch(params, 20)
    (epoch,) = nn.train(params, nn.Dataset(X, Y.argmax(axis=0)), learning_rate=0.1, epochs=1)
    nn.save_state(tmp_path / "s", epoch.state)
    assert message_of(lambda: nn.load_state(tmp_path / "s")).startswith("s: its activation 'double' must be known; got")
    assert leaves_equal(nn.load_state(tmp_path / "s", functions=double).params, epoch.params)


def test_a_model_is_no_checkpoint(tmp_path: Path) -> None:
    nn.save(tmp_path / "m", small())
    assert message_of(lambda: nn.load_state(tmp_path / "m")) == (
        "m: must be a checkpoint; got a model, which has no state of training. Read it with nn.load?"
    )


Change = Callable[[dict[str, Any], dict[str, nn.Array]], object]

ODD: dict[str, Change] = {
    "no epoch": lambda state, arrays: state.pop("epoch"),
    "negative": lambda state, arrays: state.update(step=-1),
    "half": lambda state, arrays: state.update(epoch=1.5),
    "generator": lambda state, arrays: state.update(shuffling='{"bit_generator": "MT19937"}'),
    "no generator": lambda state, arrays: state.update(shuffling="[]"),
    "no best": lambda state, arrays: state.update(best={}),
    "best": lambda state, arrays: state.update(best={"number": 1, "cost": 0.5, "since": 0}),
    "shape": lambda state, arrays: arrays.update({"optimizer.averages[0].layers[0].dW": np.zeros(2, np.float32)}),
    "no average": lambda state, arrays: arrays.pop("optimizer.averages[1].layers[0].db"),
}

TREES: dict[str, Callable[[dict[str, Any]], object]] = {
    "no optimizer": lambda trees: trees.pop("optimizer"),
    "another optimizer": lambda trees: trees.update(optimizer=trees["params"]),
    "no params": lambda trees: trees.pop("params"),
    "constant params": lambda trees: trees.update(params={"constant": 1}),
    "another kind": lambda trees: trees.update(optimizer={"Path": {"of": {"constant": "x"}}}),
    "two kinds": lambda trees: trees.update(optimizer={"tuple": [], "constant": 1}),
    "many averages": lambda trees: trees["optimizer"]["OptimizerState"].update(
        averages={"tuple": [{"array": [1]}] * 3}
    ),
    "another field": lambda trees: trees["optimizer"]["OptimizerState"].update(more={"constant": 1}),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_what_is_signed_but_no_state_is_refused(tmp_path: Path, change: Change) -> None:
    path = tmp_path / "s"
    nn.save_state(path, state_of())
    description, arrays = read_described(path)
    arrays = {name: x.copy() for name, x in arrays.items()}
    change(description["state"], arrays)
    path.write_bytes(signed(description, arrays))
    assert message_of(lambda: nn.load_state(path)).startswith(
        "s: must be an nnfunc model or checkpoint; got another file ("
    )


@pytest.mark.parametrize("change", TREES.values(), ids=TREES)
def test_other_trees_are_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = tmp_path / "s"
    nn.save_state(path, state_of())
    description, arrays = read_described(path)
    change(description["trees"])
    path.write_bytes(signed(description, arrays))
    assert "must be " in message_of(lambda: nn.load_state(path))


def test_settings_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "s"
    nn.save_state(path, state_of())
    description, arrays = read_described(path)
    path.write_bytes(signed(description | {"settings": [1]}, arrays))
    assert message_of(lambda: nn.load_state(path)).startswith("s: must be an nnfunc model or checkpoint; got")


def test_a_state_of_another_optimizer_is_refused_although_it_says_otherwise(tmp_path: Path) -> None:
    state = state_of("adam")
    forged = dataclasses.replace(state, epoch=1, optimizer=state_of("momentum").optimizer)
    with pytest.raises(nn.SettingError, match="resume must hold the state of this optimizer; got something else"):
        state_of("adam", resume=forged)


def test_averages_may_overflow(tmp_path: Path) -> None:
    X = np.full((2, 8), 1e10, np.float32)
    data, params = (
        nn.Dataset(X, np.full((1, 8), 1e10, np.float32)),
        nn.init((2, 1), output="identity", cost="squared_error"),
    )

    def epochs(**more: Any) -> list[nn.Epoch]:
        return list(nn.train(params, data, learning_rate=1e-3, epochs=3, batch=4, optimizer="adam", **more))

    whole = epochs()
    assert any(np.isinf(x).any() for x in tree.leaves(whole[0].state.optimizer))
    nn.save_state(tmp_path / "s", whole[0].state)
    assert leaves_equal(epochs(resume=nn.load_state(tmp_path / "s"))[-1].params, whole[-1].params)


class Counting(nn.OptimizerState):
    """A state of one's own, of which a file would lose something."""


def test_a_state_that_a_file_cannot_hold_is_refused(tmp_path: Path) -> None:
    state = dataclasses.replace(state_of("descent"), optimizer=Counting())
    assert message_of(lambda: nn.save_state(tmp_path / "s", state)) == (
        f"{tmp_path / 's'}: the state of the optimizer must be nn.OptimizerState; got Counting. "
        f"Let its init and step return that?"
    )


class Decay:
    """A schedule that is no dataclass."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, step: int) -> float:
        return self.rate / (1 + step)


def constant(rate: float) -> Callable[[int], float]:
    return lambda step: rate


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decay(0.1), Decay(0.2)),
        (constant(0.1), constant(0.2)),
        (nn.WarmUp(constant(0.1), 2), nn.WarmUp(constant(0.2), 2)),
        (partial(Decay.__call__, Decay(0.1)), partial(Decay.__call__, Decay(0.3))),
    ],
)
def test_a_schedule_of_ones_own_is_known_by_its_numbers(one: Any, other: Any) -> None:
    state = dataclasses.replace(state_of(learning_rate=one), epoch=1)
    assert leaves_equal(
        state_of(learning_rate=one, resume=state).params, state_of(learning_rate=one, resume=state).params
    )
    with pytest.raises(nn.SettingError, match="settings must be those before resume, learning_rate="):
        state_of(learning_rate=other, resume=state)


def test_settings_are_kept_as_text(tmp_path: Path) -> None:
    def same(X: nn.Array, rng: "np.random.Generator") -> nn.Array:
        return X

    nn.save_state(tmp_path / "s", state_of(learning_rate=nn.Cosine(0.1, 10), augmentation=same, clip=1))
    settings = nn.load_state(tmp_path / "s").origin.settings
    assert settings["learning_rate"].startswith("Cosine(rate=0.1")
    assert settings["augmentation"].endswith("same")
    assert settings["optimizer"] == "Adam(beta_1=0.9, beta_2=0.999, epsilon=1e-08)"
    assert settings["batch"] == "8"
    assert settings["clip"] == "1.0"


def test_the_hash_is_of_all_the_data() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.random((3, 2000)), np.arange(2000) % 5
    first = digest_of(nn.Dataset(X, y))
    assert first == digest_of(nn.Dataset(np.asfortranarray(X), y.copy()))
    others: list[nn.Array] = [X.astype(np.float32), X[:, ::-1], X[:, :-1], np.where(np.arange(2000) == 1999, 0.5, X)]
    found = {first, *(digest_of(nn.Dataset(other, y[: other.shape[1]])) for other in others)}
    targets: list[nn.Array] = [y[::-1].copy(), y.astype(np.int32), np.stack([y, y])]
    found |= {digest_of(nn.Dataset(X, target)) for target in targets}
    assert len(found) == 8


def test_a_file_that_is_not_read_back_as_it_was_written_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, state = tmp_path / "s", state_of()
    nn.save_state(path, state)
    before = path.read_bytes()

    def damaged(path: Path) -> bytes:
        return before[:-1]

    monkeypatch.setattr(Path, "read_bytes", damaged)
    assert message_of(lambda: nn.save_state(path, dataclasses.replace(state, epoch=9))) == (
        f"{path}: must be read back as written; got different bytes. Is the disk failing?"
    )
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_description_is_plain_text(tmp_path: Path) -> None:
    nn.save_state(tmp_path / "s", state_of())
    with np.load(tmp_path / "s", allow_pickle=False) as arrays:
        description = json.loads(str(arrays["description"]))
        assert not any(arrays[name].dtype.hasobject for name in arrays)
    assert description["state"]["epoch"] == 2


def test_a_pickled_state_leaves_the_samples_behind() -> None:
    state = state_of()
    again = pickle.loads(pickle.dumps(state))
    assert again.origin.data == state.origin.sha256
    resumed = state_of(epochs=3, resume=again)
    assert leaves_equal(resumed.params, state_of(epochs=3).params)


@dataclasses.dataclass(frozen=True)
class Memory:
    """A dataclass that no file knows."""

    of: nn.Array


@pytest.mark.parametrize("inside", [Memory(np.zeros(3)), {"a": 1.0}, np.float32(1)])
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, inside: Any) -> None:
    state = dataclasses.replace(state_of("descent"), optimizer=nn.OptimizerState((inside,)))
    assert message_of(lambda: nn.save_state(tmp_path / "s", state)) == (
        f"{tmp_path / 's'}: optimizer.averages[0] must be arrays, numbers and texts, in tuples; got a value of type "
        f"{type(inside).__name__}. Keep only these in the optimizer's state?"
    )
    assert not (tmp_path / "s").exists()
