"""Functions of each entry alone that are no ufuncs: `where`, `clip`, `zeros_like` and their kind; assignment."""

from typing import Any

import numpy as np

from nnfunc.source import name_of
from nnfunc.symbols.arrays import SymbolicArray, as_tuple, dtype_of, made, resulting_dtype, shape_of
from nnfunc.symbols.axes import broadcast, into, refuse_misfit
from nnfunc.symbols.protocol import follow, rule
from nnfunc.symbols.source import refusal


@rule("[]=")
def write(a: SymbolicArray, key: Any, value: Any) -> None:
    """`a[key] = value`."""
    if getattr(key, "shape", None) == a.shape and key.dtype == np.bool_ and not shape_of(value):
        key = ...  # one value for the entries of a mask
    part = SymbolicArray(follow("[]", a, key).shape, a.dtype)
    part.flags.writeable = a.flags.writeable
    into(part, SymbolicArray(shape_of(value), dtype_of(value)), "the assignment", repeated=True)


@rule(np.where)
def where(condition: Any, x: Any = None, y: Any = None) -> SymbolicArray:
    """`np.where(condition, x, y)`."""
    if x is None or y is None:
        raise refusal("be given two values, for where the condition holds is not known", "one argument")
    return SymbolicArray(
        broadcast("np.where", *map(shape_of, (condition, x, y))), resulting_dtype(np.where, condition, x, y)
    )


@rule(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    """`np.clip(a, least, most)`."""
    bounds = [bound for bound in (a_min, a_max, min, max) if bound is not None]
    shape = broadcast("np.clip", *map(shape_of, (a, *bounds)))
    return into(out, made(shape, resulting_dtype(np.clip, a, *(bounds * 2)[:2])), "np.clip")


@rule(np.round, np.around)
def rounded(f: Any, a: Any, decimals: int = 0, out: Any = None) -> Any:
    """`np.round(a, 2)`."""
    return into(out, made(a.shape, resulting_dtype(f, a, decimals)), name_of(f))


@rule(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> SymbolicArray:
    """Numbers in place of NaN and ∞."""
    return made(x.shape, x.dtype)


@rule(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> SymbolicArray:
    """Whether entries are nearly equal."""
    return made(broadcast("np.isclose", *map(shape_of, (a, b))), np.bool_)


@rule(np.copy)
def copy(a: SymbolicArray, order: str = "K", subok: bool = False) -> SymbolicArray:
    """The same entries."""
    return SymbolicArray(a.shape, a.dtype)


@rule(np.zeros_like, np.ones_like, np.empty_like)
def like(
    f: Any, a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *, device: Any = None
) -> SymbolicArray:
    """`np.zeros_like(a)`."""
    return SymbolicArray(shape_of(a) if shape is None else as_tuple(shape), dtype or dtype_of(a))


@rule(np.full_like)
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Any:
    """`np.full_like(a, value)`."""
    full = like(np.full_like, a, dtype, shape=shape)
    refuse_misfit("np.full_like", shape_of(fill_value), full.shape)
    return full


@rule(np.astype)
def astype(
    x: SymbolicArray,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: bool = True,
    copy: bool = True,
    *,
    device: Any = None,
) -> SymbolicArray:
    """`np.astype(x, dtype)`, and the method, which takes more options."""
    return SymbolicArray(x.shape, dtype, is_scalar=x.is_scalar)
