import math
import pickle

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.tiling.lanes import TILE
from nnfunc.tiling.metrics import confusion_matrix
from tests.networks import batch, small


def test_a_confusion_matrix_counted_by_hand() -> None:
    labels, predicted = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 0, 2])
    assert confusion_matrix(labels, predicted, 3).tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def test_accuracy_precision_and_recall_counted_by_hand() -> None:
    evaluation = nn.Evaluation(0.5, np.array([[6, 2, 0], [1, 3, 0], [1, 0, 0]]))
    assert math.isclose(evaluation.accuracy, 9 / 13)
    assert np.allclose(evaluation.recall, [6 / 8, 3 / 4, 0])
    assert np.allclose(evaluation.precision[:2], [6 / 8, 3 / 5])
    assert math.isnan(evaluation.precision[2]), "class 2 was never predicted"


def test_evaluate_is_cost_and_predictions_of_all_samples() -> None:
    params = small(3)
    X, Y = batch(params, 2 * TILE + 3)
    y = Y.argmax(axis=0)
    evaluation = nn.evaluate(params, nn.Dataset(X, y))
    assert math.isclose(evaluation.cost, nn.cost(params, nn.forward(params, X), Y), rel_tol=1e-12)
    assert np.array_equal(evaluation.confusion, confusion_matrix(y, nn.predict(params, X), 3))
    right: nn.Array = nn.predict(params, X) == y
    assert math.isclose(evaluation.accuracy, float(np.mean(right)))


def test_labels_and_targets_are_evaluated_alike() -> None:
    params = small(2)
    X, Y = batch(params)
    by_label = nn.evaluate(params, nn.Dataset(X, Y.argmax(axis=0)))
    by_target = nn.evaluate(params, nn.Dataset(X, Y))
    assert by_label.cost == by_target.cost
    assert np.array_equal(by_label.confusion, by_target.confusion)


def test_a_digit_is_evaluated_in_two_classes() -> None:
    params = small(2, output="sigmoid", n_out=1)
    X, Y = batch(params)
    evaluation = nn.evaluate(params, nn.Dataset(X, Y))
    assert evaluation.confusion.shape == (2, 2)
    assert evaluation.confusion.sum() == X.shape[1]


def test_a_network_that_names_no_classes_has_a_cost_only() -> None:
    params = small(2, output="identity", n_out=1)
    X, Y = batch(params)
    evaluation = nn.evaluate(params, nn.Dataset(X, Y))
    assert math.isclose(evaluation.cost, nn.cost(params, nn.forward(params, X), Y), rel_tol=1e-12)
    assert math.isnan(evaluation.accuracy)


def test_a_copied_evaluation_is_frozen_too() -> None:
    evaluation = nn.Evaluation(0.5, np.array([[6, 2], [1, 3]]))
    again = pickle.loads(pickle.dumps(evaluation))
    assert again.accuracy == evaluation.accuracy
    with pytest.raises(ValueError, match="read-only"):
        again.confusion[0, 0] = 7
