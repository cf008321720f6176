"""Values worked out by hand, and those that the notes work out."""

import math

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import RELU, SIGMOID, softmax
from nnfunc.costs import BINARY_CROSS_ENTROPY, binary_cross_entropy


@pytest.mark.parametrize(("y", "p", "log"), [(1, 0.9, -0.105), (1, 0.2, -1.609), (0, 0.1, -0.105), (0, 0.8, -1.609)])
def test_the_four_costs_of_the_notes(y: float, p: float, log: float) -> None:
    Z, Y = np.array([[math.log(p / (1 - p))]]), np.array([[y]], float)
    assert round(float(binary_cross_entropy(Z, Z, Y)[0]), 3) == -log


def test_the_softmax_example_of_the_notes_as_it_should_be() -> None:
    # e^1.3 = 3.669, e^5.1 = 164.022, e^1.1 = 3.004; their sum is 170.695
    A = softmax(np.array([[1.3], [5.1], [1.1]]))
    assert np.allclose(A[:, 0], [3.669 / 170.695, 164.022 / 170.695, 3.004 / 170.695], atol=5e-6)
    assert A[2] < A[0], "1.1 < 1.3 cannot get more"


def test_one_step_by_hand() -> None:
    # Two inputs, two hidden ReLU nodes, one sigmoid output, one sample.
    W1, b1 = np.array([[1.0, -1.0], [0.5, 0.5]]), np.array([[0.0], [-2.0]])
    W2, b2 = np.array([[2.0, -1.0]]), np.array([[-4.0]])
    params = nn.Params((nn.Layer(W1, b1, RELU), nn.Layer(W2, b2, SIGMOID)), BINARY_CROSS_ENTROPY)
    X, Y = np.array([[3.0], [1.0]]), np.array([[1.0]])

    # Z[1] = (1·3 − 1·1 + 0, 0.5·3 + 0.5·1 − 2) = (2, 0); A[1] = (2, 0)
    # Z[2] = 2·2 − 1·0 − 4 = 0; A[2] = σ(0) = 1/2; J = −log 1/2
    cache = nn.forward(params, X)
    assert cache.layers[0].Z.tolist() == [[2.0], [0.0]]
    assert cache.output.tolist() == [[0.5]]
    assert math.isclose(nn.cost(params, cache, Y), math.log(2))

    # dZ[2] = 1/2 − 1 = −1/2; dW[2] = −1/2 · (2, 0) = (−1, 0); db[2] = −1/2
    # dZ[1] = (2, −1)ᵀ · −1/2 ∗ (1, 0) = (−1, 0), as ReLU's derivative at 0 is 0
    # dW[1] = (−1, 0)ᵀ (3, 1) = ((−3, −1), (0, 0)); db[1] = (−1, 0)
    grads = nn.backward(params, cache, Y)
    assert grads.layers[1].dW.tolist() == [[-1.0, 0.0]]
    assert grads.layers[1].db.tolist() == [[-0.5]]
    assert grads.layers[0].dW.tolist() == [[-3.0, -1.0], [0.0, 0.0]]
    assert grads.layers[0].db.tolist() == [[-1.0], [0.0]]

    # α = 0.5: W[2] = (2, −1) − 0.5 (−1, 0) = (2.5, −1); W[1] = ((1 + 1.5, −1 + 0.5), (0.5, 0.5))
    after = nn.update(params, grads, 0.5)
    assert after.layers[1].W.tolist() == [[2.5, -1.0]]
    assert after.layers[1].b.tolist() == [[-3.75]]
    assert after.layers[0].W.tolist() == [[2.5, -0.5], [0.5, 0.5]]
    assert after.layers[0].b.tolist() == [[0.5], [-2.0]]
    assert nn.cost(after, nn.forward(after, X), Y) < math.log(2)
