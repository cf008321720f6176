"""Symbolic arguments, created from annotations."""

import dataclasses
import inspect
import re
from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, SupportsIndex, Union, get_args, get_origin, get_type_hints

import numpy as np

from nnfunc.base.errors import ShapeError
from nnfunc.shapes.symbols.arrays import SymbolicArray
from nnfunc.shapes.symbols.protocol import NotFollowedError
from nnfunc.shapes.symbols.random import RandomSymbols
from nnfunc.shapes.symbols.sizes import AnySize, Number, named

DTYPES = ("float32", "int64", "uint8", "bool", "float64", "float16", "complex64", "int32", "int8", "uint32")
"""The dtypes of arrays in order of preference: an array has the first that its annotation allows."""


def shape_from(axes: str, sizes: dict[str, AnySize]) -> tuple[AnySize, ...]:
    """Return the shape that jaxtyping's notation describes: `"784 m"`, `"n m+1"`; `*batch` stands for one axis.

    Raises:
        ShapeError: an axis is not a number, name or formula.
    """
    if type(axes) is not str:
        raise ShapeError(f"symbolic: axes must be written as one string; got {axes!r}. Write '784 m'?")
    return tuple(_size(axis, sizes) for axis in axes.split())


def _size(axis: str, sizes: dict[str, AnySize]) -> AnySize:
    axis = axis.rpartition("=")[2].lstrip("#*?")  # the n of n=3 is a remark; # and * also allow other shapes
    if axis in ("_", "..."):
        axis = f"_{len(sizes)}"
    if axis.isidentifier():
        return sizes.setdefault(axis, named(axis))
    for name in re.findall(r"[^\W\d]\w*", axis):
        sizes.setdefault(name, named(name))
    try:
        size = eval(axis, {"__builtins__": {}}, sizes) if re.fullmatch(r"[\w+\-*/()]+", axis) else None
    except (SyntaxError, TypeError, ZeroDivisionError):
        size = None
    if not isinstance(size, int):
        raise ShapeError(f"symbolic: axes must be numbers, names or formulas of them; got {axis!r}. Write '784 m'?")
    return size


def arguments(f: Callable[..., Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Create a symbolic value for each parameter without a default; a name is the same size in all annotations.

    Raises:
        ShapeError: an annotation does not say what to pass.
    """
    try:
        signature, hints = inspect.signature(f), get_type_hints(f)
    except (NameError, AttributeError, SyntaxError, TypeError, ValueError) as error:
        raise NotFollowedError(f"prove: the arguments of {f!r} must be passed, because {error}.") from None
    sizes, seen, given = dict[str, AnySize](), set[type](), signature.bind_partial()
    for name, each in signature.parameters.items():
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            given.arguments[name] = _value(f.__name__, name, hints.get(name), sizes, seen)
    return given.args, given.kwargs


def _value(f: str, name: str, hint: Any, sizes: dict[str, AnySize], seen: set[type]) -> Any:
    if hasattr(hint, "dim_str"):  # a jaxtyping annotation
        return SymbolicArray(shape_from(hint.dim_str, sizes), _dtype(hint))
    kind, parts = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType, Annotated):
        return _value(f, name, parts[0], sizes, seen)
    if kind is tuple and ... not in parts:
        return tuple(_value(f, name, part, sizes, seen) for part in parts)
    if hint is float:
        return Number("nan")
    if hint in (int, SupportsIndex):
        return sizes.setdefault(name, named(name))
    if hint is np.random.Generator:
        return RandomSymbols(np.random.default_rng(0))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint not in seen:
        seen.add(hint)
        hints = get_type_hints(hint)
        return hint(
            **{
                field.name: _value(f, f"{name}.{field.name}", hints[field.name], sizes, seen)
                for field in dataclasses.fields(hint)
                if field.init
            }
        )
    got = "no annotation" if hint is None else inspect.formatannotation(hint)
    raise NotFollowedError(
        f"{f}: {name} must be passed, because its annotation does not say what to pass; got {got}. "
        f"Write nn.prove({f}, nn.symbolic('784 m'), …) with all arguments; a network is nn.symbolic_params('784 h 10')."
    )


def _dtype(hint: Any) -> str:
    allowed = hint.dtypes
    return next((dtype for dtype in DTYPES if not isinstance(allowed, list | tuple) or dtype in allowed), DTYPES[0])
