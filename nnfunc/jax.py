"""Parameters and gradients as JAX pytrees.

This way the gradient that `jax.grad` computes of a cost written in JAX can be compared with that of `backward`:

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
from nnfunc.model.cache_and_grads import Grads, LayerGrads
from nnfunc.model.params import Layer, Params


@functools.cache
def register() -> None:
    """Register `nn.Params` and `nn.Grads` with JAX as pytrees; further calls do nothing.

    The objects that JAX builds from them hold JAX's arrays, unchecked: they are for JAX's functions only.

    Raises:
        SettingError: jax is not installed.
    """
    jax = _jax()
    for kind in (Params, Layer, Grads, LayerGrads):
        jax.tree_util.register_pytree_node(kind, _flatten, functools.partial(_unflatten, kind))


def largest_difference(grads: Grads, found: Any) -> float:
    """Return the largest absolute difference between the entries of dW[l] and db[l] and those of `jax.grad`.

    Raises:
        SettingError: jax is not installed.
        ValueError: the gradients are of different networks.
    """
    register()
    leaves = _jax().tree_util.tree_leaves
    pairs = [(np.asarray(x), np.asarray(y)) for x, y in zip(leaves(grads), leaves(found), strict=True)]
    if any(x.shape != y.shape for x, y in pairs):
        raise ValueError("largest_difference: both must belong to the same network; got different shapes")
    return float(np.max([np.max(np.abs(x - y)) for x, y in pairs]))  # np.max passes NaN on


def _flatten(node: Any) -> tuple[list[Any], tuple[Any, ...]]:
    """Return the children of a node (arrays and layers) and its constants (field names, activation and cost)."""
    values = {field.name: getattr(node, field.name) for field in dataclasses.fields(node)}
    inner = [name for name, value in values.items() if not isinstance(value, Activation | Cost)]
    return [values[name] for name in inner], (tuple(inner), tuple((n, v) for n, v in values.items() if n not in inner))


def _unflatten(kind: Any, constant: tuple[Any, ...], children: Any) -> Any:
    """Build the dataclass without its checks: JAX also puts values into it that are not arrays."""
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
