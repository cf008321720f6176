"""The formulas that the notes have wrong, each with the check that shows it. The right ones are in nnfunc.notes.

Each slip is a backward pass with one formula replaced. In 784-10-10 the wrong shapes are the right ones too, so that no
check at run time can see them; the gradient check does.
"""

from collections.abc import Callable

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import notes
from nnfunc.activations import relu_derivative, softmax
from nnfunc.base.array import Array
from nnfunc.costs import cross_entropy, mean
from nnfunc.data.encoding import one_hot
from nnfunc.model import differences

Backward = Callable[[notes.Params, notes.Cache, Array], notes.Grads]


def slip_000_dW2_with_A2(params: notes.Params, cache: notes.Cache, Y: Array) -> notes.Grads:
    """000: dW[2] = 1/m dZ[2] A[2]ᵀ; it is A[1]ᵀ."""
    right, dZ2 = notes.backward(params, cache, Y), cache.A2 - Y
    return notes.Grads(right.dW1, right.db1, dZ2 @ cache.A2.T / Y.shape[1], right.db2)


def slip_001_dZ1_without_derivative(params: notes.Params, cache: notes.Cache, Y: Array) -> notes.Grads:
    """001: dZ[1] = W[2]ᵀ dZ[2]; it is ∗ g′(Z[1])."""
    right, m = notes.backward(params, cache, Y), Y.shape[1]
    dZ1 = params.W2.T @ (cache.A2 - Y)
    return notes.Grads(dZ1 @ cache.A0.T / m, dZ1.sum(axis=1, keepdims=True) / m, right.dW2, right.db2)


def slip_002_db1_of_layer_2(params: notes.Params, cache: notes.Cache, Y: Array) -> notes.Grads:
    """002: in layer 1, db = 1/n Σ dZ[2]; it is Σ dZ[1]."""
    right = notes.backward(params, cache, Y)
    return notes.Grads(right.dW1, right.db2, right.dW2, right.db2)


def slip_000_001_003_db_of_absolute_error(params: notes.Params, cache: notes.Cache, Y: Array) -> notes.Grads:
    """000, 001, 003: db is the average of the absolute error; it is that of the signed error."""
    right, m = notes.backward(params, cache, Y), Y.shape[1]
    dZ2 = cache.A2 - Y
    dZ1 = params.W2.T @ dZ2 * relu_derivative(cache.Z1)
    db1, db2 = (np.abs(dZ).sum(axis=1, keepdims=True) / m for dZ in (dZ1, dZ2))
    return notes.Grads(right.dW1, db1, right.dW2, db2)


SLIPS = [
    slip_000_dW2_with_A2,
    slip_001_dZ1_without_derivative,
    slip_002_db1_of_layer_2,
    slip_000_001_003_db_of_absolute_error,
]


def gradient_error(backward: Backward) -> float:
    """‖g − ĝ‖ / max(‖g‖, ‖ĝ‖) of the notes' network with this backward pass, of the worst array."""
    rng = np.random.default_rng(0)
    W1, b1 = rng.normal(0, 0.05, (10, 784)), rng.normal(0, 0.5, (10, 1))
    W2, b2 = rng.normal(0, 0.5, (10, 10)), rng.normal(0, 0.5, (10, 1))
    params = notes.Params(W1, b1, W2, b2)
    X, Y = rng.random((784, 6)), one_hot(np.array([4, 0, 9, 3, 3, 1]), dtype=np.float64)

    def J(params: notes.Params) -> float:
        cache = notes.forward(params, X)
        return float(mean(cross_entropy(cache.Z2, cache.A2, Y)))

    return differences.gradient_error(J, params, backward(params, notes.forward(params, X), Y))


def test_the_formulas_of_nnfunc_pass_the_gradient_check() -> None:
    assert gradient_error(notes.backward) < 1e-7


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__)
def test_run_time_checks_are_silent_and_the_gradient_check_is_not(slip: Backward) -> None:
    assert gradient_error(slip) > 0.1


def test_with_other_sizes_for_hidden_and_classes_two_of_them_are_refused() -> None:
    """000 and 002 again, where 6 hidden nodes meet 10 classes."""
    params = nn.init((784, 6, 10), dtype=np.float64)
    X, Y = np.random.default_rng(0).random((784, 4)), one_hot(np.arange(4), dtype=np.float64)
    cache = nn.forward(params, X)
    right = nn.backward(params, cache, Y)
    first, second = right.layers
    dZ2 = cache.output - Y
    nn.update(params, right, 0.1)
    slip_000 = nn.Grads((first, nn.LayerGrads(dZ2 @ cache.output.T / 4, second.db)))
    with pytest.raises(nn.ShapeError, match=r"dW\[2\] must be 10×6"):
        nn.update(params, slip_000, 0.1)
    with pytest.raises(nn.ShapeError, match="LayerGrads: db must be"):
        nn.LayerGrads(first.dW, dZ2.sum(axis=1, keepdims=True) / 4)


def test_slip_001_softmax_example_is_not_monotone() -> None:
    """001: 1.3, 5.1, …, 1.1 → 0.02, 0.90, …, 0.5: the smaller logit got more, and they exceed 1 together."""
    written = np.array([0.02, 0.90, 0.5])
    A = softmax(np.array([[1.3], [5.1], [1.1]]))[:, 0]
    assert (np.argsort(A) == [2, 0, 1]).all()
    assert (np.argsort(written) != [2, 0, 1]).any()
    assert written.sum() > 1 >= A.sum() - 1e-15


def test_slip_000_example_output_is_no_probability() -> None:
    """000: 0.1, 0.2, 0.05, 0.03, 0.90, …: the first five exceed 1."""
    written = np.array([0.1, 0.2, 0.05, 0.03, 0.90])
    assert round(written.sum(), 2) == 1.28
    rng = np.random.default_rng(0)
    assert (softmax(rng.normal(0, 5, (10, 1000)))[:5].sum(axis=0) <= 1).all()
