"""Parameters and gradients as pytrees of JAX: `jax.grad` of a cost of one's own can be compared with `backward`.

nnfunc.jax.register()
grads = jax.grad(cost)(params)  # cost: params → a number, in jax.numpy
nnfunc.jax.largest_difference(nn.backward(params, cache, Y), grads)
"""

import dataclasses
import functools
import importlib
from typing import Any

import numpy as np

from nnfunc.activations import Activation
from nnfunc.base.errors import SettingError
from nnfunc.costs import Cost
from nnfunc.model.params import Layer, Params
from nnfunc.model.passes import Grads, LayerGrads


@functools.cache
def register() -> None:
    """Tell JAX of `nn.Params` and `nn.Grads`, once.

    What JAX makes of them holds its own arrays, which are not checked: it is for JAX's functions only.

    Raises:
        SettingError: jax is not installed.
    """
    jax = _jax()
    for kind in (Params, Layer, Grads, LayerGrads):
        jax.tree_util.register_pytree_node(kind, _flatten, functools.partial(_unflatten, kind))


def largest_difference(grads: Grads, found: Any) -> float:
    """The largest difference of an entry of dW[l] or db[l] from what `jax.grad` found.

    Raises:
        SettingError: jax is not installed.
        ValueError: they are of different networks.
    """
    register()
    leaves = _jax().tree_util.tree_leaves
    pairs = [(np.asarray(x), np.asarray(y)) for x, y in zip(leaves(grads), leaves(found), strict=True)]
    if any(x.shape != y.shape for x, y in pairs):
        raise ValueError("largest_difference: both must be of one network; got gradients of other shapes")
    return float(np.max([np.max(np.abs(x - y)) for x, y in pairs]))  # NaN, where there is one


def _flatten(node: Any) -> tuple[list[Any], tuple[Any, ...]]:
    """What may change, arrays and layers; and what is constant, names."""
    values = {field.name: getattr(node, field.name) for field in dataclasses.fields(node)}
    inner = [name for name, value in values.items() if not isinstance(value, Activation | Cost)]
    return [values[name] for name in inner], (tuple(inner), tuple((n, v) for n, v in values.items() if n not in inner))


def _unflatten(kind: Any, constant: tuple[Any, ...], children: Any) -> Any:
    """The dataclass without its checks: JAX puts other things than arrays into it."""
    inner, names = constant
    node: Any = object.__new__(kind)
    for name, value in (*zip(inner, children, strict=True), *names):
        object.__setattr__(node, name, value)
    return node


def _jax() -> Any:
    try:
        return importlib.import_module("jax")
    except ImportError as error:
        raise SettingError("nnfunc.jax: jax must be installed; got none. pip install jax") from error
