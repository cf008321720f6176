"""Every public function leaves its inputs as they were, bit for bit, and its modules without anything of a user's."""

import gc
import importlib
import pickle
import pkgutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import convert
from nnfunc.activations import ACTIVATIONS, OUTPUTS, ActivationName, OutputName
from nnfunc.costs import COSTS, CostName
from nnfunc.recording.step import Step
from nnfunc.tracing import tree
from tests.model.functions import ABSOLUTE, SWISH
from tests.networks import batch, kinds, small


def bits(*trees: object) -> list[bytes]:
    return [leaf.tobytes() for leaf in tree.leaves(trees)]


@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds(depths=(3,)))
def test_a_step(depth: int, activation: ActivationName, output: OutputName, cost: CostName) -> None:
    params = small(depth, activation=activation, output=output, cost=cost)
    X, Y = batch(params)
    before = bits(params, X, Y)
    cache = nn.forward(params, X)
    after_forward = bits(cache)
    grads = nn.backward(params, cache, Y)
    after_backward = bits(grads)
    nn.update(params, grads, 0.1)
    nn.cost(params, cache, Y)
    assert bits(params, X, Y) == before
    assert bits(cache) == after_forward
    assert bits(grads) == after_backward
    assert X.flags.writeable


CALLS: dict[str, Callable[[nn.Params, nn.Array, nn.Array], object]] = {
    "predict": lambda params, X, Y: nn.predict(params, X),
    "probabilities": lambda params, X, Y: nn.probabilities(params, X),
    "gradient": nn.gradient,
    "check_gradient": nn.check_gradient,
    "evaluate": lambda params, X, Y: nn.evaluate(params, nn.Dataset(X, Y)),
    "train": lambda params, X, Y: list(nn.train(params, nn.Dataset(X, Y), learning_rate=0.1, epochs=2, batch=4)),
    "split": lambda params, X, Y: nn.split(nn.Dataset(X, Y), 0.5),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str) -> None:
    params = small()
    X, Y = batch(params)
    before = bits(params, X, Y)
    CALLS[name](params, X, Y)
    assert bits(params, X, Y) == before


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_activation(name: str) -> None:
    Z = np.random.default_rng(0).normal(0, 1, (3, 4))
    before = bits(Z)
    OUTPUTS[name].value(Z)
    if name in ACTIVATIONS:
        ACTIVATIONS[name].derivative(Z)
    assert bits(Z) == before


@pytest.mark.parametrize("name", COSTS)
def test_a_cost(name: str) -> None:
    Z, Y = np.random.default_rng(0).normal(0, 1, (3, 4)), np.eye(3, 4)
    A = OUTPUTS["sigmoid"].value(Z)
    before = bits(Z, A, Y)
    COSTS[name].losses(Z, A, Y)
    COSTS[name].derivative(A, Y)
    assert bits(Z, A, Y) == before


def test_columns() -> None:
    y, images = np.array([1, 2, 0]), np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    before = bits(y, images)
    nn.one_hot(y, 3)
    nn.is_digit(y, 1)
    nn.scale(nn.to_columns(images))
    assert bits(y, images) == before


# modules: nothing of a user's stays in them


def everything() -> dict[str, object]:
    """What is in the modules of nnfunc: of a table its entries, of an object its attributes, of all else its identity."""
    gc.collect()  # functions of other tests, which some tables hold weakly
    for found in pkgutil.walk_packages(nn.__path__, "nnfunc."):
        if not found.name.startswith(
            ("nnfunc.cli", "nnfunc.sklearn", "nnfunc.__main__", "nnfunc.recording.native.libreplay")
        ):
            importlib.import_module(found.name)
    modules = {name: module for name, module in sys.modules.items() if name.startswith("nnfunc.") and module}
    return {
        f"{name}.{attribute}": shown(value)
        for name, module in modules.items()
        for attribute, value in vars(module).items()
        if not attribute.startswith("__") and not isinstance(value, ModuleType | Step)
    }


def shown(value: Any, depth: int = 3) -> object:
    kind = tree.TYPE_OF(value)
    if issubclass(kind, Mapping) and depth:
        return {str(key): shown(value[key], depth - 1) for key in value}
    if issubclass(kind, list | tuple | set | frozenset | deque) and depth:
        return sorted(str(shown(item, depth - 1)) for item in value)
    if issubclass(kind, type):
        own: dict[str, Any] = {**value.__dict__}
        return id(value), {name: id(own[name]) for name in own if not name.startswith(("__", "_abc"))}
    attributes: dict[str, Any] = getattr(value, "__dict__", {})
    if attributes and depth and not callable(value):
        return id(value), {name: shown(item, depth - 1) for name, item in attributes.items()}
    return id(value)


def plus_one(x: nn.Array) -> nn.Array:
    return x + 1


def of_the_user(folder: Path) -> None:
    """Call every public function that takes functions, arrays or files of a user's."""
    rng = np.random.default_rng(0)
    params = nn.init((7, 6, 3), activation=SWISH, output="identity", cost=ABSOLUTE, dtype=np.float64)
    X, Y = batch(params, 40)
    data = nn.Dataset(X, Y)
    state = None
    for size in (None, 8):
        settings: dict[str, Any] = {"batch": size, "epochs": 2, "learning_rate": nn.WarmUp(lambda step: 0.1, 1)}
        epochs = nn.train(params, data, validation=data, optimizer=nn.Adam(beta_1=0.8), dropout=0.1, **settings)
        for epoch in nn.Logging(nn.History(nn.Checkpointing(nn.EarlyStopping(epochs), folder / "c"), folder / "h")):
            state = epoch.state
            assert epoch.cost >= 0
    assert state is not None
    nn.save(folder / "m", params)
    nn.save_state(folder / "s", state)
    nn.load(folder / "m", functions=[SWISH, ABSOLUTE])
    nn.load_state(folder / "s", functions=[SWISH, ABSOLUTE])
    nn.read_history(folder / "h")
    pickle.loads(pickle.dumps((params, state)))
    nn.learning_rate_range(params, data, steps=5, batch=8)
    nn.gradient(params, X, Y)
    nn.check_gradient(params, X, Y)
    nn.evaluate(params, data)
    nn.predict(params, X)
    nn.probabilities(params, X)
    nn.recorded(plus_one)(X)
    nn.prove(nn.forward, nn.symbolic_params("n h c", activation=SWISH), nn.symbolic("n m"), each="m")
    nn.dropout_masks(params, 4, 0.5, rng)
    nn.Distorted(elastic=3)(rng.random((784, 2)), rng)
    convert.from_keras_weights(convert.to_keras_weights(params), activation=SWISH, output="identity", cost=ABSOLUTE)
    nn.mistakes(nn.init((7, 3), dtype=np.float64), nn.Dataset(X, Y.argmax(axis=0)))


def test_nothing_of_a_user_stays_in_a_module(tmp_path: Path) -> None:
    before = everything()
    of_the_user(tmp_path)
    after = everything()
    assert before.keys() == after.keys()
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}


def test_what_ran_before_changes_nothing(tmp_path: Path) -> None:
    params = nn.init((7, 6, 3), activation=SWISH)
    nn.save(tmp_path / "m", params)
    with pytest.raises(nn.CheckpointError, match="its activation 'swish' must be known"):
        nn.load(tmp_path / "m")
    with pytest.raises(nn.SettingError, match="activation must be one of"):
        nn.init((7, 6, 3), activation=cast("Any", "swish"))
    program = f"import nnfunc as nn; nn.load({str(tmp_path / 'm')!r})"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "CheckpointError: m: its activation 'swish' must be known" in run.stderr
