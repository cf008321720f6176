"""Each does what it is for, on real digits, and is right by a gradient check."""

from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.model.differences import gradient_error
from nnfunc.optimizers import plus_l2
from nnfunc.tracing import tree
from nnfunc.training.steps.regularisation import clipped, sample_weights, smoothed
from tests.networks import batch, leaves_equal, small

TRAINING, TEST = nn.load_mnist()
FEW = TRAINING.take(slice(0, 300))
"""So few that a large network learns them by heart."""


def trained(data: nn.Dataset = FEW, **settings: Any) -> nn.Epoch:
    merged: dict[str, Any] = {"learning_rate": 0.2, "batch": 50, "epochs": 40, "validation": TEST, **settings}
    *_, last = nn.train(nn.init((784, 100, 10)), data, **merged)
    return last


def largest(epoch: nn.Epoch) -> float:
    return max(float(np.linalg.norm(layer.W)) for layer in epoch.params.layers)


def test_the_penalty_keeps_weights_small_and_helps_with_unseen_digits() -> None:
    plain, penalised = trained(epochs=150), trained(epochs=150, l2=0.003)
    assert largest(penalised) < 0.8 * largest(plain)
    assert plain.cost < penalised.cost
    assert plain.validation_cost is not None
    assert penalised.validation_cost is not None
    assert penalised.validation_cost < plain.validation_cost


def test_the_penalty_is_part_of_the_gradient() -> None:
    params = small(3, activation="tanh")
    X, Y = batch(params)
    λ = 0.3

    def J(params: nn.Params) -> float:
        penalty = λ / 2 * sum(float(np.sum(layer.W**2)) for layer in params.layers)
        return nn.cost(params, nn.forward(params, X), Y) + penalty

    grads = plus_l2(nn.backward(params, nn.forward(params, X), Y), params, λ)
    assert gradient_error(J, params, grads) < 1e-7


def test_weights_decay_beside_adam() -> None:
    plain, decayed = (trained(optimizer=o, learning_rate=0.001) for o in ("adam", nn.AdamW(weight_decay=2.0)))
    assert largest(decayed) < 0.8 * largest(plain)


def test_dropout_keeps_a_network_from_learning_by_heart() -> None:
    plain, dropped = trained(epochs=150), trained(epochs=150, dropout=0.5)
    assert plain.validation_accuracy is not None
    assert dropped.validation_accuracy is not None
    assert dropped.validation_accuracy > plain.validation_accuracy + 0.005


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_gradient_with_a_mask_and_weights(depth: int) -> None:
    params = small(depth, activation="tanh")
    X, Y = batch(params)
    masks = nn.dropout_masks(params, X.shape[1], 0.4, np.random.default_rng(0))
    weights = np.random.default_rng(1).uniform(0, 2, X.shape[1:])
    assert nn.check_gradient(params, X, Y, weights, masks=masks) < 1e-7
    assert not leaves_equal(nn.forward(params, X, masks), nn.forward(params, X))


def test_a_masked_node_learns_nothing() -> None:
    params = small(2)
    X, Y = batch(params)
    mask = np.ones((params.sizes[1], X.shape[1]))
    mask[2] = 0
    grads = nn.backward(params, nn.forward(params, X, (mask,)), Y)
    assert not grads.layers[0].dW[2].any()
    assert not grads.layers[1].dW[:, 2].any()
    assert grads.layers[0].dW[1].any()


def test_masks_drop_their_share_and_keep_the_mean() -> None:
    params = nn.init((5, 300, 200, 3))
    first, second = nn.dropout_masks(params, 400, (0.2, 0.5), np.random.default_rng(0))
    assert first.shape == (300, 400)
    assert second.dtype == np.float32
    assert np.array_equal(np.unique(second), [0, 2])
    assert abs(float(np.count_nonzero(first == 0)) / first.size - 0.2) < 0.01
    assert abs(float(first.mean()) - 1) < 0.01
    assert abs(float(second.mean()) - 1) < 0.01


