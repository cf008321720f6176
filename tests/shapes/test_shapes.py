"""Each public function, each axis of each array argument: one more, one less, another rank, another dtype, transposed.

Axes that are tied to nothing are listed as free, and accept any size. The same where the annotations are switched off,
for the functions of the network, whose hand-written checks stay.
"""

import inspect
import os
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from typing import Any, cast

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import notes
from nnfunc.activations import ACTIVATIONS, OUTPUTS, RELU, softmax, softmax_error
from nnfunc.costs import COSTS, log_sigmoid, log_softmax
from nnfunc.network import layer_gradient
from nnfunc.tiling.gradients import tile_gradient
from nnfunc.tiling.metrics import Evaluation, confusion_matrix
from tests.networks import batch, small

Wrong = tuple[str, Callable[[], tuple[Any, ...]]]
Axes = dict[int, tuple[int, ...]]


@dataclass
class Call:
    """A function, right arguments for it, and of each argument the axes whose size is free."""

    f: Callable[..., Any]
    args: tuple[Any, ...]
    free: Axes = field(default_factory=dict[int, tuple[int, ...]])
    dtypes: tuple[type, ...] = (np.int64, np.complex64)
    """Dtypes that it does not take."""


params = small(3)
X, Y = batch(params)
weights = np.ones(X.shape[1])
cache = nn.forward(params, X)
grads = nn.backward(params, cache, Y)
Z, W, b = np.ones((3, 4)), np.ones((3, 5)), np.ones((3, 1))
labels = np.array([1, 2, 0, 1])

two_layers = notes.init()
X784, Y10 = np.random.default_rng(0).random((784, 4), np.float32), nn.one_hot(labels)
notes_cache = notes.forward(two_layers, X784)
notes_grads = notes.backward(two_layers, notes_cache, Y10)

OTHER_FLOATS = (np.int64, np.float16, np.float32)  # the network is of float64
NETWORK = {
    "forward": Call(nn.forward, (params, X), {1: (1,)}, OTHER_FLOATS),
    "backward": Call(nn.backward, (params, cache, Y, weights), dtypes=OTHER_FLOATS),
    "update": Call(nn.update, (params, grads, 0.1), dtypes=OTHER_FLOATS),
    "cost": Call(nn.cost, (params, cache, Y, weights), dtypes=OTHER_FLOATS),
    "predict": Call(nn.predict, (params, X), {1: (1,)}, OTHER_FLOATS),
    "probabilities": Call(nn.probabilities, (params, X), {1: (1,)}, OTHER_FLOATS),
    "predict_labels": Call(nn.predict_labels, (small(3, output="sigmoid"), X), {1: (1,)}, OTHER_FLOATS),
    "gradient": Call(nn.gradient, (params, X, Y, weights), dtypes=OTHER_FLOATS),
    "check_gradient": Call(nn.check_gradient, (params, X, Y, weights), dtypes=OTHER_FLOATS),
}
"""Checked by hand, too."""

