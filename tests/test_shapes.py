"""Each public function, each axis of each array argument: one more, one less, another rank, another dtype, transposed.

The same where the annotations are switched off, for the functions of the network, whose hand-written checks stay.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any, cast

import numpy as np
import pytest

import nnfunc as nn
from nnfunc import notes
from nnfunc.activations import ACTIVATIONS, softmax, softmax_error
from nnfunc.costs import COSTS
from nnfunc.metrics import confusion_matrix
from tests.networks import batch, small

Wrong = tuple[str, Callable[[], tuple[Any, ...]]]

params = small(3)
X, Y = batch(params)
cache = nn.forward(params, X)
grads = nn.backward(params, cache, Y)
Z = np.ones((3, 4))

two_layers = notes.init()
X784, Y10 = np.random.default_rng(0).random((784, 4), np.float32), nn.one_hot(np.array([1, 2, 3, 4]))
notes_cache = notes.forward(two_layers, X784)
notes_grads = notes.backward(two_layers, notes_cache, Y10)

NETWORK: dict[str, tuple[Callable[..., Any], tuple[Any, ...], tuple[int, ...]]] = {
    # name: function, right arguments, arguments of which m (the last axis) is tied to nothing else
    "forward": (nn.forward, (params, X), (1,)),
    "backward": (nn.backward, (params, cache, Y), ()),
    "update": (nn.update, (params, grads, 0.1), ()),
    "cost": (nn.cost, (params, cache, Y), ()),
    "predict": (nn.predict, (params, X), (1,)),
    "probabilities": (nn.probabilities, (params, X), (1,)),
    "gradient": (nn.gradient, (params, X, Y), ()),
    "check_gradient": (nn.check_gradient, (params, X, Y), ()),
}

OTHERS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], tuple[int, ...]]] = {
    "notes.forward": (notes.forward, (two_layers, X784), (1,)),
    "notes.backward": (notes.backward, (two_layers, notes_cache, Y10), ()),
    "notes.update": (notes.update, (two_layers, notes_grads, 0.1), ()),
    "softmax_error": (softmax_error, (softmax(Z), Z), ()),
    **{f"{name} cost": (cost.value, (Z, softmax(Z), softmax(Z)), ()) for name, cost in COSTS.items()},
    **{f"{name} cost derivative": (cost.derivative, (softmax(Z), softmax(Z)), ()) for name, cost in COSTS.items()},
}

RANK_ONLY: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "softmax": (softmax, (Z,)),
    **{name: (g.value, (Z,)) for name, g in ACTIVATIONS.items()},
    **{f"{name} derivative": (g.derivative, (Z,)) for name, g in ACTIVATIONS.items()},
    "to_columns": (nn.to_columns, (np.ones((2, 3, 4)),)),
    "one_hot": (nn.one_hot, (np.array([1, 2]),)),
    "is_digit": (nn.is_digit, (np.array([1, 2]), 1)),
    "confusion_matrix": (confusion_matrix, (np.array([1, 2]), np.array([1, 1]), 3)),
}


def resized(x: nn.Array, axis: int, by: int) -> nn.Array:
    """`x` with one entry more or less along an axis."""
    size: int = x.shape[axis]
    taken: nn.Array = np.take(x, np.arange(size + by) % size, axis=axis)
    return taken


def variants(x: nn.Array, free: tuple[int, ...] = ()) -> Iterator[tuple[str, nn.Array]]:
    """Every way of being wrong; sizes along free axes may be anything."""
    for axis in range(x.ndim):
        if axis not in free:
            yield f"axis {axis} + 1", resized(x, axis, 1)
            if x.shape[axis] > 1:
                yield f"axis {axis} − 1", resized(x, axis, -1)
    yield "one axis more", x[None]
    yield "one axis less", x[..., 0]
    yield "integers", np.ones_like(x, np.int64)
    yield "half precision", x.astype(np.float16)
    yield "the other dtype", x.astype(np.float32 if x.dtype == np.float64 else np.float64)
    if x.ndim == 2 and x.shape[0] != x.shape[1]:
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
    values = {field.name: getattr(node, field.name) for field in fields(node)}
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
        for field in fields(node):
            yield from arrays_in(getattr(node, field.name), (*path, field.name))


def wrong_calls(args: tuple[Any, ...], free: tuple[int, ...]) -> Iterator[Wrong]:
    """Arguments with one array of one of them made wrong; params are right, because they check themselves."""
    for path, x in arrays_in(args):
        if isinstance(args[path[0]], nn.Params | notes.Params):
            continue
        for how, bad in variants(x, free=(x.ndim - 1,) if path[0] in free else ()):
            yield f"{'.'.join(map(str, path))}: {how}", partial(replaced, args, path, bad)


def accepted(f: Callable[..., Any], calls: Iterator[Wrong]) -> tuple[int, list[str]]:
    """How many wrong calls were tried, and which of them were not refused by a ShapeError."""
    tried = 0
    silent: list[str] = []
    for how, wrong in calls:
        tried += 1
        try:
            f(*wrong())
        except nn.ShapeError:
            continue
        except Exception as error:  # a raw error of NumPy is as bad as silence
            silent.append(f"{how}: {type(error).__name__}: {error}")
        else:
            silent.append(f"{how}: accepted")
    return tried, silent


@pytest.mark.parametrize("name", [*NETWORK, *OTHERS])
def test_what_is_wrong_by_one_is_refused(name: str) -> None:
    f, args, free = (NETWORK | OTHERS)[name]
    f(*args)
    calls = wrong_calls(args, free)
    if "softmax_error" in name or "cost" in name.split():
        calls = ((how, bad) for how, bad in calls if "the other dtype" not in how and "half" not in how)
    tried, silent = accepted(f, calls)
    assert tried >= 5
    assert not silent, f"{name}: {silent}"


@pytest.mark.parametrize("name", RANK_ONLY)
def test_another_rank_is_refused(name: str) -> None:
    f, args = RANK_ONLY[name]
    f(*args)
    for bad in (args[0][None], args[0][..., 0], args[0][None, None]):
        with pytest.raises(nn.ShapeError):
            f(bad, *args[1:])


@pytest.mark.parametrize("name", ["forward", "predict", "probabilities"])
def test_any_number_of_samples_is_accepted(name: str) -> None:
    f, (p, x), _ = NETWORK[name]
    for m in (1, 2, 13):
        f(p, resized(x, 1, m - x.shape[1]))


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
def test_hand_written_checks_stay_where_annotations_are_switched_off(switch: dict[str, str]) -> None:
    program = """
from tests.test_shapes import NETWORK, accepted, wrong_calls
for name, (f, args, free) in NETWORK.items():
    tried, silent = accepted(f, wrong_calls(args, free))
    if silent or tried < 5:
        raise SystemExit(f"{name}: {silent}")
"""
    run = subprocess.run([sys.executable, "-c", program], env=os.environ | switch, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