@pytest.mark.parametrize("size", [None, 50])
def test_a_network_without_dropout_is_what_predicts(size: int | None) -> None:
    last = trained(dropout=0.3, epochs=2, batch=size)
    A = nn.forward(last.params, nn.scale(TEST.X)).output
    assert np.array_equal(nn.predict(last.params, TEST.X), A.argmax(axis=0))


def test_a_gradient_is_clipped_to_its_length_and_keeps_its_direction() -> None:
    params = small(3)
    X, Y = batch(params)
    grads = nn.backward(params, nn.forward(params, X), Y)
    g = tree.flatten(grads)[0]
    length = float(np.linalg.norm(g))
    for longest in (length / 3, 3 * length):
        short = tree.flatten(clipped(grads, longest))[0]
        assert np.allclose(short, g * min(1, longest / length), rtol=1e-12)


def test_clipping_survives_steps_that_are_too_long() -> None:
    assert trained(learning_rate=1000.0).accuracy < 0.2
    assert trained(learning_rate=1000.0, clip=1e-4).accuracy > 0.9


def test_smoothed_labels_make_a_network_less_sure() -> None:
    plain, smooth = trained(), trained(label_smoothing=0.2)
    sure, less = (nn.probabilities(epoch.params, FEW.X).max(axis=0).mean() for epoch in (plain, smooth))
    assert less < 0.9 < sure
    assert smooth.accuracy == plain.accuracy == 1


def test_smoothed_labels_are_shared_out() -> None:
    assert np.allclose(smoothed(np.array([[1.0], [0.0], [0.0], [0.0]]), 0.2, 4)[:, 0], [0.85, 0.05, 0.05, 0.05])
    assert np.allclose(smoothed(np.array([[1.0, 0.0]]), 0.2, 2), [[0.9, 0.1]])


def uneven() -> nn.Dataset:
    """All digits but few 3s."""
    keep = (TRAINING.y != 3) | (np.cumsum(TRAINING.y == 3) <= 15)
    return TRAINING.take(np.flatnonzero(keep))


def test_balanced_classes_find_what_is_rare() -> None:
    found = list[float]()
    for weights in (None, "balanced"):
        last = trained(uneven(), epochs=3, learning_rate=0.1, class_weights=weights)
        found.append(float(nn.evaluate(last.params, TEST).recall[3]))
    assert found[1] > found[0] + 0.1


def test_a_weight_is_how_often_a_sample_is_there() -> None:
    params = small(2)
    X, Y = batch(params, 6)
    twice = np.array([0, 0, 1, 2, 2, 2, 3, 4])
    weights = np.bincount(twice, minlength=6).astype(float)
    y = Y.argmax(axis=0)
    settings: dict[str, Any] = {"learning_rate": 0.1, "epochs": 5}
    *_, weighted = nn.train(params, nn.Dataset(X, y), sample_weights=weights, **settings)
    *_, repeated = nn.train(params, nn.Dataset(X[:, twice], y[twice]), **settings)
    for a, b in zip(tree.leaves(weighted.params), tree.leaves(repeated.params), strict=True):
        assert np.allclose(a, b, rtol=1e-12, atol=1e-14)


def test_weights_have_a_mean_of_1() -> None:
    labels = np.array([0, 0, 0, 1, 2, 2])

    def weights(by_class: Any, given: Any = None) -> nn.Array:
        found = sample_weights("t", labels, 3, by_class, given, float)
        assert found is not None
        return found

    assert np.allclose(weights("balanced"), [2 / 3, 2 / 3, 2 / 3, 2, 1, 1])
    assert np.allclose(weights({1: 4}), np.array([1, 1, 1, 4, 1, 1]) * 6 / 9)
    assert np.allclose(weights([1, 2, 1], np.arange(6)), np.array([0, 1, 2, 6, 4, 5]) * 6 / 18)


@pytest.mark.parametrize("size", [None, 16])
def test_the_cost_of_a_step_is_weighted(size: int | None) -> None:
    """A sample of weight 0 changes nothing."""
    params = small(2)
    X, Y = batch(params, 48)
    other = X.copy()
    other[:, ::3] += 5
    weights = (np.arange(48) % 3 > 0).astype(float)
    last = list[nn.Params]()
    for samples in (X, other):
        data = nn.Dataset(samples, Y.argmax(axis=0))
        *_, epoch = nn.train(params, data, learning_rate=0.1, batch=size, epochs=3, sample_weights=weights)
        last.append(epoch.params)
    assert all(np.allclose(a, b, atol=1e-14) for a, b in zip(*map(tree.leaves, last), strict=True))


