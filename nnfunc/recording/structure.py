"""Nested arguments and results of recorded functions: arrays in tuples, lists, dicts and dataclasses."""

from collections.abc import Callable, Iterator
from functools import partial
from types import MethodType
from typing import Any, TypeAlias

import numpy as np

from nnfunc.base.errors import RecordingError
from nnfunc.recording.arrays import RECORDED
from nnfunc.tracing import tree
from nnfunc.tracing.stand_in import Traced


class Inside(Exception):  # noqa: N818
    """Raised when arguments hold recorded or symbolic arrays: the function is part of a larger recording or proof."""


def signature(x: Any, arrays: list[Any]) -> Any:
    """Return all that a recording depends on: types, constants, and the shape, strides, dtype and flags of each array.

    Arrays and NumPy scalars are appended to `arrays`.
    """
    kind = tree.TYPE_OF(x)
    if kind is np.ndarray:
        arrays.append(x)
        return x.shape, x.strides, x.dtype, x.flags.writeable, x.flags.aligned
    if kind is tuple or kind is list:
        return kind, *[signature(each, arrays) for each in x]
    if kind in _PLAIN:
        # as text where equality is not enough: 0.0 == −0.0, and NaN != NaN
        return kind, x if kind is str or (x and x == x and kind is not complex) else repr(x)
    if isinstance(x, tree.Node):
        key, own = _remembered(x)
        arrays += own
        return key
    if kind is dict:
        return kind, *[(tree.TYPE_OF(key), key, signature(each, arrays)) for key, each in x.items()]
    if isinstance(x, tree.Constant):
        return kind, repr(x), *[_itself(f) if callable(f) else signature(f, arrays) for f in vars(x).values()]
    return _rare_signature(x, arrays) if tree.names(kind) is None else _fields_signature(x, arrays)


def _fields_signature(x: Any, arrays: list[Any]) -> Any:
    return type(x), *[signature(getattr(x, name), arrays) for name in tree.names(tree.TYPE_OF(x)) or ()]


def _remembered(node: tree.Node) -> tuple[Any, list[Any]]:
    """Return the signature and the arrays of a frozen node, which caches them."""
    try:
        return node.signature
    except AttributeError:
        own: list[Any] = []
        object.__setattr__(node, "signature", (_Hashed(_fields_signature(node, own)), own))
        return node.signature


class _Hashed:
    """A part of a signature whose hash is computed once."""

    __slots__ = ("hash", "of")

    def __init__(self, of: Any) -> None:
        self.of, self.hash = of, hash(of)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and self.of == other.of

    def __hash__(self) -> int:
        return self.hash


_PLAIN = {int, float, complex, str, bool, type(None)}


def _rare_signature(x: Any, arrays: list[Any]) -> Any:
    kind = tree.TYPE_OF(x)
    if isinstance(x, Traced):
        raise Inside
    if issubclass(kind, np.generic):
        arrays.append(np.asarray(x))
        return tree.TYPE_OF(x)
    if issubclass(kind, np.ndarray):
        if kind is np.memmap:
            return signature(np.asarray(x), arrays)
        raise RecordingError(f"recorded: arrays must be plain; got one of type {kind.__name__}. Pass np.asarray of it?")
    try:
        hash(x)
    except TypeError:
        if callable(x):
            return kind, _itself(x)
        raise _misfit("recorded: arguments", x, ". Pass its arrays?") from None
    if _is_opaque(x) and not callable(x):
        raise _misfit("recorded: arguments", x, ", in which anything may change. Pass its arrays and numbers?")
    return kind, x, repr(x)


def _itself(f: Callable[..., Any]) -> Any:
    """Return a key for the identity of f: bound methods are equal only for the same object, and keep it alive."""
    return MethodType(id, f)


def _misfit(what: str, x: Any, why: str) -> RecordingError:
    return RecordingError(
        f"{what} must be arrays, constants, or tuples, lists, dicts and dataclasses of them; "
        f"got a value of type {type(x).__name__}{why}"
    )


def _is_opaque(x: Any) -> bool:
    """Return whether an object is compared by identity, or is not hashable."""
    hash_of: Any = type(x).__hash__
    return not (x is None or isinstance(x, type)) and hash_of in (None, object.__hash__)


def refuse_opaque(name: str, x: Any, *, is_field: bool = False) -> None:
    """Raise if a result may hide arrays; a function in a field of a dataclass is a constant.

    Raises:
        RecordingError: the result holds the text of an array, or an object that is neither a constant nor a structure.
    """
    if tree.is_leaf(x):
        return
    children = tree.children(x)
    if isinstance(x, str) and RECORDED in x:
        raise RecordingError(
            f"{name}: its result must not hold the text of an array, which would stay the same in all later calls; "
            f"got {x!r}. Return the array, and format the text outside?"
        )
    if children is None and _is_opaque(x) and not (is_field and callable(x)):
        raise _misfit(f"{name}: its result", x, ". Return its arrays?")
    for child in children or ():
        refuse_opaque(name, child, is_field=tree.names(tree.TYPE_OF(x)) is not None)


Build: TypeAlias = Callable[[Iterator[Any]], Any]


def builder(x: Any) -> Build:
    """Return a function that rebuilds the structure with other arrays, without repeating the checks that x passed."""
    return _builder(x) or (lambda _: x)


def _builder(x: Any) -> Build | None:
    """Return the builder of x, or None for a constant. Lists and dicts are never constants: they can change."""
    kind = tree.TYPE_OF(x)
    if tree.is_leaf(x):
        return next
    if tree.names(kind) and not tree.leaves(x):
        return None
    children = tree.children(x) or []
    parts = [_builder(child) for child in children]
    if not any(parts) and kind not in (list, dict):
        return None
    builds = [part or partial(_same, child) for part, child in zip(parts, children, strict=True)]
    if not issubclass(kind, tuple | list | dict):
        return _unchecked(kind, builds)
    make = tree.maker(x)
    return lambda new: make([build(new) for build in builds])


def _same(x: Any, _: Iterator[Any]) -> Any:
    return x


def _unchecked(kind: Any, builds: list[Build]) -> Build:
    """Return a function that builds a dataclass from its fields without calling its constructor."""
    named, put = list(zip(tree.names(kind) or (), builds, strict=True)), object.__setattr__

    def build(new: Iterator[Any]) -> Any:
        node: Any = object.__new__(kind)
        for name, part in named:
            put(node, name, part(new))
        return node

    return build
