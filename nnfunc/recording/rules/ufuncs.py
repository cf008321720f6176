"""The rules that record ufuncs, their methods, and the operator `**`, which chooses among several ufuncs."""

from typing import Any

import numpy as np

from nnfunc.recording.arrays import RecordedArray, made, plain, uncovered
from nnfunc.recording.rules.into import Assigned, number_of, power_by_number, power_of_numbers
from nnfunc.recording.tape import refusal
from nnfunc.tracing.source import name_of


def call_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> RecordedArray:
    """Record `ufunc(*inputs, **options)`, or a method of it."""
    out = options.pop("out", (None,))[0]
    options = {k: v for k, v in options.items() if k not in DEFAULTS or v is not DEFAULTS[k]}
    if out is not None and not (type(out) is RecordedArray and out.is_scalar):  # z += 1 rebinds a scalar
        raise refusal(
            "create a new array", "an array that is written to", "Write Z = Z + b instead of Z += b or out=Z."
        )
    if method not in ("__call__", "reduce", "accumulate", "outer"):
        raise uncovered(getattr(ufunc, method))
    for option, x in options.items():
        if type(x) is RecordedArray or isinstance(x, np.ndarray):
            remedy = "Use np.where?" if option == "where" else "Pass a Python number."
            raise refusal("not pass an array as an option", f"{name_of(ufunc)} with one in {option}=", remedy)
    if ufunc is np.power and method == "__call__" and all(map(_is_number, inputs)):
        return power(*inputs)
    f = ufunc if method == "__call__" else getattr(ufunc, method)
    result = f(*plain(inputs), **options)
    backwards = method == "reduce" and min(plain(inputs[0]).strides, default=0) < 0
    return made(Assigned(f) if backwards else f, inputs, options, result)  # NumPy 2.1 reduces it into out wrongly


DEFAULTS = {"dtype": None, "keepdims": False, "where": True}
"""Options of ufuncs and their methods that have no effect with these values."""


def power(base: Any, exponent: Any) -> RecordedArray:
    """Record `base ** exponent` with the ufunc that NumPy's operator calls: `np.square` if the exponent is 2."""
    args = (base, exponent)
    if _is_number(base) and _is_number(exponent):
        return made(power_of_numbers, args, {}, number_of(plain(base)) ** number_of(plain(exponent)))
    if type(exponent) is RecordedArray and not exponent.is_scalar and not exponent.ndim:
        return made(Assigned(_power), args, {}, _power(plain(base), plain(exponent)))
    if type(exponent) is RecordedArray and exponent.is_scalar:
        return made(power_by_number, args, {}, plain(base) ** number_of(plain(exponent)))
    asked, exponent = (x.view(_Asked) if isinstance(x, np.ndarray) else x for x in plain(args))
    ufunc, inputs = asked**exponent
    return call_ufunc(ufunc, "__call__", args[: len(inputs)], {})


def _power(base: Any, exponent: Any) -> Any:
    return base**exponent


def _is_number(x: Any) -> bool:
    return x.is_scalar if type(x) is RecordedArray else not isinstance(x, np.ndarray)


class _Asked(np.ndarray):
    """An array whose operators return the ufunc that they would call, and its inputs."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return ufunc, inputs