OPTIONS: dict[str, dict[str, Any]] = {
    "dropout": {"dropout": 0.3},
    "penalty": {"l2": 0.01},
    "clip": {"clip": 0.5},
    "smoothing": {"label_smoothing": 0.1},
    "classes": {"class_weights": "balanced"},
    "distorted": {"augmentation": nn.Distorted(1, 5, 10)},
    "all": {
        "dropout": 0.3, "l2": 0.01, "clip": 0.5, "label_smoothing": 0.1, "class_weights": {3: 2.0}, "optimizer": "adamw",
        "augmentation": nn.Distorted(1, 5, 10), "learning_rate": nn.WarmUp(nn.Cosine(0.01, 30), 5),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("size", [None, 128])
def test_the_same_seed_gives_the_same_bits_and_resumes(name: str, size: int | None) -> None:
    if size is None and "augmentation" in OPTIONS[name]:
        pytest.skip("augmentation is of batches")

    def epochs(**settings: Any) -> list[nn.Epoch]:
        merged: dict[str, Any] = {"learning_rate": 0.1, "batch": size, "epochs": 4, "seed": 5}
        return list(nn.train(nn.init((784, 30, 10)), FEW, **(merged | OPTIONS[name] | settings)))

    once, again = epochs(), epochs()
    assert leaves_equal(once[-1].params, again[-1].params)
    assert leaves_equal(epochs(resume=once[1].state)[-1].params, once[-1].params)
    if name in ("dropout", "distorted", "all"):
        assert not leaves_equal(epochs(seed=6)[0].params, once[0].params)


def test_a_run_that_diverges_with_dropout_says_in_which_step() -> None:
    params = nn.init((784, 30, 10))
    with pytest.raises(nn.DivergedError, match=r"epoch 1, step \d+") as caught:
        list(nn.train(params, FEW, learning_rate=1e30, batch=16, epochs=2, dropout=0.5, optimizer="momentum"))
    assert all(np.isfinite(leaf).all() for leaf in tree.leaves(caught.value.params))


def test_distorted_digits_are_other_digits_of_their_class() -> None:
    X = nn.scale(TRAINING.X[:, :200])
    for augment in (nn.Distorted(shift=2), nn.Distorted(rotation=15), nn.Distorted(elastic=34)):
        once, again, other = (augment(X, np.random.default_rng(seed)) for seed in (0, 0, 1))
        assert np.array_equal(once, again)
        assert not np.array_equal(once, other)
        assert once.dtype == X.dtype
        assert 0 <= once.min() <= once.max() <= 1
        assert abs(float(once.mean() / X.mean()) - 1) < 0.1
    assert np.allclose(nn.Distorted()(X, np.random.default_rng(0)), X, atol=1e-6)


def test_a_shift_moves_an_image() -> None:
    image = np.zeros((28, 28))
    image[10:14, 12:16] = 1
    moved = nn.Distorted(shift=3)(np.tile(image.reshape(-1, 1), 500), np.random.default_rng(0)).T.reshape(-1, 28, 28)
    rows = np.arange(28) + 0.5
    centres = (moved.sum(axis=2) * rows).sum(axis=1) / moved.sum(axis=(1, 2)) - 12
    assert -3 <= centres.min() < -2.5
    assert 2.5 < centres.max() <= 3
    assert np.allclose(moved.sum(axis=(1, 2)), 16)


def test_distorted_digits_help_with_unseen_ones() -> None:
    plain, more = (trained(epochs=60, augmentation=a) for a in (None, nn.Distorted(1, 8, 20)))
    assert plain.validation_accuracy is not None
    assert more.validation_accuracy is not None
    assert more.validation_accuracy > plain.validation_accuracy + 0.01


def rising_from_below(step: int) -> float:
    return -1.0


BAD: list[tuple[dict[str, Any], str]] = [
    ({"dropout": 1}, "train: dropout must be 0 or more and below 1; got 1. Try 0.2?"),
    ({"dropout": -0.1}, "train: dropout must be 0 or more and below 1; got -0.1. Try 0.2?"),
    ({"dropout": float("nan")}, "train: dropout must be 0 or more and below 1; got nan. Try 0.2?"),
    ({"dropout": [0.1, 0.2]}, "train: dropout must be one number, or one for each of 1 hidden layers; got 2."),
    ({"l2": -1}, "train: l2 must be 0 or more and a finite number; got -1."),
    ({"clip": 0}, "train: clip must be a finite number above 0; got 0."),
    ({"label_smoothing": 1}, "train: label_smoothing must be 0 or more and below 1; got 1."),
    ({"optimizer": "adamm"}, "train: optimizer must be one of adam, adamw, descent, lbfgs, momentum, nesterov, rmsprop; "
     "got 'adamm'. Did you mean 'adam'?"),
    ({"optimizer": 3}, "train: optimizer must be a name, or have init and step; got a value of type int. Pass nn.Adam()?"),
    ({"class_weights": {11: 2.0}}, "train: class_weights must be of classes in the data, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; got 11."),
    ({"class_weights": {True: 2.0}}, "train: class_weights must be of classes in the data, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; got True."),
    ({"class_weights": {1.0: 2.0}}, "train: class_weights must be of classes in the data, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; got 1.0."),
    ({"class_weights": [1, 2]}, "train: class_weights must be a weight for each of 10 classes; got [1, 2]."),
    ({"class_weights": 5}, "train: class_weights must be a weight for each of 10 classes; got 5."),
    ({"optimizer": nn.Adam}, "train: optimizer must be a name, or have init and step; got the class Adam. Pass nn.Adam()?"),
    ({"learning_rate": nn.Cosine}, "train: learning rate must be a number, or a function of the step; got a value of type type. "
     "Pass 0.1, or nn.Cosine(0.1, steps=12)?"),
    ({"learning_rate": len}, "train: the schedule must be a function of the step; got <built-in function len> (object of type 'int' "
     "has no len())."),
    ({"learning_rate": 10**400}, f"train: learning rate must be a finite number above 0; got {10**400}. Try 0.1?"),
    ({"l2": 10**400}, f"train: l2 must be 0 or more and a finite number; got {10**400}."),
    ({"augmentation": 5}, "train: augmentation must be a function of X and a generator; got 5. Pass nn.Distorted(shift=1)?"),
    ({"gradient": 5, "batch": None}, "train: gradient must be a function of params; got 5."),
    ({"sample_weights": [[1], [1, 2]]}, "train: sample_weights must be 300 numbers, one per sample; got float64 of shape ()."),
    ({"class_weights": "equal"}, "train: class_weights must be 'balanced' or a weight for each class; got 'equal'."),
    ({"class_weights": {1: -2.0}}, "train: class_weights must be numbers from 0; got -2.0 for class 1."),
    ({"sample_weights": np.ones(5)}, "train: sample_weights must be 300 numbers, one per sample; got float64 of shape (5,)."),
    ({"sample_weights": -np.ones(300)}, "train: sample_weights must be numbers from 0; got -1.0 at sample 0."),
    ({"sample_weights": np.zeros(300)}, "train: weights must be above 0 for at least one sample; got 0 for all."),
    ({"learning_rate": nn.WarmUp(nn.Constant(0.1), 99)}, "train: the warm-up must end within the run of 12 steps; got 99. Warm up shorter?"),
    ({"learning_rate": "cosine"}, "train: learning rate must be a number, or a function of the step; got a value of type str. "
     "Pass 0.1, or nn.Cosine(0.1, steps=12)?"),
    ({"learning_rate": rising_from_below}, "train: the schedule must begin above 0 and stay a finite number from 0; got -1.0 at step 0 and "
     "-1.0 at step 11."),
    ({"optimizer": "lbfgs"}, "train: L-BFGS must see all samples in each step; got batches of 50. Use batch=None, or --batch full?"),
    ({"optimizer": "lbfgs", "batch": None}, "train: learning rate must be 1 with L-BFGS, which finds the length of its steps; got 0.1."),
    ({"augmentation": nn.Distorted(1), "batch": None}, "train: augmentation must come with batches; got batch=None, all samples. Add batch=128?"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_options_are_refused(settings: dict[str, Any], message: str) -> None:
    settings = {"learning_rate": 0.1, "batch": 50, "epochs": 2} | settings
    with pytest.raises((nn.SettingError, nn.DataError)) as caught:
        nn.train(nn.init((784, 10, 10)), FEW, **settings)
    assert str(caught.value) == message


def test_a_network_without_hidden_layers_has_nothing_to_drop() -> None:
    params = nn.init((784, 10))
    with pytest.raises(nn.SettingError, match="dropout must come with hidden layers; got none"):
        nn.train(params, FEW, learning_rate=0.1, epochs=1, dropout=0.5)
    for none in (0, 0.0, ()):
        list(nn.train(params, FEW, learning_rate=0.1, epochs=1, dropout=none))


def test_weights_of_classes_come_with_classes() -> None:
    data = nn.Dataset(np.ones((4, 6), np.float32), np.ones((3, 6), bool))
    with pytest.raises(nn.SettingError, match="class_weights must come with one class for each sample; got labels"):
        nn.train(nn.init((4, 3), output="sigmoid"), data, learning_rate=0.1, epochs=1, class_weights="balanced")


@pytest.mark.parametrize("huge", [1e308, 1e-320])
def test_weights_of_any_size_have_a_mean_of_1(huge: float) -> None:
    found = sample_weights("t", np.array([0, 1, 1]), 2, {0: huge, 1: huge}, np.full(3, huge), float)
    assert found is not None
    assert np.allclose(found, 1)


def test_a_gradient_whose_square_overflows_is_clipped() -> None:
    grads = nn.Grads((nn.LayerGrads(np.full((2, 3), 1e25, np.float32), np.zeros((2, 1), np.float32)),))
    (short,) = clipped(grads, 1.0).layers
    assert np.allclose(short.dW, 1 / np.sqrt(6))


def one_column(X: nn.Array, rng: Any) -> Any:
    return X[:, :1]


def nothing(X: nn.Array, rng: Any) -> Any:
    return None


def in_float64(X: nn.Array, rng: Any) -> Any:
    return X.astype(np.float64)


@pytest.mark.parametrize("bad", [one_column, nothing, in_float64])
def test_an_augmentation_keeps_shape_and_dtype(bad: Any) -> None:
    with pytest.raises(nn.ShapeError, match="augmentation: its result must be 784×300 float32 like X; got"):
        next(nn.train(nn.init((784, 10)), FEW, learning_rate=0.1, epochs=1, batch=300, augmentation=bad))


def test_a_schedule_is_looked_at_in_each_step() -> None:
    def rate(step: int) -> float:
        return -5.0 if step == 2 else 0.1

    for size in (None, 100):
        with pytest.raises(
            nn.SettingError, match=r"the schedule must give a finite number from 0; got -5\.0 at step 2"
        ):
            list(nn.train(nn.init((784, 10)), FEW, learning_rate=rate, epochs=4, batch=size))


def test_labels_of_several_outputs_are_smoothed_between_yes_and_no() -> None:
    params = nn.init((4, 5), output="sigmoid", dtype=np.float64)
    X, Y = np.ones((4, 8)), np.zeros((5, 8))
    settings: dict[str, Any] = {"learning_rate": 1.0, "epochs": 300}
    *_, last = nn.train(params, nn.Dataset(X, Y), label_smoothing=0.2, **settings)
    assert np.allclose(nn.probabilities(last.params, X), 0.1, atol=0.01)


def test_images_that_are_not_square_cannot_be_distorted() -> None:
    data = nn.Dataset(np.ones((20, 8), np.float32), np.zeros(8, int))
    training = nn.train(nn.init((20, 3)), data, learning_rate=0.1, epochs=1, batch=4, augmentation=nn.Distorted(1))
    with pytest.raises(nn.ShapeError, match="augmentation: X must be square images, such as 28×28 in 784 rows; got 20"):
        next(training)
