"""Regression and several labels for a sample, beside classes."""

import math

import numpy as np
import pytest

import nnfunc as nn

RNG = np.random.default_rng(0)


def test_regression_finds_a_curve() -> None:
    X = RNG.uniform(-1, 1, (2, 400))
    y = np.vstack([np.sin(3 * X[0]) + X[1], X[0] * X[1]])
    params = nn.init((2, 40, 2), activation="tanh", output="identity", dtype=np.float64)
    *_, last = nn.train(params, nn.Dataset(X, y), learning_rate=0.01, batch=20, epochs=80, optimizer="adam")
    predicted = nn.forward(last.params, X).output
    explained = 1 - np.var(predicted - y, axis=1) / np.var(y, axis=1)
    assert explained.min() > 0.98
    assert math.isnan(last.accuracy)
    assert last.cost == pytest.approx(float(np.sum((predicted - y) ** 2)) / 800)


def test_several_labels_for_a_sample() -> None:
    X = RNG.normal(size=(6, 600)).astype(np.float32)
    y = np.vstack([X[0] > 0, X[1] + X[2] > 0.5, X[3] < X[4]])
    params = nn.init((6, 20, 3), output="sigmoid")
    *_, last = nn.train(params, nn.Dataset(X, y), learning_rate=0.02, batch=32, epochs=30, optimizer="adam")
    found = nn.predict_labels(last.params, X)
    assert found.dtype == bool
    right = float(np.count_nonzero(found == y)) / y.size
    assert right > 0.95
    assert last.accuracy == pytest.approx(right)
    evaluation = nn.evaluate(last.params, nn.Dataset(X, y))
    assert evaluation.confusion.shape == (2, 2)
    assert evaluation.confusion.sum() == y.size
    assert evaluation.recall[1] == pytest.approx(np.count_nonzero(found & y) / np.count_nonzero(y))


def test_values_are_not_smoothed() -> None:
    data = nn.Dataset(np.ones((2, 4)), np.ones((1, 4)))
    with pytest.raises(nn.SettingError, match="label_smoothing must come with classes or labels; got values"):
        nn.train(
            nn.init((2, 1), output="identity", dtype=np.float64), data, learning_rate=1, epochs=1, label_smoothing=0.1
        )


def test_labels_come_from_sigmoid_outputs_only() -> None:
    with pytest.raises(nn.SettingError) as caught:
        nn.predict_labels(nn.init((6, 3)), np.ones((6, 2), np.float32))
    assert str(caught.value) == (
        "predict_labels: the output must be sigmoid, one for each label; got softmax. Use nn.predict?"
    )
