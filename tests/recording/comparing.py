# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
"""What is recorded, and how two results differ."""

from collections.abc import Callable
from typing import Any

import numpy as np

import nnfunc as nn


def recorded(f: Callable[..., Any]) -> Callable[..., Any]:
    return nn.recorded(f)


def step(params: nn.Params, X: nn.Array, Y: nn.Array, α: Any) -> nn.Params:
    return nn.update(params, nn.backward(params, nn.forward(params, X), Y), α)


def difference(a: Any, b: Any) -> str | None:
    """How two results differ in anything that a program can see, if they do."""
    if type(a) is not type(b):
        return f"{type(a)} is not {type(b)}"
    if a.shape != b.shape or a.dtype != b.dtype:
        return f"{a.shape} {a.dtype} is not {b.shape} {b.dtype}"
    if a.tobytes() != b.tobytes():
        return "other bits"
    if isinstance(a, np.ndarray):
        if a.strides != b.strides and min(a.shape, default=1) > 1:
            return f"strides {a.strides} are not {b.strides}"
        if a.flags.writeable != b.flags.writeable:
            return f"writeable {a.flags.writeable} is not {b.flags.writeable}"
    return None
