"""Which dtype results: NumPy's own answer, on arrays of one entry."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfunc.array import is_array
from nnfunc.symbols.arrays import SymbolicArray, is_several
from nnfunc.symbols.sizes import Number, Size
from nnfunc.symbols.source import refusal


OF_PYTHON: dict[Any, Any] = {int: int, Size: int, float: float, Number: float}
"""The types of numbers of Python that NumPy's promotion looks at."""


def sample(x: Any) -> Any:
    """Something real with the dtype and the number of axes of x."""
    if is_several(x):
        return [sample(each) for each in x]
    if type(x) in (Size, Number):
        return OF_PYTHON[type(x)](1)
    if type(x) is SymbolicArray and x.is_scalar:
        return x.dtype.type(1)
    return np.ones((1,) * x.ndim, x.dtype) if is_array(x) else x


def resulting_dtype(f: Any, *args: Any, **kwargs: Any) -> Any:
    """The dtype of `f(*args, **kwargs)`."""
    with np.errstate(all="ignore"):
        result = f(*map(sample, args), **{name: sample(x) for name, x in kwargs.items()})
        return np.asarray(result).dtype  # a few functions return numbers of Python


def dtype_of(x: Any) -> np.dtype[Any]:
    """The dtype of an array, or of the array that a number becomes."""
    return x.dtype if type(x) is SymbolicArray else np.asarray(sample(x)).dtype


def common_dtype(arrays: Sequence[Any]) -> np.dtype[Any]:
    """The dtype that holds the entries of all arrays."""
    return np.result_type(*map(dtype_of, arrays))


def dtypes_of_ufunc(ufunc: np.ufunc, inputs: Sequence[Any], dtype: Any = None) -> Sequence[np.dtype[Any]]:
    """The dtypes of the results of a ufunc.

    Raises:
        ShapeError: it has none for these inputs.
    """
    if dtype is not None:
        return [np.dtype(dtype)] * ufunc.nout
    operands = [OF_PYTHON.get(type(x)) or dtype_of(x) for x in inputs]
    try:
        return ufunc.resolve_dtypes((*operands, *[None] * ufunc.nout))[ufunc.nin :]
    except TypeError:
        given = " and ".join(getattr(each, "__name__", str(each)) for each in operands)
        raise refusal("have dtypes that this function takes", given, otherwise=ufunc.__name__) from None
