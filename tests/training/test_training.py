"""Training takes the steps of the notes, tells of each epoch, and names what it cannot learn from."""

import dataclasses
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import IDENTITY, OutputName
from nnfunc.costs import SQUARED_ERROR
from nnfunc.tiling.evaluation import evaluated
from nnfunc.tiling.task import Task
from tests.networks import batch, leaves_equal, small
from tests.training.small_runs import data, epochs


def test_full_batch_is_the_gradient_descent_of_the_notes() -> None:
    params = small(3, activation="tanh")
    X, Y = batch(params, 50)
    trained = epochs(params, batch=None)
    for epoch in trained:
        params = nn.update(params, nn.backward(params, nn.forward(params, X), Y), 0.1)
        for ours, theirs in zip(epoch.params.layers, params.layers, strict=True):
            assert np.allclose(ours.W, theirs.W, rtol=1e-12)
    assert [epoch.number for epoch in trained] == [1, 2, 3]
    assert [epoch.steps for epoch in trained] == [1, 1, 1]


def test_mini_batches_are_steps_on_shuffled_samples() -> None:
    params = small(2)
    X, Y = batch(params, 50)
    (epoch,) = epochs(params, epochs=1, seed=5)
    for samples in nn.batches(50, 8, np.random.default_rng(5)):
        params = nn.update(params, nn.backward(params, nn.forward(params, X[:, samples]), Y[:, samples]), 0.1)
    assert epoch.steps == 7
    for ours, theirs in zip(epoch.params.layers, params.layers, strict=True):
        assert np.allclose(ours.W, theirs.W, rtol=1e-12)


@pytest.mark.usefixtures("in_python")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_recorded_steps_are_the_pure_functions_bit_for_bit(dtype: type) -> None:
    params = small(3, activation="tanh", dtype=dtype)
    X, Y = batch(params, 50)
    rng = np.random.default_rng(5)
    for epoch in nn.train(params, data(params), learning_rate=0.1, epochs=3, batch=8, seed=5):
        for samples in nn.batches(50, 8, rng):
            X_batch = np.ascontiguousarray(X[:, samples].T).T
            params = nn.update(params, nn.backward(params, nn.forward(params, X_batch), Y[:, samples]), 0.1)
        assert leaves_equal(epoch.params, params)


