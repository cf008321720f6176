"""What a function takes and returns: arrays in tuples, lists, dicts and dataclasses, nested."""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from nnfunc import tree
from nnfunc.errors import RecordingError
from nnfunc.recording.arrays import RECORDED, RecordedArray
from nnfunc.recording.tape import TYPE_OF
from nnfunc.symbols.protocol import Symbol


class Inside(Exception):  # noqa: N818
    """The arguments hold recorded or symbolic arrays: the function is part of a larger recording or proof."""


def signature(x: Any, arrays: list[Any]) -> Any:
    """All that a recording depends on: types, constants, and of each array its shape, strides, dtype and flags.

    The arrays, and the numbers of NumPy, are appended to `arrays`.
    """
    kind = TYPE_OF(x)
    if kind is np.ndarray:
        arrays.append(x)
        return x.shape, x.strides, x.dtype, x.flags.writeable, x.flags.aligned
    if kind is tuple or kind is list:
        return kind, *[signature(each, arrays) for each in x]
    if kind in _PLAIN:
        if kind is str or (x and x == x and kind is not complex):
            return kind, x
        return kind, repr(x)  # 0.0 == −0.0, and NaN is not NaN
    if isinstance(x, tree.Node):
        key, own = _remembered(x)
        arrays += own
        return key
    if dataclasses.is_dataclass(kind):
        return _fields_signature(x, arrays)
    return _rare_signature(x, arrays)


def _fields_signature(x: Any, arrays: list[Any]) -> Any:
    return type(x), *[signature(getattr(x, name), arrays) for name in _names(TYPE_OF(x))]


def _remembered(node: tree.Node) -> tuple[Any, list[Any]]:
    """The signature and the arrays of a frozen node, which keeps them."""
    try:
        return node.signature
    except AttributeError:
        own: list[Any] = []
        object.__setattr__(node, "signature", (_fields_signature(node, own), own))
        return node.signature


_PLAIN = {int, float, complex, str, bool, type(None)}


def _rare_signature(x: Any, arrays: list[Any]) -> Any:
    kind = TYPE_OF(x)
    if isinstance(x, Symbol) or kind is RecordedArray:
        raise Inside
    if isinstance(x, cast("Any", np.generic)):
        arrays.append(np.asarray(x))
        return kind
    if hasattr(x, "_make"):
        return kind, *[signature(each, arrays) for each in x]
    if kind is dict:
        return dict, *[(type(name), name, signature(each, arrays)) for name, each in x.items()]
    if isinstance(x, cast("Any", np.ndarray)):
        if kind is np.memmap:
            return signature(np.asarray(x), arrays)
        raise RecordingError(f"recorded: arrays must be plain; got one of type {kind.__name__}. Pass np.asarray of it?")
    try:
        hash(x)
    except TypeError:
        raise RecordingError(
            f"recorded: arguments must be arrays, constants, or tuples, lists, dicts and dataclasses of them; "
            f"got a value of type {kind.__name__}. Pass its arrays?"
        ) from None
    if _is_opaque(x) and not callable(x):
        raise RecordingError(
            f"recorded: arguments must be arrays, constants, or tuples, lists, dicts and dataclasses of them; "
            f"got a value of type {kind.__name__}, in which anything may change. Pass its arrays and numbers?"
        )
    return kind, x, repr(x)


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _is_leaf(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic)  # of what a RecordedArray says it is


def leaves(x: Any) -> list[Any]:
    """The arrays in a structure, in order."""
    return [x] if _is_leaf(x) else [leaf for child in _children(x) or () for leaf in leaves(child)]


def _children(x: Any) -> list[Any] | None:
    if TYPE_OF(x) is dict:
        return list(x.values())
    if TYPE_OF(x) in (tuple, list) or hasattr(x, "_make"):
        return list(x)
    if not dataclasses.is_dataclass(TYPE_OF(x)):
        return None
    fields = [getattr(x, name) for name in _names(TYPE_OF(x))]
    return fields if _is_opaque(x) or any(map(leaves, fields)) else None  # a value without arrays is a constant


def _is_opaque(x: Any) -> bool:
    """Whether an object is compared by its identity, or not at all."""
    hash_of: Any = type(x).__hash__
    return not (x is None or isinstance(x, type)) and hash_of in (None, object.__hash__)


def refuse_opaque(name: str, x: Any) -> None:
    """Refuse a result in which arrays may hide.

    Raises:
        RecordingError: there is an object in it that is no constant and no structure.
    """
    if _is_leaf(x):
        return
    children = _children(x)
    if isinstance(x, str) and RECORDED in x:
        raise RecordingError(
            f"{name}: its result must not hold the text of an array, which would stay the same in all later calls; "
            f"got {x!r}. Return the array, and make the text outside?"
        )
    if children is None and _is_opaque(x):
        raise RecordingError(
            f"{name}: its result must be arrays, constants, or tuples, lists, dicts and dataclasses of them; "
            f"got a value of type {type(x).__name__}. Return its arrays?"
        )
    for child in children or ():
        refuse_opaque(name, child)


def rebuilt(x: Any, new: Iterator[Any]) -> Any:
    """The same structure with other arrays, made by its constructors."""
    if _is_leaf(x):
        return next(new)
    children = _children(x)
    if children is None:
        return x
    made = [rebuilt(child, new) for child in children]
    if TYPE_OF(x) is dict:
        return dict(zip(x, made, strict=True))
    if TYPE_OF(x) in (tuple, list):
        return type(x)(made)
    if hasattr(x, "_make"):
        return x._make(made)
    fields = zip(dataclasses.fields(x), made, strict=True)
    return type(x)(**{field.name: child for field, child in fields if field.init})


def builder(x: Any) -> Callable[[Iterator[Any]], Any]:
    """A function that makes the structure from other arrays, without the checks that this one has passed."""
    if _is_leaf(x):
        return next
    children = _children(x)
    if children is None:
        return lambda _: x
    parts = [builder(child) for child in children]
    if TYPE_OF(x) is dict:
        names = list(x)
        return lambda new: {name: part(new) for name, part in zip(names, parts, strict=True)}
    if TYPE_OF(x) in (tuple, list) or hasattr(x, "_make"):
        kind: Any = getattr(x, "_make", TYPE_OF(x))
        return lambda new: kind([part(new) for part in parts])
    return _dataclass_builder(TYPE_OF(x), parts)


def _dataclass_builder(kind: Any, parts: list[Callable[[Iterator[Any]], Any]]) -> Callable[[Iterator[Any]], Any]:
    named = list(zip(_names(kind), parts, strict=True))

    def build(new: Iterator[Any]) -> Any:
        node: Any = object.__new__(kind)
        for name, part in named:
            object.__setattr__(node, name, part(new))
        return node

    return build
