import numpy as np
import pytest
from numpy.typing import DTypeLike

import nnfunc as nn
from nnfunc.activations import ACTIVATIONS, LEAK, OUTPUTS, relu, sigmoid, softmax, softmax_error

DTYPES = (np.float32, np.float64)
Z = np.array([[-3.0, -0.5, 0.25, 2.0], [1.0, -1.0, 0.5, -2.0]])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_derivative_is_that_of_the_value(name: str) -> None:
    g, ε = ACTIVATIONS[name], 1e-6
    slope = (g.value(Z + ε) - g.value(Z - ε)) / (2 * ε)
    assert np.allclose(g.derivative(Z), slope, atol=1e-8)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OUTPUTS)
def test_values_keep_shape_and_dtype(name: str, dtype: DTypeLike) -> None:
    A = OUTPUTS[name].value(Z.astype(dtype))
    assert A.shape == Z.shape
    assert A.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives_keep_shape_and_dtype(name: str, dtype: DTypeLike) -> None:
    slope = ACTIVATIONS[name].derivative(Z.astype(dtype))
    assert slope.shape == Z.shape
    assert slope.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OUTPUTS)
def test_values_of_huge_logits_are_finite(name: str, dtype: DTypeLike) -> None:
    huge: nn.Array = np.array([[1e4, -1e4, 0, -1e4], [-1e4, 1e4, 1e4, -1e4]], dtype)
    assert np.isfinite(OUTPUTS[name].value(huge)).all()
    if name in ACTIVATIONS:
        assert np.isfinite(ACTIVATIONS[name].derivative(huge)).all()


def test_the_formulas() -> None:
    z = np.array([[-2.0, 0.0, 3.0]])
    expected: dict[str, list[float]] = {
        "relu": [0, 0, 3],
        "leaky_relu": [-2 * LEAK, 0, 3],
        "elu": [np.exp(-2) - 1, 0, 3],
        "tanh": [(np.exp(-2) - np.exp(2)) / (np.exp(-2) + np.exp(2)), 0, (np.e**3 - np.e**-3) / (np.e**3 + np.e**-3)],
        "sigmoid": [1 / (1 + np.exp(2)), 0.5, 1 / (1 + np.exp(-3))],
        "identity": [-2, 0, 3],
    }
    assert expected.keys() == ACTIVATIONS.keys()
    for name, values in expected.items():
        assert np.allclose(ACTIVATIONS[name].value(z), [values], rtol=1e-14), name


def test_relu_at_0_is_0_with_derivative_0() -> None:
    zero = np.zeros((1, 1))
    assert relu(zero) == 0
    assert ACTIVATIONS["relu"].derivative(zero) == 0


def test_a_nan_is_not_hidden_by_relu() -> None:
    nan = np.full((1, 1), np.nan)
    assert np.isnan(relu(nan))
    assert np.isnan(ACTIVATIONS["relu"].derivative(nan))


def test_sigmoid_is_exact_far_from_0() -> None:
    far = np.array([[-40.0, -700.0]])
    assert np.allclose(sigmoid(far), np.exp(far), rtol=1e-14)


def test_softmax_columns_sum_to_1() -> None:
    assert np.allclose(softmax(Z).sum(axis=0), 1, rtol=1e-15)


def test_softmax_does_not_change_when_a_column_is_shifted() -> None:
    assert np.allclose(softmax(Z), softmax(Z + 100), rtol=1e-12)


def test_softmax_error_is_the_jacobian_times_dA() -> None:
    A, dA = softmax(Z), np.array([[0.3, -1.0, 2.0, 0.1], [0.7, 0.2, -0.4, 1.5]])
    for a, da, dz in zip(A.T, dA.T, softmax_error(A, dA).T, strict=True):
        jacobian = np.diag(a) - np.outer(a, a)
        assert np.allclose(dz, jacobian @ da, rtol=1e-12)


def test_rows_for_columns_are_refused() -> None:
    with pytest.raises(nn.ShapeError, match=r"relu: Z must be Float n×m; got Z \(4, float64\)"):
        relu(Z[0])
