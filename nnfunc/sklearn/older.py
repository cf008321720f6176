"""Support for pickled estimators of nnfunc 0.1: the modules that they import, and the functions that they call."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from nnfunc.activations import OUTPUTS
from nnfunc.base.array import Array
from nnfunc.costs import COSTS
from nnfunc.model import cache_and_grads
from nnfunc.model.params import Layer, Params


def remember() -> None:
    """Register the modules `nnfunc.params` and `nnfunc.passes`, which such pickles import.

    A pickle names the class of the estimator first, and so imports `nnfunc.sklearn` before these.
    """
    params = ModuleType("nnfunc.params")
    vars(params).update(_layer=_layer, _params=_params, __spec__=ModuleSpec(params.__name__, None))
    sys.modules |= {"nnfunc.params": params, "nnfunc.passes": cache_and_grads}


def _layer(W: Array, b: Array, name: str, custom: Any) -> Layer:
    return Layer(W, b, custom or OUTPUTS[name])


def _params(layers: tuple[Layer, ...], name: str, custom: Any) -> Params:
    return Params(layers, custom or COSTS[name])
