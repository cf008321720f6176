import numpy as np
import pytest

import nnfunc as nn
from nnfunc import tree
from tests.networks import leaves_equal, small


def test_leaves_are_in_the_order_of_the_fields() -> None:
    params = small(depth=2)
    first, second = params.layers
    assert [id(x) for x in tree.leaves(params)] == [id(x) for x in (first.W, first.b, second.W, second.b)]


def test_leaves_of_what_is_no_array_are_none() -> None:
    assert tree.leaves(("relu", 3, None)) == []


def test_map_keeps_the_kind_of_tree_and_its_constants() -> None:
    params = small(depth=2, activation="tanh")
    doubled = tree.map(np.add, params, params)
    assert isinstance(doubled, nn.Params)
    assert [layer.activation.name for layer in doubled.layers] == ["tanh", "softmax"]
    assert np.array_equal(doubled.layers[1].W, 2 * params.layers[1].W)


def test_map_refuses_trees_of_different_length() -> None:
    with pytest.raises(ValueError, match="shorter"):
        tree.map(np.add, small(depth=2), small(depth=1))


def test_flatten_and_back_is_the_same_tree() -> None:
    params = small(depth=3)
    vector, unflatten = tree.flatten(params)
    assert vector.shape == (params.size,)
    assert leaves_equal(unflatten(vector), params)


def test_flatten_puts_leaf_after_leaf() -> None:
    vector, unflatten = tree.flatten((np.array([[1.0, 2.0]]), (np.array([3.0]),)))
    assert vector.tolist() == [1.0, 2.0, 3.0]
    first, (second,) = unflatten(10 * vector)
    assert first.tolist() == [[10.0, 20.0]]
    assert second.tolist() == [30.0]


def test_the_text_of_a_tree_has_shapes_and_no_contents() -> None:
    assert repr(nn.init((784, 10))) == (
        "Params(layers=(Layer(W=10×784 float32, b=10×1 float32, activation=softmax)), cost=cross_entropy)"
    )


def test_replace_takes_over_what_was_just_made() -> None:
    layer = small().layers[0]
    W = np.zeros_like(layer.W)
    replaced = tree.replace(layer, W=W)
    assert replaced.W is W
    assert not W.flags.writeable
    assert replaced.b is layer.b
