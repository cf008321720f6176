from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest

import nnfunc as nn
from nnfunc.tracing import tree
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


# Every kind of node --------------------------------------------------------------------------------------------------


class Point(NamedTuple):
    x: Any
    y: Any


@dataclass(frozen=True)
class Function:
    """As an activation is: it has functions in it, and no array."""

    name: str
    value: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Layer:
    W: Any
    f: Function
    rows: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", len(self.W))


def nested() -> dict[str, Any]:
    W = np.arange(6.0).reshape(2, 3)
    return {
        "layers": [Layer(W=W, f=Function("exp", np.exp)), 3, "text"],
        "point": Point(np.array([7.0]), (np.float64(8), None)),
        "names": ["a", "b"],
    }


def test_leaves_of_every_kind_of_node() -> None:
    assert [np.ravel(leaf).tolist() for leaf in tree.leaves(nested())] == [[0, 1, 2, 3, 4, 5], [7], [8]]


def test_map_makes_every_kind_of_node() -> None:
    before = nested()
    after = tree.map(np.negative, before)
    layer, *constants = after["layers"]
    assert list(after) == ["layers", "point", "names"]
    assert constants == [3, "text"]
    assert layer.W.tolist() == [[0, -1, -2], [-3, -4, -5]]
    assert layer.rows == 2
    assert type(after["point"]) is Point
    assert after["point"].x.tolist() == [-7]
    assert after["point"].y == (-8, None)
    assert before["point"].x.tolist() == [7]


def test_map_leaves_alone_what_has_no_leaf() -> None:
    @dataclass(frozen=True)
    class Once:
        names: list[str]

        def __post_init__(self) -> None:
            made.append(self)

    made: list[Once] = []
    before = {"constant": Once(["a"]), "kind": Once, "names": ("a", ["b"]), "x": np.ones(2)}
    after = tree.map(np.negative, before)
    assert len(made) == 1
    assert all(after[name] is before[name] for name in ("constant", "kind", "names"))
    assert tree.map(np.negative, before["names"]) is before["names"]


def test_flatten_and_back_is_every_kind_of_tree() -> None:
    before = nested()
    vector, unflatten = tree.flatten(before)
    assert vector.tolist() == [0, 1, 2, 3, 4, 5, 7, 8]
    after = unflatten(vector)
    assert repr(tree.leaves(after)) == repr(tree.leaves(before))  # a number of NumPy is one again
    assert tree.text(after) == tree.text(before)
    assert after["layers"][0].f is before["layers"][0].f


def test_the_text_of_every_kind_of_node() -> None:
    function = repr(Function("exp", np.exp))
    assert tree.text(nested()) == (
        f"{{'layers': [Layer(W=2×3 float64, f={function}, rows=2), 3, 'text'], "
        "'point': Point(x=1 float64, y=(np.float64(8.0), None)), 'names': ['a', 'b']}"
    )


def test_a_constant_in_a_node_is_written_in_its_own_words() -> None:
    @dataclass(frozen=True)
    class Named:
        name: str

        def __repr__(self) -> str:
            return self.name

    assert tree.text((Named("relu"), np.ones(2))) == "(relu, 2 float64)"