OTHER_NOTES = (np.int64, np.float16, np.float64)  # these are of float32
ANNOTATED = {
    "tile_gradient": Call(tile_gradient, (params, X, Y, weights, ()), dtypes=OTHER_FLOATS),
    "layer_gradient": Call(layer_gradient, (Z, np.ones((5, 4))), {0: (0,), 1: (0,)}),
    "notes.forward": Call(notes.forward, (two_layers, X784), {1: (1,)}, OTHER_NOTES),
    "notes.backward": Call(notes.backward, (two_layers, notes_cache, Y10), dtypes=OTHER_NOTES),
    "notes.update": Call(notes.update, (two_layers, notes_grads, 0.1), dtypes=OTHER_NOTES),
    "notes.Params": Call(notes.Params, (two_layers.W1, two_layers.b1, two_layers.W2, two_layers.b2)),
    "notes.Grads": Call(notes.Grads, (notes_grads.dW1, notes_grads.db1, notes_grads.dW2, notes_grads.db2)),
    "notes.Cache": Call(notes.Cache, tuple(getattr(notes_cache, each.name) for each in fields(notes_cache))),
    "Layer": Call(nn.Layer, (W, b, RELU), {0: (1,)}),
    "LayerCache": Call(nn.LayerCache, (np.ones((5, 4)), Z, Z), {0: (0,)}),
    "LayerGrads": Call(nn.LayerGrads, (W, b), {0: (1,)}),
    "Evaluation": Call(Evaluation, (0.5, np.eye(3, dtype=np.int64)), dtypes=(np.float64, np.bool_)),
    "confusion_matrix": Call(confusion_matrix, (labels, labels, 3), dtypes=(np.float64, np.bool_)),
    "softmax_error": Call(softmax_error, (softmax(Z), Z)),
    "to_columns": Call(nn.to_columns, (np.ones((2, 3, 4)),), {0: (0, 1, 2)}, ()),
    "fit_to_mnist": Call(nn.fit_to_mnist, (np.ones((6, 4), np.uint8),), {0: (0, 1)}, (np.int64, np.float32)),
    "scale": Call(nn.scale, (np.ones((3, 4), np.uint8),), {0: (0, 1)}, (np.int64, np.float32)),
    "one_hot": Call(nn.one_hot, (labels,), {0: (0,)}, (np.float64, np.bool_)),
    "is_digit": Call(nn.is_digit, (labels, 1), {0: (0,)}, (np.float64, np.bool_)),
    **{name: Call(g.value, (Z,), {0: (0, 1)}) for name, g in OUTPUTS.items()},
    **{f"{name} derivative": Call(g.derivative, (Z,), {0: (0, 1)}) for name, g in ACTIVATIONS.items()},
    **{g.__name__: Call(g, (Z,), {0: (0, 1)}) for g in (log_softmax, log_sigmoid)},
    **{f"{name} cost": Call(cost.losses, (Z, softmax(Z), softmax(Z))) for name, cost in COSTS.items()},
    **{f"{name} cost derivative": Call(cost.derivative, (softmax(Z), softmax(Z))) for name, cost in COSTS.items()},
}
"""Checked by their annotations alone."""

CALLS = NETWORK | ANNOTATED
ANY_RANK = {"scale"}


def resized(x: nn.Array, axis: int, by: int) -> nn.Array:
    """`x` with one entry more or less along an axis."""
    size: int = x.shape[axis]
    taken: nn.Array = np.take(x, np.arange(size + by) % size, axis=axis)
    return taken


def variants(x: nn.Array, call: Call, free: tuple[int, ...], *, any_rank: bool) -> Iterator[tuple[str, nn.Array]]:
    """Every way of being wrong."""
    for axis in range(x.ndim):
        if axis not in free:
            yield f"axis {axis} + 1", resized(x, axis, 1)
            if x.shape[axis] > 1:
                yield f"axis {axis} − 1", resized(x, axis, -1)
    if not any_rank:
        yield "one axis more", x[None]
        yield "one axis less", x[..., 0]
    for dtype in call.dtypes:
        yield dtype.__name__, x.astype(dtype)
    if x.ndim == 2 and x.shape[0] != x.shape[1] and not {0, 1} <= set(free):
        yield "transposed", x.T


def replaced(node: Any, path: tuple[Any, ...], x: nn.Array) -> Any:
    """The node with another array at a path, made without any check, as if the checks of its own had been evaded.

    Those of the notes are made as usual: their sizes are literal, so that their own annotations say everything.
    """
    if not path:
        return x
    head, *rest = path
    if isinstance(node, tuple):
        children: tuple[Any, ...] = cast("Any", node)
        return tuple(replaced(child, tuple(rest), x) if i == head else child for i, child in enumerate(children))
    values = {each.name: getattr(node, each.name) for each in fields(node)}
    values[head] = replaced(values[head], tuple(rest), x)
    if isinstance(node, notes.Cache | notes.Grads):
        return type(node)(**values)
    copy: Any = object.__new__(node.__class__)
    for name, value in values.items():
        object.__setattr__(copy, name, value)
    return copy


