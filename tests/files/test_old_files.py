"""Files of nnfunc 0.1 are read for ever: models to the bit, runs resumed, estimators loaded.

`tests/fixtures/0.1` was made with commit 682f6a8; what was in the files then stands beside them, as plain .npz and JSON.
"""

import json
import pickle
import platform
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

import nnfunc as nn
from nnfunc.files.models import load_model
from nnfunc.recording.native.library import described
from nnfunc.tracing import tree
from tests.model.functions import ABSOLUTE, SWISH
from tests.places import TESTS

FILES = TESTS / "fixtures" / "0.1"

MODELS: dict[str, tuple[list[str], str]] = {
    "relu_softmax": (["relu", "softmax"], "cross_entropy"),
    "tanh_sigmoid_float64": (["tanh", "sigmoid"], "binary_cross_entropy"),
    "one_sigmoid": (["elu", "sigmoid"], "binary_cross_entropy"),
    "identity": (["leaky_relu", "identity"], "squared_error"),
    "deep": (["sigmoid", "identity", "softmax"], "squared_error"),
    "perceptron": (["tanh"], "squared_error"),
    "custom": (["swish", "identity"], "absolute"),
}

RUNS = ("run_descent", "run_adamw", "run_full")


def arrays_in(name: str) -> dict[str, nn.Array]:
    with np.load(FILES / name) as file:
        return dict(file)


def facts_in(name: str) -> Any:
    return json.loads((FILES / name).read_text())


def are_the_same(found: object, name: str, prefix: str) -> bool:
    """Whether the leaves of a tree hold the bits of the arrays prefix0, prefix1, … of a file."""
    kept, leaves = arrays_in(name), tree.leaves(found)
    expected = [kept[f"{prefix}{i}"] for i in range(sum(key.startswith(prefix) for key in kept))]
    pairs = zip(leaves, expected, strict=True)
    return all(x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes() for x, y in pairs)


def is_where_they_were_made() -> bool:
    """Whether this machine rounds as the one that made the files."""
    products = sorted({library["architecture"] for library in threadpool_info() if library["user_api"] == "blas"})
    here = {"replay": described(), "numpy": np.__version__, "machine": platform.machine(), "products": products}
    return bool(here == facts_in("made_with.json"))


def check_end(params: nn.Params, name: str) -> None:
    """A run ends where it ended: to the bit where that may be expected, else to 1e-6."""
    kept = arrays_in(name)
    for i, leaf in enumerate(tree.leaves(params)):
        np.testing.assert_allclose(leaf, kept[f"end{i}"], rtol=0, atol=1e-6)
    if is_where_they_were_made():
        assert are_the_same(params, name, "end")


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_read_to_the_bit(name: str) -> None:
    params = nn.load(FILES / f"{name}.npz", functions=[SWISH, ABSOLUTE])
    activations, cost = MODELS[name]
    assert [str(layer.activation) for layer in params.layers] == activations
    assert str(params.cost) == cost
    kept = arrays_in("models_hold.npz")
    for l, layer in enumerate(params.layers, start=1):
        for letter, x in (("W", layer.W), ("b", layer.b)):
            y = kept[f"{name} {letter}{l}"]
            assert (x.dtype, x.shape, x.tobytes()) == (y.dtype, y.shape, y.tobytes())


def test_facts_are_read() -> None:
    assert load_model(FILES / "one_sigmoid.npz")[1] == {"digit": 3}
    assert load_model(FILES / "deep.npz")[1] == {}


def test_a_checkpoint_is_read_to_the_bit() -> None:
    state, facts = nn.load_state(FILES / "checkpoint.npz"), facts_in("checkpoint_holds.json")
    assert state.best is not None
    assert are_the_same((state.params, state.optimizer, state.best.params), "checkpoint_holds.npz", "leaf")
    for name in ("number", "validation_cost", "since"):
        assert getattr(state.best, name) == facts[name]
    for name in ("epoch", "step", "shuffling"):
        assert getattr(state, name) == facts[name]
    settings = {"sample_weights" if name == "weights" else name: text for name, text in facts["settings"].items()}
    assert dict(state.origin.settings) == settings
    assert state.origin.sha256 == facts["sha256"]


def test_a_checkpoint_is_resumed() -> None:
    arrays = arrays_in("data.npz")
    data, params = nn.Dataset(arrays["X"], arrays["y"]), nn.init((8, 6, 10), activation="tanh", dtype=np.float64)
    *_, last = nn.train(
        params,
        data,
        epochs=5,
        learning_rate=0.01,
        batch=16,
        optimizer="adam",
        dropout=0.1,
        l2=1e-4,
        class_weights="balanced",
        label_smoothing=0.1,
        clip=1.0,
        seed=3,
        validation=data,
        resume=nn.load_state(FILES / "checkpoint.npz"),
    )
    check_end(last.params, "checkpoint_holds.npz")


@pytest.mark.parametrize("name", RUNS)
def test_the_folder_of_a_run_is_resumed(name: str, tmp_path: Path) -> None:
    pytest.importorskip("tyro")
    from nnfunc.cli.main import main

    folder = tmp_path / name
    shutil.copytree(FILES / name, folder)
    settings = folder / "settings.toml"
    settings.write_text(settings.read_text().replace("DATA", str(FILES / "data.npz")))
    assert main(["train", "--resume", str(folder), "--json"]) == 0
    assert len(nn.read_history(folder / "history.csv")) == 6
    check_end(nn.load(folder / "model.npz"), f"{name}_ends.npz")


def test_pickled_estimators_are_loaded() -> None:
    pytest.importorskip("sklearn")
    with warnings.catch_warnings(action="ignore"):  # of scikit-learn, about other versions of its own
        classifier, regressor = pickle.loads((FILES / "estimators.pickle").read_bytes())
        data, said = arrays_in("data.npz"), arrays_in("estimators_say.npz")
        X = data["X"].T
        assert np.array_equal(classifier.predict(X), said["classes"])
        np.testing.assert_allclose(regressor.predict(X), said["values"], rtol=1e-12)
        again = classifier.fit(X, data["y"])  # a warm start, from what it remembers
    assert len(again.loss_curve_) > 8
