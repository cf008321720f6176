"""Networks of symbolic sizes, to prove functions of `Params`, whose number of layers no annotation can express."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike

from nnfunc.activations import Activation, ActivationName, OutputName
from nnfunc.base.errors import SettingError
from nnfunc.costs import Cost, CostName
from nnfunc.model.params import Layer, Params, check_settings
from nnfunc.shapes.symbolic import symbolic


def symbolic_params(
    sizes: str,
    *,
    activation: ActivationName | Activation | Sequence[ActivationName | Activation] = "relu",
    output: OutputName | Activation = "softmax",
    cost: CostName | Cost | None = None,
    dtype: DTypeLike = np.float32,
) -> Params:
    """Create params of which only sizes and dtype are known: `"784 h c"` has two layers, h×784 and c×h, for any h, c.

    Args:
        sizes: nodes of the input, of each hidden layer and of the output: numbers, names, or formulas of them.
        activation: one for all hidden layers, or one for each.
        output: activation of the last layer.
        cost: by default the natural one of the output, as in `init`.
        dtype: float32 or float64.

    Raises:
        ShapeError: a size is not a number, name or formula.
        SettingError: sizes is not a string of two or more, or a function is unknown or cannot be used in its place.
    """
    names = sizes.split() if type(sizes) is str else ()
    if len(names) < 2:
        raise SettingError(
            f"symbolic_params: sizes must be one string of two or more; got {sizes!r}. Write '784 h 10'?"
        )
    _, activations, cost = check_settings("symbolic_params", [1 for _ in names], activation, output, cost, 0, dtype)
    from nnfunc.shapes.symbols.rules import lent

    with lent():
        layers = tuple(
            Layer(symbolic(f"{n_out} {n_in}", dtype), symbolic(f"{n_out} 1", dtype), name)
            for (n_in, n_out), name in zip(pairwise(names), activations, strict=True)
        )
        return Params(layers, cost)