def arrays_in(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], nn.Array]]:
    if isinstance(node, np.ndarray):
        yield path, node
    elif isinstance(node, tuple):
        for i, child in enumerate(cast("Any", node)):
            yield from arrays_in(child, (*path, i))
    elif is_dataclass(node):
        for each in fields(node):
            yield from arrays_in(getattr(node, each.name), (*path, each.name))


def wrong_calls(name: str) -> Iterator[Wrong]:
    """Arguments with one array of one of them made wrong; params are right, because they check themselves."""
    call = CALLS[name]
    for path, x in arrays_in(call.args):
        if not isinstance(call.args[path[0]], nn.Params | notes.Params):
            for how, bad in variants(x, call, call.free.get(path[0], ()), any_rank=name in ANY_RANK):
                yield f"{name} {'.'.join(map(str, path))}: {how}", partial(replaced, call.args, path, bad)


def tried(name: str) -> int:
    """How many wrong calls were tried; each must be refused by a ShapeError, for a raw error of NumPy is as bad as silence."""
    f, number = CALLS[name].f, 0
    f(*CALLS[name].args)
    for how, wrong in wrong_calls(name):
        number += 1
        try:
            f(*wrong())
        except nn.ShapeError:
            continue
        except Exception as error:
            raise AssertionError(f"{how}: {type(error).__name__}: {error}") from error
        raise AssertionError(f"{how}: accepted")
    return number


def tried_in_all() -> int:
    """How many wrong calls of the functions of the network were tried."""
    return sum(tried(name) for name in NETWORK)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_wrong_is_refused(name: str) -> None:
    assert tried(name) >= 2


def test_how_many_were_tried(capsys: pytest.CaptureFixture[str]) -> None:
    number = sum(1 for name in CALLS for _ in wrong_calls(name))
    with capsys.disabled():
        print(f"\n{number} wrong arrays for {len(CALLS)} functions: each refused by a ShapeError")
    assert number > 800


def test_free_axes_take_any_size() -> None:
    for name, call in CALLS.items():
        for i, axes in call.free.items():
            for axis in axes:
                for m in (1, 2, 13):
                    if isinstance(call.args[i], np.ndarray):
                        x = resized(call.args[i], axis, m - call.args[i].shape[axis])
                        assert call.f(*call.args[:i], x, *call.args[i + 1 :]) is not None, name


def test_every_public_function_of_arrays_is_tried() -> None:
    functions = {name: f for name, f in vars(nn).items() if inspect.isfunction(f)}
    hints = {name: typing.get_type_hints(f) for name, f in functions.items()}
    of_arrays = {
        name for name, kinds in hints.items() if any(hasattr(kinds[x], "dim_str") for x in kinds.keys() - {"return"})
    }
    assert {"forward", "predict", "one_hot"} <= of_arrays
    assert of_arrays <= set(CALLS), of_arrays - set(CALLS)


def test_of_another_network() -> None:
    other = small(2)
    for call in (
        lambda: nn.backward(other, cache, Y),
        lambda: nn.cost(other, cache, Y),
        lambda: nn.update(other, grads, 0.1),
        lambda: nn.forward(two_layers, X784),  # type: ignore[arg-type]
        lambda: nn.backward(params, params, Y),  # type: ignore[arg-type]
        lambda: nn.update(params, cache, 0.1),  # type: ignore[arg-type]
    ):
        with pytest.raises(nn.ShapeError):
            call()


@pytest.mark.parametrize("switch", [{"JAXTYPING_DISABLE": "1"}, {"PYTHONOPTIMIZE": "1"}])
def test_hand_written_checks_stay_where_annotations_are_switched_off(
    switch: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    program = "from tests.shapes.test_shapes import tried_in_all; print(tried_in_all())"
    run = subprocess.run([sys.executable, "-c", program], env=os.environ | switch, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    with capsys.disabled():
        print(f"\n{int(run.stdout)} wrong arrays with {switch}: each refused by the hand-written checks")
    assert int(run.stdout) > 100
