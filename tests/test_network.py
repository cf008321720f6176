import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import DTypeLike

import nnfunc as nn
from nnfunc.activations import OUTPUTS, ActivationName, OutputName
from nnfunc.costs import BINARY_CROSS_ENTROPY, CostName, costs_of
from tests.networks import batch, kinds, leaves_equal, small

SIZES = st.lists(st.integers(2, 9), min_size=2, max_size=5)


@given(SIZES, st.integers(1, 12))
def test_any_sizes_and_any_batch(sizes: list[int], m: int) -> None:
    params = nn.init(sizes)
    X, Y = batch(params, m)
    cache = nn.forward(params, X)
    grads = nn.backward(params, cache, Y)
    after = nn.update(params, grads, 0.1)
    assert cache.output.shape == (sizes[-1], m)
    assert after.sizes == params.sizes == tuple(sizes)
    assert after.dtype == params.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds(depths=(2,)))
def test_every_kind_of_network_keeps_its_dtype(
    depth: int, activation: ActivationName, output: OutputName, cost: CostName, dtype: DTypeLike
) -> None:
    params = small(depth, activation=activation, output=output, cost=cost, dtype=dtype)
    X, Y = batch(params)
    cache = nn.forward(params, X)
    grads = nn.backward(params, cache, Y)
    after = nn.update(params, grads, 0.1)
    assert {cache.output.dtype, grads.layers[0].dW.dtype, after.dtype} == {np.dtype(dtype)}
    assert isinstance(nn.cost(params, cache, Y), float)


@pytest.mark.parametrize(("depth", "activation", "output", "cost"), kinds(depths=(1, 3)))
def test_every_kind_of_network_learns(
    depth: int, activation: ActivationName, output: OutputName, cost: CostName
) -> None:
    params = small(depth, activation=activation, output=output, cost=cost)
    X, Y = batch(params)
    before = nn.cost(params, nn.forward(params, X), Y)
    for _ in range(20):
        params = nn.update(params, nn.backward(params, nn.forward(params, X), Y), 0.05)
    assert nn.cost(params, nn.forward(params, X), Y) < before


def test_identity_activations_make_one_affine_map() -> None:
    params = small(depth=4, activation="identity", output="identity")
    w, b = np.eye(7), np.zeros((7, 1))
    for layer in params.layers:
        w, b = layer.W @ w, layer.W @ b + layer.b
    X, _ = batch(params)
    assert np.allclose(nn.forward(params, X).output, w @ X + b, rtol=1e-12)


def test_a_softmax_network_gives_probabilities() -> None:
    params = small(depth=3)
    X, _ = batch(params)
    A = nn.probabilities(params, X)
    assert (A >= 0).all()
    assert np.allclose(A.sum(axis=0), 1, rtol=1e-12)


def test_the_gradient_is_a_mean_so_a_doubled_batch_has_the_same() -> None:
    params = small(depth=3, activation="tanh")
    X, Y = batch(params)
    once = nn.backward(params, nn.forward(params, X), Y)
    X2, Y2 = np.hstack([X, X]), np.hstack([Y, Y])
    twice = nn.backward(params, nn.forward(params, X2), Y2)
    for a, b in zip(once.layers, twice.layers, strict=True):
        assert np.allclose(a.dW, b.dW, rtol=1e-12)
        assert np.allclose(a.db, b.db, rtol=1e-12)


def test_the_order_of_the_samples_does_not_matter() -> None:
    params = small(depth=3)
    X, Y = batch(params)
    order = np.random.default_rng(0).permutation(X.shape[1])
    a = nn.backward(params, nn.forward(params, X), Y)
    b = nn.backward(params, nn.forward(params, X[:, order]), Y[:, order])
    assert np.allclose(a.layers[0].dW, b.layers[0].dW, rtol=1e-10)


def test_saturated_outputs_have_finite_cost_and_gradient() -> None:
    for output in ("softmax", "sigmoid"):
        for dtype in (np.float32, np.float64):
            identity: nn.Array = np.eye(2, dtype=dtype)
            layer = nn.Layer(1e4 * identity, np.zeros((2, 1), dtype), OUTPUTS[output])
            params = nn.Params((layer,), costs_of(OUTPUTS[output])[0])
            X, Y = np.array([[1, -1], [-1, 1]], dtype), np.array([[0, 0], [1, 1]], dtype)
            cache = nn.forward(params, X)
            assert np.isfinite(nn.cost(params, cache, Y))
            assert np.isfinite(nn.backward(params, cache, Y).layers[0].dW).all()


def test_init_is_seeded_and_the_same_in_both_dtypes() -> None:
    a, b = nn.init((5, 4, 3), seed=3), nn.init((5, 4, 3), seed=3)
    assert leaves_equal(a, b)
    assert not leaves_equal(a, nn.init((5, 4, 3), seed=4))
    wide = nn.init((5, 4, 3), seed=3, dtype=np.float64)
    assert np.array_equal(wide.layers[0].W.astype(np.float32), a.layers[0].W)


def test_init_scales_weights_by_he_and_glorot() -> None:
    params = nn.init((400, 300, 200), activation="relu", output="tanh")
    he, glorot = params.layers
    assert abs(he.W.std() / np.sqrt(2 / 400) - 1) < 0.02
    limit = np.sqrt(6 / (300 + 200))
    assert np.abs(glorot.W).max() <= limit
    assert abs(glorot.W.std() / (limit / np.sqrt(3)) - 1) < 0.02
    assert not he.b.any()
    assert not glorot.b.any()


def test_one_activation_for_all_or_one_for_each() -> None:
    assert [layer.activation.name for layer in nn.init((4, 3, 3, 2), activation="tanh").layers] == [
        "tanh",
        "tanh",
        "softmax",
    ]
    each = nn.init((4, 3, 3, 2), activation=["elu", "tanh"], output="sigmoid")
    assert [layer.activation.name for layer in each.layers] == ["elu", "tanh", "sigmoid"]
    assert each.cost == BINARY_CROSS_ENTROPY


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sizes": (784,)}, "init: sizes must name at least the input and the output; got (784,). Pass (784, 10, 10)?"),
        ({"sizes": (784, 0, 10)}, "init: each of sizes must be a whole number from 1; got 0."),
        ({"sizes": (784, 2.5, 10)}, "init: each of sizes must be a whole number from 1; got 2.5."),
        ({"sizes": 784}, "init: sizes must name at least the input and the output; got (784,). Pass (784, 10, 10)?"),
        ({"sizes": (4, 2), "seed": -1}, "init: seed must be a whole number from 0; got -1."),
        ({"sizes": (4, 1)}, "params: softmax must have at least 2 outputs; got 1. Use output='sigmoid'?"),
        ({"sizes": (4, 3, 2), "activation": ["relu", "relu"]}, "init: activation must be one name, or one for each of 1 hidden layers; got 2."),
        ({"sizes": (4, 2), "dtype": np.int32}, "init: dtype must be float32 or float64; got <class 'numpy.int32'>."),
        ({"sizes": (4, 2), "output": "softmx"}, "init: output must be one of elu, identity, leaky_relu, relu, sigmoid, softmax, tanh; got 'softmx'. Did you mean 'softmax'?"),
        ({"sizes": (4, 3, 2), "activation": "Leaky-ReLU"}, "init: activation must be one of elu, identity, leaky_relu, relu, sigmoid, tanh; got 'Leaky-ReLU'. Did you mean 'leaky_relu'?"),
    ],
)  # fmt: skip
def test_settings_that_make_no_network_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(nn.SettingError) as caught:
        nn.init(**settings)  # type: ignore[arg-type]
    assert str(caught.value) == message
