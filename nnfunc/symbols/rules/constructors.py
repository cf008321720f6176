"""New arrays: `zeros`, `ones`, `eye`, `arange`, `array`; random ones.

NumPy asks nobody about a size. So these functions are lent to it by `lent`, and only where a size is symbolic do they
answer themselves.
"""

import functools
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnfunc.symbols.arrays import SymbolicArray, as_tuple, resulting_dtype, shape_of
from nnfunc.symbols.broadcasting import broadcast, dtype_of, refuse_misfit
from nnfunc.symbols.protocol import RULES, follow, rule, uncovered
from nnfunc.symbols.random import RandomSymbols, has_symbol
from nnfunc.symbols.rules.joining import stack
from nnfunc.symbols.sizes import AnySize, Size
from nnfunc.symbols.source import refusal


@rule(np.zeros, np.ones, np.empty)
def filled(f: Any, shape: Any, dtype: Any = None, *_: Any, **options: Any) -> SymbolicArray:
    """`np.zeros(shape)`."""
    return SymbolicArray(as_tuple(shape), dtype or np.float64)


@rule(np.full)
def full(shape: Any, fill_value: Any, dtype: Any = None, *_: Any, **options: Any) -> SymbolicArray:
    """`np.full(shape, value)`."""
    refuse_misfit("np.full", shape_of(fill_value), as_tuple(shape))
    return SymbolicArray(as_tuple(shape), dtype or resulting_dtype(np.full, (1,), fill_value))


@rule(np.eye, np.identity)
def eye(f: Any, N: AnySize, M: Any = None, *_: Any, dtype: Any = float, **options: Any) -> SymbolicArray:
    """1 on the diagonal, 0 elsewhere."""
    if f is np.identity:
        return SymbolicArray((N, N), M or dtype)
    return SymbolicArray((N, N if M is None else M), dtype)


@rule(np.arange)
def arange(*bounds: Any, dtype: Any = None, **options: Any) -> SymbolicArray:
    """`np.arange(start, stop)`, with steps of 1."""
    start, stop, *step = bounds if len(bounds) > 1 else (0, *bounds)
    if step or not all(type(x) in (int, Size) for x in (start, stop)):
        raise uncovered(np.arange)
    if not stop - start >= 0:
        raise refusal("count upwards", f"{start} to {stop}", otherwise="np.arange")
    return SymbolicArray((stop - start,), dtype or np.arange(1).dtype)


@rule(np.linspace)
def linspace(start: Any, stop: Any, num: AnySize = 50, **options: Any) -> SymbolicArray:
    """That many numbers from start to stop."""
    if options.keys() - {"dtype", "endpoint"}:
        raise uncovered(np.linspace)
    return SymbolicArray(
        (num, *broadcast("np.linspace", shape_of(start), shape_of(stop))), options.get("dtype") or float
    )


@rule(np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray)
def array(f: Any, a: Any, dtype: Any = None, *_: Any, ndmin: int = 0, **options: Any) -> SymbolicArray:
    """A copy of an array, or a row of them."""
    if isinstance(a, tuple | list):
        rows = [array(f, each) for each in as_tuple(a)]
        return array(f, stack(rows), dtype)
    return SymbolicArray((1,) * (ndmin - len(shape_of(a))) + shape_of(a), dtype or dtype_of(a))


LENT = (
    "zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "broadcast_to",
    "array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray",
)  # fmt: skip


_lock = threading.RLock()


@contextmanager
def lent() -> Generator[None]:
    """Within: NumPy makes symbolic arrays of symbolic sizes, one proof at a time. All other calls are as they were."""
    with _lock:
        real = {name: getattr(np, name) for name in LENT}
        default_rng = np.random.default_rng
        try:
            for name, f in real.items():
                setattr(np, name, _lending(f))
            np.random.default_rng = functools.partial(RandomSymbols.of, default_rng)
            yield
        finally:
            for name, f in real.items():
                setattr(np, name, f)
            np.random.default_rng = default_rng


def _lending(f: Callable[..., Any]) -> Callable[..., Any]:
    if f not in RULES:  # it is lent already, to a proof around this one
        return f

    @functools.wraps(f)
    def either(*args: Any, **kwargs: Any) -> Any:
        return follow(f, *args, **kwargs) if has_symbol((*args, *kwargs.values())) else f(*args, **kwargs)

    return either
