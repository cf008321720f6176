"""The rules that record NumPy functions: unchanged, as views, or as other calls."""

import functools
import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from nnfunc.base.array import Array
from nnfunc.recording.arrays import RECORDING_RULES, RecordedArray, made, plain, recorded_in, uncovered
from nnfunc.recording.rules.into import Assigned, copy_into, where_into
from nnfunc.recording.rules.ufuncs import call_ufunc, power
from nnfunc.recording.tape import refusal
from nnfunc.tracing.source import name_of


def _whole(f: Any, *args: Any, **options: Any) -> RecordedArray:
    """Record the call of f unchanged, with `out` if f has one."""
    if recorded_in(tuple(options.values())):
        raise refusal("not pass an array as an option", f"{name_of(f)} with one", "Pass it by position?")
    if len(args) > MOST_ARGUMENTS.get(f, len(args)):
        raise refusal("create a new array", "an array that is written to", "Use the result.")
    result = f(*plain(args), **options)
    return made(f if f in WITH_OUT and "dtype" not in options else Assigned(f), args, options, result)


def _view(f: Any, x: Any, *args: Any, **options: Any) -> Any:
    """Return a view of the first argument, or record a copy where NumPy copies."""
    if type(x) is not RecordedArray:
        raise uncovered(f)
    _refuse_unknown_size(f, args, options)
    if x.is_scalar:
        if isinstance(f(x.array[()], *args, **options), np.generic):
            return x
        x = RECORDING_RULES[np.copy](x)
    result = f(x.array, *args, **options)
    if isinstance(result, tuple | list):
        several = cast("Any", result)
        return type(several)(x.seen_as(each) for each in several)
    is_view = np.may_share_memory(result, x.array) or not result.size
    return x.seen_as(result) if is_view else made(Assigned(f), (x, *args), options, result)


