"""Weights of PyTorch and Keras, through their arrays and files; gradients of JAX."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.convert import (
    from_keras_weights,
    from_torch_state,
    read_safetensors,
    to_keras_weights,
    to_torch_state,
    write_safetensors,
)
from tests.networks import batch, leaves_equal, small

PARAMS = nn.init((7, 5, 4, 3), activation="tanh", seed=3)


def test_a_state_of_pytorch_and_back() -> None:
    state = to_torch_state(PARAMS)
    assert {name: x.shape for name, x in state.items()} == {
        "0.weight": (5, 7), "0.bias": (5,), "2.weight": (4, 5), "2.bias": (4,), "4.weight": (3, 4), "4.bias": (3,),
    }  # fmt: skip
    assert leaves_equal(from_torch_state(state, activation="tanh"), PARAMS)
    nested = {f"layers.{name}": x for name, x in reversed(list(state.items()))}
    assert leaves_equal(from_torch_state(nested, activation=("tanh", "tanh")), PARAMS)
    eleven = {f"{i}.weight": np.eye(2, dtype=np.float32) * i for i in range(1, 12)}
    assert [layer.W[0, 0] for layer in from_torch_state(eleven).layers] == list(range(1, 12))  # no biases; 2 before 10


def test_weights_of_keras_and_back() -> None:
    weights = to_keras_weights(PARAMS)
    assert [x.shape for x in weights] == [(7, 5), (5,), (5, 4), (4,), (4, 3), (3,)]
    assert leaves_equal(from_keras_weights(weights, activation="tanh"), PARAMS)


@pytest.mark.parametrize("order", ["C", "F", "strided"])
def test_arrays_in_any_order_come_back_from_a_file(tmp_path: Path, order: str) -> None:
    pytest.importorskip("safetensors")
    x = np.arange(24, dtype=np.float32).reshape(4, 6)
    given = {"C": x, "F": np.asfortranarray(x), "strided": np.repeat(x, 2, axis=1)[:, ::2]}[order]
    write_safetensors(tmp_path / "t", {"x": given, "transposed": given.T})
    found = read_safetensors(tmp_path / "t")
    assert np.array_equal(found["x"], x)
    assert np.array_equal(found["transposed"], x.T)


def test_a_network_through_a_file(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    write_safetensors(tmp_path / "t.safetensors", to_torch_state(PARAMS))
    assert leaves_equal(from_torch_state(read_safetensors(tmp_path / "t.safetensors"), activation="tanh"), PARAMS)
    (tmp_path / "t.safetensors").write_bytes((tmp_path / "t.safetensors").read_bytes()[:-1])
    with pytest.raises(nn.CheckpointError, match="safetensors: must be a safetensors file"):
        read_safetensors(tmp_path / "t.safetensors")
    with pytest.raises(nn.CheckpointError, match="file must exist; got nothing there"):
        read_safetensors(tmp_path / "nowhere")


def test_pytorch_says_the_same(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("torch")
    library: Any = pytest.importorskip("safetensors.torch")
    kinds = torch.nn.Linear(7, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3), torch.nn.Softmax(dim=1)
    theirs, X = torch.nn.Sequential(*kinds), torch.randn(11, 7)
    library.save_file(theirs.state_dict(), tmp_path / "t")
    params = from_torch_state(read_safetensors(tmp_path / "t"), activation="tanh")
    assert np.allclose(nn.probabilities(params, X.numpy().T), theirs(X).detach().numpy().T, atol=1e-6)
    write_safetensors(tmp_path / "back", to_torch_state(params))
    theirs.load_state_dict(library.load_file(tmp_path / "back"))


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({}, "there must be a weight for each layer; got none"),
        ({"0.bias": np.zeros(3)}, "there must be a weight for each layer; got none"),
        ({"conv.weight": np.zeros((3, 3))}, "'conv.weight' must be the weight or bias of a Linear layer"),
        ({"0.weight": np.zeros((3, 3, 3))}, "'0.weight' must be the weight or bias of a Linear layer"),
        ({"0.running_mean": np.zeros(3)}, "'0.running_mean' must be the weight or bias of a Linear layer"),
        (
            {"0.weight": np.zeros((3, 4)), "1.weight": np.zeros((2, 5))},
            "the layers must fit together; got layers that do not",
        ),
        (
            {"a.0.weight": np.zeros((3, 4)), "b.0.weight": np.zeros((3, 4))},
            "'b.0.weight' must be the weight or bias of",
        ),
        (
            {"a.0.weight": np.zeros((3, 4)), "b.1.weight": np.zeros((2, 3))},
            "must belong to one Sequential; got 'a', 'b'. Pass one part",
        ),
        ({"0.weight": np.zeros((3, 4)), "0.bias": np.zeros(4)}, "the layers must fit together; got layers that do not"),
    ],
)
def test_other_states_are_refused(tensors: dict[str, nn.Array], message: str) -> None:
    with pytest.raises(nn.CheckpointError, match=message):
        from_torch_state(tensors)


def test_settings_and_weights_that_do_not_go_together() -> None:
    with pytest.raises(nn.SettingError, match="activation must be one, or one for each of 2 hidden layers"):
        from_torch_state(to_torch_state(PARAMS), activation=("relu",))
    with pytest.raises(nn.CheckpointError, match="weights must be kernel, bias, kernel, bias"):
        from_keras_weights([np.zeros((3, 2)), np.zeros((2, 2))])


def test_gradients_of_jax() -> None:
    jax: Any = pytest.importorskip("jax")
    from nnfunc.jax import largest_difference, register

    register()
    params = small(3, activation="tanh", dtype=np.float32)
    X, Y = batch(params, 9)

    def cost(params: Any) -> Any:
        a = X
        for layer in params.layers[:-1]:
            a = jax.numpy.tanh(layer.W @ a + layer.b)
        z = params.layers[-1].W @ a + params.layers[-1].b
        return -jax.numpy.mean(jax.numpy.sum(Y * jax.nn.log_softmax(z, axis=0), axis=0))

    def twice(params: Any) -> Any:
        return 2 * cost(params)

    grads = nn.backward(params, nn.forward(params, X), Y)
    assert largest_difference(grads, jax.grad(cost)(params)) < 1e-6
    assert largest_difference(grads, jax.grad(twice)(params)) > 1e-3
