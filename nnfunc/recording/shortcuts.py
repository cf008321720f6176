"""Faster forms of NumPy calls, with results equal bit for bit."""

import math
from typing import Any, cast

import numpy as np

from nnfunc.base.array import Array
from nnfunc.recording.tape import Call, Ref, refs_in

EXACT = 2**24
"""The integer up to which float32 represents all integers exactly."""

MANY = 1024
"""The number of entries from which the inner loop of a call takes longer than its overhead."""


def shortened(call: Call) -> Call:
    """Return the call in its fastest known form."""
    if call.f is np.matmul and _suits_dot(call):
        return call._replace(f=np.dot)
    if not (isinstance(call.f, np.ufunc) and call.f.nin == 2 and call.f.signature is None) or call.options:
        return call
    call = call._replace(args=tuple(_as_array(call.f, call.args, i) for i in range(2)))
    (x, y), many = call.args, math.prod(call.out.shape) >= MANY
    if many and call.f is np.heaviside and _is_0d(y) and y == 0 and not np.signbit(y):
        return call._replace(f=step_into, args=(x,))
    if many and call.f in (np.maximum, np.minimum):
        return call._replace(args=(_as_row(x, call.out), _as_row(y, call.out)))
    if call.f is np.divide and _is_0d(y) and _is_power_of_2(y):
        return call._replace(f=np.multiply, args=(x, 1 / y))
    return call


def _is_power_of_2(y: Any) -> bool:
    """Return whether 1/y is exact in the dtype of y, so that multiplying by it rounds like dividing by y."""
    wide = y.dtype in (np.dtype(np.float32), np.dtype(np.float64))
    return wide and abs(math.frexp(y)[0]) == 0.5 and abs(math.log2(abs(y))) < 100


def _is_0d(x: Any) -> bool:
    return isinstance(x, cast("Any", np.ndarray)) and not x.ndim


def _as_row(x: Any, out: Ref) -> Any:
    """Repeat a number along the innermost axis, since `np.maximum` is faster on two rows than on a row and a number."""
    if not _is_0d(x) or out.dtype.itemsize not in out.strides:
        return x
    axis = out.strides.index(out.dtype.itemsize)
    return np.full([n if i == axis else 1 for i, n in enumerate(out.shape)], x)


def step_into(Z: Array, out: Array) -> None:
    """Write `np.heaviside(Z, 0)` into `out`, without its branches on signs, which the processor cannot predict."""
    if np.isnan(Z.max()):  # a NaN stays a NaN
        np.heaviside(Z, 0, out=out)
    else:
        np.greater(Z, 0, out=out)


def _suits_dot(call: Call) -> bool:
    """Return whether `np.dot` passes the same matrices to the same BLAS function; it has less overhead."""
    refs, dtype = refs_in(call.args), call.out.dtype
    return (
        dtype in (np.dtype(np.float32), np.dtype(np.float64))
        and not call.options
        and len({ref.value for ref in refs}) > 1  # for a value times itself, BLAS may do half the work
        and all(_is_matrix(ref, dtype) for ref in (*refs, call.out))
    )


def _is_matrix(ref: Ref, dtype: np.dtype[Any]) -> bool:
    """Return whether this is a matrix of several rows and columns, where the rows or the columns are contiguous."""
    if len(ref.shape) != 2 or min(ref.shape) < 2 or ref.dtype != dtype:
        return False
    (n, m), (down, across), size = ref.shape, ref.strides, dtype.itemsize
    return (across == size and down >= m * size) or (down == size and across >= n * size)


def _as_array(ufunc: np.ufunc, args: tuple[Any, ...], i: int) -> Any:
    """Return a Python number as a 0-d array, if NumPy would convert it to the dtype of the other argument."""
    number, other = args[i], args[1 - i]
    is_exact = type(number) is float or (type(number) is int and abs(number) <= EXACT)
    if not is_exact or type(other) is not Ref or other.dtype.kind != "f":
        return number
    dtypes: list[Any] = [other.dtype, other.dtype, None]
    dtypes[i] = type(number)
    is_converted = set(ufunc.resolve_dtypes(tuple(dtypes))[:2]) == {other.dtype}
    return np.array(number, other.dtype) if is_converted else number