def _refuse_unknown_size(f: Any, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    if recorded_in((*args, *options.values())):
        raise refusal(
            "have the same size and layout in each call",
            f"{name_of(f)} with an array instead of a number",
            "Pass a Python number.",
        )


def _rounded(x: RecordedArray, decimals: int = 0) -> Any:
    """Record `np.round`; return a view where NumPy returns its argument, as older versions do for integers."""
    result: Array = np.round(x.array, decimals)
    return x.seen_as(result) if np.may_share_memory(result, x.array) else _whole(np.round, x, decimals)


def _sized(f: Any, x: Any, *args: Any, **options: Any) -> Any:
    """Record the call of f unchanged; only the first argument may be a recorded array."""
    _refuse_unknown_size(f, args, options)
    return _whole(f, x, *args, **options)


def _diagonal(x: Any, k: int = 0) -> Any:
    return _view(np.diagonal, x, k) if x.ndim == 2 else _sized(np.diag, x, k)


def _one(f: Any, x: Any) -> Any:
    return _view(f, x)


def _finite(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    return _whole(np.nan_to_num, x, nan=nan, posinf=posinf, neginf=neginf)


def _clipped(x: Any, a_min: Any = None, a_max: Any = None) -> Any:
    return _whole(np.clip, x, a_min, a_max)


def _refuse_out(out: Any) -> None:
    if out is not None:
        raise refusal("create a new array", "an array that is written to", "Use the result.")


def _reduced(ufunc: np.ufunc, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, **options: Any) -> Any:
    _refuse_out(out)
    return ufunc.reduce(a, axis=axis, dtype=dtype, **options)


def _truth(ufunc: np.ufunc, a: Any, axis: Any = None, out: Any = None, **options: Any) -> Any:
    return _reduced(ufunc, a, axis, bool, out, **options)


def _count(a: RecordedArray, axis: Any) -> np.intp:
    axes: Any = range(a.ndim) if axis is None else np.atleast_1d(axis)
    return np.intp(math.prod(a.shape[i] for i in axes))


def _mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """Record the mean as a sum and a division, as NumPy computes it."""
    _refuse_out(out)
    if dtype is None and a.dtype == np.float16:
        return _mean(a, axis, np.float32, None, keepdims).astype(np.float16)
    if dtype is None and a.dtype.kind in "biu":
        dtype = np.float64
    return _divided(np.add.reduce(a, axis=axis, dtype=dtype, keepdims=keepdims), _count(a, axis))


def _divided(total: Any, count: Any) -> Any:
    result = np.true_divide(plain(total), count).astype(total.dtype)
    return made(np.true_divide, (total, count), {"casting": "unsafe"}, result[()] if total.is_scalar else result)


def _var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
    _refuse_out(out)
    if dtype is None:
        dtype = np.float64 if a.dtype.kind in "biu" else a.dtype
    centred = a - _mean(a, axis, dtype, keepdims=True)
    total = np.add.reduce(np.multiply(centred, centred), axis=axis, dtype=dtype, keepdims=keepdims)
    return _divided(total, max(_count(a, axis) - ddof, 0))


def _std(*args: Any, **options: Any) -> Any:
    return np.sqrt(_var(*args, **options))


def _where(condition: Any, *branches: Any) -> Any:
    if len(branches) != 2:
        raise refusal(
            "have three arguments",
            "the condition alone, whose result has another size in each call",
            "Pass what to take where it holds, and where not.",
        )
    if type(condition) is RecordedArray and condition.dtype != bool:
        condition = condition.astype(bool)
    if type(condition) is not RecordedArray and not isinstance(condition, np.ndarray):
        condition = bool(condition)
    every: Any = condition, *branches
    return made(where_into, every, {}, np.where(*plain(every)))


def _copied(x: RecordedArray, order: Any = "K", subok: bool = False) -> RecordedArray:
    return made(copy_into, (x,), {}, x.array.copy(order))


def _copy_method(x: RecordedArray, order: Any = "C") -> RecordedArray:
    return x if x.is_scalar else _copied(x, order)


def _astype(
    x: RecordedArray, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
) -> RecordedArray:
    return made(copy_into, (x,), {}, x.array.astype(dtype, order, casting)[() if x.is_scalar else ...])


def _flatten(x: RecordedArray, order: Any = "C") -> RecordedArray:
    return made(Assigned(np.ravel), (x,), {"order": order}, x.array.flatten(order))


def _filled(f: Any, x: RecordedArray, *args: Any, **options: Any) -> RecordedArray:
    """Return an array that is the same in each call, or record the call if it is filled with a recorded array."""
    if recorded_in((*args, *options.values())):
        return _whole(f, x, *args, **options)
    constant = f(x.array, *plain(args), **options)
    return RecordedArray(x.tape, x.tape.keep(constant), constant)


def _asked(f: Any, *args: Any, **options: Any) -> Any:
    """Return the result of f, which depends only on shape and dtype."""
    return f(*plain(args), **options)


def _table(handler: Callable[..., Any], *functions: Any) -> dict[Any, Callable[..., Any]]:
    return {f: functools.partial(handler, f) for f in functions}


WITH_OUT = {
    np.argmax, np.argmin, np.clip, np.concatenate, np.dot, np.outer, np.round, np.stack, np.trace,
}  # fmt: skip
"""Functions that are replayed with `out`."""

MOST_ARGUMENTS: dict[Any, int] = {
    np.argmax: 2, np.argmin: 2, np.clip: 3, np.concatenate: 2, np.cumprod: 3, np.cumsum: 3, np.dot: 2, np.outer: 2,
    np.round: 2, np.stack: 2, np.trace: 5,
}  # fmt: skip
"""The number of positional arguments before `out`."""

RECORDING_RULES.update({
    "ufunc": call_ufunc,
    "**": power,
    **_table(_whole, *WITH_OUT),
    **_table(
        _whole, np.argsort, np.cross, np.cumprod, np.cumsum, np.einsum, np.hstack, np.inner, np.interp, np.kron,
        np.linalg.det, np.linalg.inv, np.linalg.norm, np.linalg.solve, np.sort, np.tensordot, np.vdot, np.vstack,
    ),
    **_table(_sized, np.diff, np.pad, np.repeat, np.roll, np.tile, np.tril, np.triu),
    **_table(_one, np.atleast_1d, np.atleast_2d),
    **_table(
        _view, np.array_split, np.broadcast_to, np.diagonal, np.expand_dims, np.flip,
        np.fliplr, np.flipud, np.hsplit, np.matrix_transpose, np.moveaxis, np.ravel, np.reshape, np.rollaxis, np.split,
        np.squeeze, np.swapaxes, np.transpose, np.vsplit,
    ),
    **_table(_asked, np.can_cast, np.iscomplexobj, np.isrealobj, np.ndim, np.result_type, np.shape, np.size),
    **_table(_filled, np.full_like, np.ones_like, np.zeros_like),
    np.sum: functools.partial(_reduced, np.add),
    np.prod: functools.partial(_reduced, np.multiply),
    np.max: functools.partial(_reduced, np.maximum),
    np.min: functools.partial(_reduced, np.minimum),
    np.any: functools.partial(_truth, np.logical_or),
    np.all: functools.partial(_truth, np.logical_and),
    np.mean: _mean,
    np.var: _var,
    np.std: _std,
    np.where: _where,
    np.diag: _diagonal,
    np.nan_to_num: _finite,
    np.round: _rounded,
    np.copy: _copied,
    np.astype: _astype,
})  # fmt: skip

_again: dict[Any, Callable[..., Any]] = {
    np.amax: RECORDING_RULES[np.max],
    np.amin: RECORDING_RULES[np.min],
    ".astype": _astype,
    ".clip": _clipped,
    ".copy": _copy_method,
    ".flatten": _flatten,
    **{
        f".{name}": RECORDING_RULES[getattr(np, name)]
        for name in (
            "all", "any", "argmax", "argmin", "argsort", "cumprod", "cumsum", "diagonal", "dot", "max", "mean",
            "min", "prod", "ravel", "repeat", "round", "squeeze", "std", "sum", "swapaxes", "trace", "var",
        )
    },
}  # fmt: skip
RECORDING_RULES.update(_again)
