import numpy as np

import nnfunc as nn
from nnfunc.activations import SIGMOID
from nnfunc.costs import BINARY_CROSS_ENTROPY
from tests.networks import batch, small


def test_a_class_is_the_row_of_the_largest_output() -> None:
    params = small(2)
    X, _ = batch(params)
    assert np.array_equal(nn.predict(params, X), nn.forward(params, X).output.argmax(axis=0))


def test_a_single_sigmoid_output_is_a_class_above_one_half() -> None:
    layer = nn.Layer(np.array([[1.0]]), np.array([[0.0]]), SIGMOID)
    params = nn.Params((layer,), BINARY_CROSS_ENTROPY)
    assert nn.predict(params, np.array([[-1.0, 0.0, 0.1]])).tolist() == [0, 0, 1]


def test_several_sigmoid_outputs_name_the_largest() -> None:
    layer = nn.Layer(np.eye(3), np.zeros((3, 1)), SIGMOID)
    params = nn.Params((layer,), BINARY_CROSS_ENTROPY)
    assert nn.predict(params, np.array([[-3.0], [-2.0], [-4.0]])).tolist() == [1]


def test_pixels_are_scaled_and_floats_are_not() -> None:
    params = nn.init((784, 10, 10))
    pixels = np.random.default_rng(0).integers(0, 256, (784, 3), np.uint8)
    assert np.allclose(nn.probabilities(params, pixels), nn.forward(params, nn.scale(pixels)).output, rtol=1e-5)
    assert np.array_equal(nn.predict(params, pixels), nn.predict(params, nn.scale(pixels)))
    wide = nn.init((784, 10, 10), dtype=np.float64)
    assert nn.probabilities(wide, pixels).dtype == np.float64
