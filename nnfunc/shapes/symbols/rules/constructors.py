"""New arrays: `zeros`, `zeros_like`, `eye`, `arange`, `array`; copies; random ones.

NumPy does not dispatch on sizes. So `lent` replaces its constructors while a proof runs, and the rules apply where an
argument is symbolic.
"""

import functools
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from nnfunc.shapes.symbols.arrays import SymbolicArray, as_tuple, dtype_of, is_several, resulting_dtype, shape_of
from nnfunc.shapes.symbols.axes import broadcast, refuse_misfit
from nnfunc.shapes.symbols.protocol import SHAPE_RULES, follow, has_symbol, refusal, rule, uncovered
from nnfunc.shapes.symbols.random import lending
from nnfunc.shapes.symbols.sizes import AnySize, never_negative


@rule(np.zeros, np.ones, np.empty)
def filled(
    f: Any, shape: Any, dtype: Any = None, order: str = "C", *, device: Any = None, like: Any = None
) -> SymbolicArray:
    """The rule for `np.zeros(shape)` and the like."""
    return SymbolicArray(as_tuple(shape), dtype or np.float64)


@rule(np.full)
def full(
    shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None, like: Any = None
) -> Any:
    """The rule for `np.full(shape, value)`."""
    refuse_misfit("np.full", shape_of(fill_value), as_tuple(shape))
    return SymbolicArray(as_tuple(shape), dtype or dtype_of(fill_value))


@rule(np.eye)
def eye(N: AnySize, M: Any = None, k: Any = 0, dtype: Any = float, order: str = "C") -> SymbolicArray:
    """The rule for `np.eye`: 1 on a diagonal, 0 elsewhere."""
    return SymbolicArray((N, N if M is None else M), dtype)


@rule(np.identity)
def identity(n: AnySize, dtype: Any = None) -> SymbolicArray:
    """The rule for `np.identity`: 1 on the diagonal, 0 elsewhere."""
    return SymbolicArray((n, n), dtype or float)


@rule(np.arange)
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> SymbolicArray:
    """The rule for `np.arange(start, stop)`, with steps of 1 only."""
    first, last = (0, start) if stop is None else (start, stop)
    if step != 1:
        raise uncovered(np.arange, "with steps")
    if not never_negative(last - first):
        raise refusal("count upwards", f"{first} to {last}", otherwise="np.arange")
    return SymbolicArray((last - first,), dtype or np.arange(1).dtype)


@rule(np.linspace)
def linspace(start: Any, stop: Any, num: AnySize = 50, endpoint: bool = True, *, dtype: Any = None) -> SymbolicArray:
    """The rule for `np.linspace`: `num` numbers from start to stop."""
    shape = broadcast("np.linspace", shape_of(start), shape_of(stop))
    return SymbolicArray((num, *shape), dtype or resulting_dtype(np.linspace, start, stop, 2))


@rule(np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray)
def array(
    f: Any,
    a: Any,
    dtype: Any = None,
    order: Any = None,
    *,
    copy: Any = None,
    subok: bool = False,
    ndmin: int = 0,
) -> SymbolicArray:
    """The rule for `np.array(a)` and the like: a copy of an array, or a stack of several."""
    if is_several(a):
        return array(f, np.stack([array(f, each) for each in a]), dtype, ndmin=ndmin)
    shape, least = shape_of(a), 1 if f in (np.ascontiguousarray, np.asfortranarray) else ndmin
    return SymbolicArray((1,) * (least - len(shape)) + shape, dtype or dtype_of(a))


@rule(np.zeros_like, np.ones_like, np.empty_like)
def like(
    f: Any, a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *, device: Any = None
) -> SymbolicArray:
    """The rule for `np.zeros_like(a)` and the like."""
    return SymbolicArray(shape_of(a) if shape is None else as_tuple(shape), dtype or dtype_of(a))


@rule(np.full_like)
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Any:
    """The rule for `np.full_like(a, value)`."""
    full = like(np.full_like, a, dtype, shape=shape)
    refuse_misfit("np.full_like", shape_of(fill_value), full.shape)
    return full


@rule(np.copy)
def copy(a: SymbolicArray, order: str = "K", subok: bool = False) -> SymbolicArray:
    """The rule for `np.copy`."""
    return SymbolicArray(a.shape, a.dtype)


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
    """The rule for `np.astype(x, dtype)`, and for the method, which takes more options."""
    return SymbolicArray(x.shape, dtype, is_scalar=x.is_scalar)


LENT = (
    "zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "broadcast_to",
    "array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray",
)  # fmt: skip


_lock = threading.RLock()


@contextmanager
def lent() -> Generator[None]:
    """Let NumPy create arrays of symbolic sizes within the block, one proof at a time; other calls are unchanged."""
    with _lock:
        in_place: list[tuple[Any, str, Any]] = [
            *((np, name, _lending(getattr(np, name))) for name in LENT),
            (np.random, "default_rng", lending(np.random.default_rng)),
            *((module, "np", SimpleNamespace(**vars(np))) for module in _generators_in_c()),
        ]
        real = [(owner, name, getattr(owner, name)) for owner, name, _ in in_place]
        try:
            for owner, name, x in in_place:
                setattr(owner, name, x)
            yield
        finally:
            for owner, name, x in real:
                setattr(owner, name, x)


def _generators_in_c() -> list[Any]:
    """Return the C modules of `numpy.random`, which use the result of `np.empty` as an array without a check."""
    return [
        module
        for name, module in sys.modules.items()
        if name.startswith("numpy.random.") and getattr(module, "np", None) is np
    ]


def _lending(f: Callable[..., Any]) -> Callable[..., Any]:
    if f not in SHAPE_RULES:  # already replaced, by an enclosing proof
        return f

    @functools.wraps(f)
    def either(*args: Any, **kwargs: Any) -> Any:
        return follow(f, *args, **kwargs) if has_symbol((*args, *kwargs.values())) else f(*args, **kwargs)

    return either
