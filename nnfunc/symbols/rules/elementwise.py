"""Functions of each entry alone that are no ufuncs: `where`, `clip`, `zeros_like` and their kind; assignment."""

from typing import Any

import numpy as np

from nnfunc.symbols.arrays import SymbolicArray, as_tuple, made, resulting_dtype, shape_of
from nnfunc.symbols.broadcasting import broadcast, dtype_of, into, refuse_misfit
from nnfunc.symbols.protocol import name_of, rule
from nnfunc.symbols.source import refusal


@rule("write")
def write(target: SymbolicArray, value: Any) -> None:
    """`target[…] = value`."""
    refuse_misfit("the assignment", shape_of(value), target.shape)


@rule(np.where)
def where(condition: Any, *cases: Any) -> SymbolicArray:
    """`np.where(condition, x, y)`."""
    if len(cases) != 2:
        raise refusal(
            "be given two values; where the condition holds is not known", "one argument", otherwise="np.where"
        )
    shape = broadcast("np.where", *map(shape_of, (condition, *cases)))
    return SymbolicArray(shape, resulting_dtype(np.where, condition, *cases))


@rule(np.clip)
def clip(a: Any, *bounds: Any, out: Any = None, **options: Any) -> Any:
    """`np.clip(a, least, most)`."""
    limits = {name: limit for name, limit in options.items() if name in ("a_min", "a_max", "min", "max")}
    shape = broadcast("np.clip", *map(shape_of, (a, *bounds, *limits.values())))
    return into(out, made(shape, resulting_dtype(np.clip, a, *bounds, **limits)), "np.clip")


@rule(np.round, np.around, np.nan_to_num, np.real, np.imag, np.copy, np.fix, np.sinc, np.isclose, np.angle)
def entry_by_entry(f: Any, a: Any, *others: Any, **options: Any) -> SymbolicArray:
    """Functions that are written with ufuncs."""
    arrays = [a, *(x for x in others if shape_of(x) or f is np.isclose)]
    return made(broadcast(name_of(f), *map(shape_of, arrays)), resulting_dtype(f, a, *others, **options))


@rule(np.zeros_like, np.ones_like, np.empty_like, np.full_like)
def like(f: Any, a: Any, *args: Any, dtype: Any = None, shape: Any = None, **options: Any) -> SymbolicArray:
    """`np.zeros_like(a)`; `np.full_like(a, value)`."""
    value, args = (args[:1], args[1:]) if f is np.full_like else ((), args)
    if value:
        refuse_misfit(name_of(f), shape_of(value[0]), shape_of(a))
    dtype = args[0] if args else dtype
    return SymbolicArray(shape_of(a) if shape is None else as_tuple(shape), dtype or dtype_of(a))


@rule(np.astype)
def astype(a: SymbolicArray, dtype: Any, **options: Any) -> SymbolicArray:
    """`np.astype(a, dtype)`."""
    return a.astype(dtype)
