import copy
import dataclasses
import pickle
from typing import Any, cast

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.activations import RELU, SIGMOID, SOFTMAX
from nnfunc.costs import CROSS_ENTROPY, SQUARED_ERROR
from tests.networks import leaves_equal, small


def test_sizes_dtype_and_size() -> None:
    params = nn.init((784, 10, 10))
    assert params.sizes == (784, 10, 10)
    assert params.dtype == np.float32
    assert params.size == 784 * 10 + 10 + 10 * 10 + 10


def test_the_arrays_of_a_user_are_copied() -> None:
    W, b = np.ones((2, 3)), np.zeros((2, 1))
    layer = nn.Layer(W, b, RELU)
    W[:] = 7
    assert layer.W.tolist() == [[1, 1, 1], [1, 1, 1]]
    assert W.flags.writeable


def test_nothing_in_params_can_be_changed() -> None:
    params = small()
    with pytest.raises(ValueError, match="read-only"):
        params.layers[0].W[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        params.cost = SQUARED_ERROR  # type: ignore[misc]


W23, b2, W32 = np.ones((2, 3)), np.zeros((2, 1)), np.ones((3, 2))


def chain(*layers: nn.Layer, cost: nn.Cost = CROSS_ENTROPY) -> nn.Params:
    return nn.Params(layers, cost)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.Layer(W23, b2[:, 0], RELU), nn.ShapeError, "Layer: b must be Float n_out×1 with n_out = 2; got b (2, float64). Pass b[:, None], or keep the axis with keepdims=True?"),
        (lambda: nn.Layer(W23, b2.T, RELU), nn.ShapeError, "Layer: b must be Float n_out×1 with n_out = 2; got b (1×2, float64). Pass b.T?"),
        (lambda: nn.Layer(W23.astype(int), b2, RELU), nn.ShapeError, "Layer: W must be Float n_out×n_in; got W (2×3, int64). Pass W.astype(np.float32), or nn.scale(W) for pixels?"),
        (lambda: nn.Layer([[1.0]], b2, RELU), nn.ShapeError, "Layer: W must be Float n_out×n_in; got a value of type list."),  # type: ignore[arg-type]
        (lambda: nn.Layer(W23, b2, "relu"), nn.SettingError, "Layer: activation must be an nn.Activation, for names are resolved by nn.init; got 'relu'. Pass nnfunc.activations.RELU?"),  # type: ignore[arg-type]
        (lambda: nn.Params((nn.Layer(W23, b2, SOFTMAX),), "cross_entropy"), nn.SettingError, "Params: cost must be an nn.Cost, for names are resolved by nn.init; got 'cross_entropy'. Pass nnfunc.costs.CROSS_ENTROPY?"),  # type: ignore[arg-type]
        (lambda: nn.init((3, 2), output=cast("Any", "rleu")), nn.SettingError, "init: output must be one of elu, identity, leaky_relu, relu, sigmoid, softmax, tanh; got 'rleu'. Did you mean 'relu'?"),
        (lambda: chain(), nn.SettingError, "params: a network must have at least one layer; got none."),
        (lambda: chain(nn.Layer(W23, b2, RELU), nn.Layer(W23, b2, SOFTMAX)), nn.ShapeError, "layer 2: W must have 2 columns to take layer 1's output; got W (2×3). Pass W.T?"),
        (lambda: chain(nn.Layer(W23, b2, RELU), nn.Layer(np.ones((4, 5)), np.ones((4, 1)), SOFTMAX)), nn.ShapeError, "layer 2: W must have 2 columns to take layer 1's output; got W (4×5)."),
        (lambda: chain(nn.Layer(W23, b2.astype(np.float32), SOFTMAX)), nn.ShapeError, "layer 1: W and b must all be float32 or all float64; got W float64, b float32, W[1] float64. Convert them with .astype(np.float32)?"),
        (lambda: chain(nn.Layer(W23.astype(np.float16), b2.astype(np.float16), SOFTMAX)), nn.ShapeError, "layer 1: W and b must all be float32 or all float64; got W float16, b float16, W[1] float16. Convert them with .astype(np.float32)?"),
        (lambda: chain(nn.Layer(np.ones((2, 0)), b2, SOFTMAX)), nn.ShapeError, "layer 1: W must have at least one row and one column; got W (2×0)."),
        (lambda: chain(nn.Layer(W23, b2, RELU)), nn.SettingError, "params: cross_entropy must follow a softmax output; got relu. Use cost='squared_error', or output='softmax'?"),
        (lambda: chain(nn.Layer(W23, b2, SIGMOID), cost=CROSS_ENTROPY), nn.SettingError, "params: cross_entropy must follow a softmax output; got sigmoid. Use cost='binary_cross_entropy', or output='softmax'?"),
        (lambda: nn.init((3, 2), cost=cast("Any", "crossentropy")), nn.SettingError, "init: cost must be one of binary_cross_entropy, cross_entropy, squared_error; got 'crossentropy'. Did you mean 'cross_entropy'?"),
        (lambda: chain(nn.Layer(W23, b2, SOFTMAX), nn.Layer(W32, np.ones((3, 1)), SOFTMAX)), nn.SettingError, "params: softmax must be the last activation; got it in a hidden layer. Use relu there?"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(make: object, error: type[Exception], message: str) -> None:
    assert callable(make)
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message


def test_the_chain_is_checked_in_every_layer() -> None:
    good = [nn.Layer(np.ones((3, 3)), np.ones((3, 1)), RELU) for _ in range(9)]
    bad = nn.Layer(np.ones((3, 4)), np.ones((3, 1)), RELU)
    for position in range(1, 10):
        layers = [*good[:position], bad, *good[position:]]
        with pytest.raises(nn.ShapeError, match=f"layer {position + 1}: W must have 3 columns"):
            nn.Params(tuple(layers), SQUARED_ERROR)


def test_pickle_and_copy_keep_the_arrays_frozen() -> None:
    params = small(2)
    for again in (pickle.loads(pickle.dumps(params)), copy.deepcopy(params)):
        assert leaves_equal(again, params)
        with pytest.raises(ValueError, match="read-only"):
            again.layers[0].W[0, 0] = 1


def test_arrays_that_are_not_plain_become_plain() -> None:
    W = np.ma.masked_array(np.ones((2, 3)), mask=False)
    layer = nn.Layer(W, np.zeros((2, 1)), RELU)
    assert type(layer.W) is np.ndarray
    big_endian = nn.Layer(np.ones((2, 3), ">f4"), np.zeros((2, 1), np.float32), RELU)
    with pytest.raises(nn.ShapeError, match="must all be float32 or all float64"):
        chain(big_endian, cost=SQUARED_ERROR)