def test_eight_trainings_at_once_are_those_alone() -> None:
    params = nn.init((7, 6, 3))
    training = data(small(), 3000)
    training = nn.Dataset(training.X.astype(np.float32), training.y)

    def trained(seed: int) -> nn.Params:
        *_, last = nn.train(params, training, learning_rate=0.1, epochs=2, batch=8, seed=seed)
        return last.params

    alone = [trained(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for one, other in zip(alone, pool.map(trained, range(8)), strict=True):
            assert leaves_equal(one, other)


@pytest.mark.parametrize("size", [8, None])
def test_progress_within_an_epoch(size: int | None) -> None:
    params = nn.init((7, 6, 3))
    training = data(small(), 5000)
    training = nn.Dataset(training.X.astype(np.float32), training.y)
    epochs = nn.train(params, training, learning_rate=0.1, epochs=3, batch=size)
    assert epochs.progress == 0
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(next, epochs)
        seen = [epochs.progress]
        while not first.done():
            seen.append(epochs.progress)
    assert all(0 <= share <= 1 for share in seen)
    assert epochs.progress == 1
    assert [epochs.progress for _ in epochs] == [2, 3]


def test_a_gradient_of_ones_own() -> None:
    params = small(3)
    X, Y = data(params).X, batch(params, 50)[1]
    asked: list[nn.Params] = []

    def gradient(params: nn.Params) -> tuple[float, nn.Grads]:
        asked.append(params)
        return nn.gradient(params, X, Y)

    mine, usual = epochs(params, gradient=gradient, batch=None), epochs(params, batch=None)
    assert len(asked) == 3
    assert leaves_equal(mine[-1].params, usual[-1].params)
    with pytest.raises(nn.SettingError, match="train: batch must be None, all samples, with a custom gradient; got 8"):
        epochs(params, gradient=gradient)


def test_the_same_seed_gives_the_same_bits() -> None:
    params = small(3)
    once, again, other = (epochs(params, seed=seed)[-1].params for seed in (1, 1, 2))
    assert leaves_equal(once, again)
    assert not leaves_equal(once, other)


def test_what_was_yielded_never_changes() -> None:
    kept: list[nn.Epoch] = []
    copies: list[list[nn.Array]] = []
    for epoch in nn.train(small(), data(small()), learning_rate=0.1, epochs=5, batch=8):
        kept.append(epoch)
        copies.append([layer.W.copy() for layer in epoch.params.layers])
    for epoch, copy in zip(kept, copies, strict=True):
        assert all(np.array_equal(layer.W, W) for layer, W in zip(epoch.params.layers, copy, strict=True))
    assert not leaves_equal(kept[0].params, kept[-1].params)
    with pytest.raises(dataclasses.FrozenInstanceError):
        kept[0].number = 7  # type: ignore[misc]


def test_figures_are_those_of_the_params_of_the_epoch() -> None:
    params = small(2)
    training, validation = data(params), data(params, 20)
    for epoch in nn.train(params, training, learning_rate=0.1, epochs=2, validation=validation):
        evaluation = nn.evaluate(epoch.params, training)
        assert (epoch.cost, epoch.accuracy) == (evaluation.cost, evaluation.accuracy)
        evaluation = nn.evaluate(epoch.params, validation)
        assert (epoch.validation_cost, epoch.validation_accuracy) == (evaluation.cost, evaluation.accuracy)


def test_figures_are_computed_once_and_only_when_read(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Task] = []

    def counted(params: nn.Params, of: Task) -> nn.Evaluation:
        calls.append(of)
        return evaluated(params, of)

    monkeypatch.setattr("nnfunc.training.epochs.epoch.evaluated", counted)
    (epoch,) = epochs(small(), epochs=1)
    assert not calls
    assert epoch.cost == epoch.cost
    assert 0 <= epoch.accuracy <= 1
    assert len(calls) == 1


def test_without_validation_data_there_are_no_figures_of_it() -> None:
    (epoch,) = epochs(small(), epochs=1)
    assert epoch.validation_cost is None
    assert epoch.validation_accuracy is None


def test_a_batch_larger_than_the_data_is_the_data() -> None:
    params = small()
    assert leaves_equal(epochs(params, batch=50)[-1].params, epochs(params, batch=5000)[-1].params)


def test_training_is_lazy_and_its_errors_are_not() -> None:
    training = nn.train(small(), data(small()), learning_rate=0.1, epochs=10**9)
    assert isinstance(training, Iterator)
    assert next(training).number == 1
    with pytest.raises(nn.SettingError):
        nn.train(small(), data(small()), learning_rate=-1, epochs=1)


def test_pixels_are_scaled() -> None:
    params = nn.init((12, 5, 3))
    X = np.random.default_rng(0).integers(0, 256, (12, 30), np.uint8)
    y = np.arange(30) % 3
    for size in (None, 8):
        pixels, floats = (
            list(nn.train(params, nn.Dataset(x, y), learning_rate=0.1, epochs=2, batch=size)) for x in (X, nn.scale(X))
        )
        assert leaves_equal(pixels[-1].params, floats[-1].params)


@pytest.mark.usefixtures("in_python")
@pytest.mark.parametrize("size", [1, 8, None])
def test_divergence_names_the_epoch_and_the_step(size: int | None) -> None:
    params = small(2, activation="identity", output="identity")
    X, Y = batch(params, 50)
    training = nn.train(params, nn.Dataset(X, Y), learning_rate=50.0, epochs=2000, batch=size)
    with pytest.raises(
        nn.DivergedError, match=r"train: parameters must stay finite; got NaN or ∞ in epoch \d+, step \d+"
    ) as caught:
        for _ in training:
            pass
    error = caught.value
    assert "Choose a smaller learning rate." in str(error)
    assert all(np.isfinite(layer.W).all() for layer in error.params.layers)

    # The same steps one by one arrive at the same parameters, and the next step is the one that is not finite.
    rng, current = np.random.default_rng(0), params
    with np.errstate(all="ignore"):
        for number in range(1, error.epoch + 1):
            order = [np.arange(50)] if size is None else list(nn.batches(50, size, rng))
            for step, samples in enumerate(order, start=1):
                grads = nn.backward(current, nn.forward(current, X[:, samples]), Y[:, samples])
                after = nn.update(current, grads, 50.0)
                finite = all(np.isfinite(layer.W).all() and np.isfinite(layer.b).all() for layer in after.layers)
                if (number, step) == (error.epoch, error.step):
                    assert not finite
                    if size is not None:
                        assert leaves_equal(current, error.params)
                    return
                assert finite
                current = after
    pytest.fail("the step that was named was never reached")


def test_a_cost_that_is_not_finite_is_divergence() -> None:
    layer = nn.Layer(np.full((1, 1), 1e38, np.float32), np.zeros((1, 1), np.float32), IDENTITY)
    params = nn.Params((layer,), SQUARED_ERROR)
    flat = nn.Dataset(np.zeros((1, 4), np.float32), np.zeros((1, 4), np.float32))
    far = nn.Dataset(np.ones((1, 4), np.float32), np.zeros((1, 4), np.float32))
    (epoch,) = nn.train(params, flat, learning_rate=0.1, epochs=1, validation=far)
    assert epoch.cost == 0
    with pytest.raises(nn.DivergedError, match="cost must stay finite; got inf after epoch 1, step 1"):
        _ = epoch.validation_cost


def test_narrow_integers_of_numpy_do_not_overflow() -> None:
    params = small(2)
    assert len(epochs(params, epochs=np.uint8(255), batch=None)) == 255
    narrow, wide = (epochs(params, batch=kind(40))[-1].params for kind in (np.int8, int))
    assert leaves_equal(narrow, wide)
    sizes: Any = (np.uint8(200), np.uint8(100), 3)
    assert leaves_equal(nn.init(sizes, activation="tanh"), nn.init((200, 100, 3), activation="tanh"))


@pytest.mark.parametrize(
    ("output", "Y", "message"),
    [
        ("softmax", [[1, 0], [1, 1]], "train: targets of cross_entropy must sum to 1 in each column; got 2.0 at sample 0. Use output='sigmoid' for several labels?"),
        ("softmax", [[2, 0], [-1, 1]], "train: targets of cross_entropy must be 0..1; got -1.0..2.0."),
        ("sigmoid", [[7, 0], [0, 1]], "train: targets of binary_cross_entropy must be 0..1; got 0.0..7.0."),
    ],
)  # fmt: skip
def test_targets_that_are_no_probabilities_are_refused(output: OutputName, Y: list[list[int]], message: str) -> None:
    params = nn.init((4, 2), output=output)
    wrong = nn.Dataset(np.ones((4, 2), np.float32), np.array(Y))
    with pytest.raises(nn.DataError) as caught:
        nn.train(params, wrong, learning_rate=0.1, epochs=1)
    assert str(caught.value) == message


def test_what_is_no_data_set_is_named() -> None:
    params, X = small(2), np.ones((7, 4))
    not_data: list[Any] = [(X, X), X]
    for bad in not_data:
        with pytest.raises(nn.ShapeError, match=r"train: data must be nn.Dataset"):
            nn.train(params, bad, learning_rate=0.1, epochs=1)
        with pytest.raises(nn.ShapeError, match=r"train: validation must be nn.Dataset"):
            nn.train(params, data(params), learning_rate=0.1, epochs=1, validation=bad)


def test_divergence_can_come_back_from_another_process() -> None:
    error = nn.DivergedError("it diverged", 3, 4, small(2))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.epoch, again.step) == ("it diverged", 3, 4)
    assert leaves_equal(again.params, error.params)


def test_the_figures_of_an_epoch_cannot_be_changed() -> None:
    (epoch,) = epochs(small(), epochs=1)
    with pytest.raises(ValueError, match="read-only"):
        nn.evaluate(epoch.params, epoch.data).confusion[0, 0] = 7


@pytest.mark.parametrize("weights", [None, np.arange(50) / 24.5])
def test_the_running_cost_is_that_of_the_batches_before_their_steps(weights: nn.Array | None) -> None:
    params = small(3)
    X, Y = batch(params, 50)
    settings: dict[str, Any] = {"batch": 8, "epochs": 2, "learning_rate": 0.1, "sample_weights": weights, "seed": 5}
    noted = list(nn.train(params, data(params), **settings, running_cost=True))
    plain = list(nn.train(params, data(params), **settings))
    rng, α = np.random.default_rng(5), np.array(0.1)
    for epoch, other in zip(noted, plain, strict=True):
        total = 0.0
        for samples in nn.batches(50, 8, rng):
            own = None if weights is None else weights[samples]
            cache = nn.forward(params, X[:, samples])
            total += len(samples) * nn.cost(params, cache, Y[:, samples], own)
            params = nn.update(params, nn.backward(params, cache, Y[:, samples], own), α)
        assert epoch.running_cost == pytest.approx(total / 50, rel=1e-12)
        assert leaves_equal(epoch.params, other.params)
        assert other.running_cost is None
