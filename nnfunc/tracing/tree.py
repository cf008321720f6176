"""Trees of arrays: dataclasses, named tuples, tuples, lists and dicts, nested.

The leaves are its arrays and NumPy scalars. Everything else is constant, and so is a subtree without leaves: a tree
that is rebuilt from this one holds the same object.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast, overload

import numpy as np

from nnfunc.base.array import Array, is_array, read_only, shape_text

Tree = TypeVar("Tree")

TYPE_OF: Callable[[Any], Any] = type
"""`type`, annotated so that static checkers do not narrow its argument to a tuple of unknown types."""

_LEAVES = np.ndarray, np.generic


class Constant:
    """A base class for frozen dataclasses that are never nodes of a tree, whatever they hold: named functions."""


def is_leaf(x: object) -> bool:
    """Return whether x is a NumPy array or scalar, or passes for one."""
    return isinstance(x, _LEAVES)


@functools.cache
def names(kind: Any) -> tuple[str, ...] | None:
    """Return the field names of a dataclass or a named tuple; None for another type."""
    bases = kind.__mro__
    if dataclasses.is_dataclass(kind) and Constant not in bases:
        return tuple(field.name for field in dataclasses.fields(kind))
    return getattr(kind, "_fields", None) if tuple in bases else None


def children(node: Any) -> list[Any] | None:
    """Return the children of a node, in order; None if it is not a node."""
    kind = TYPE_OF(node)
    if kind in (tuple, list, dict):
        return list(node.values() if kind is dict else node)
    fields = names(kind)
    return None if fields is None else [getattr(node, name) for name in fields]


def leaves(tree: Any) -> list[Array]:
    """Return the leaves of a tree, in order."""
    return [tree] if is_leaf(tree) else [leaf for child in children(tree) or () for leaf in leaves(child)]


def maker(node: Any) -> Callable[[list[Any]], Any]:
    """Return a function that builds a node of the same kind from other children, by its constructor."""
    kind = TYPE_OF(node)
    if kind is dict:
        keys = list(node)
        return lambda new: dict(zip(keys, new, strict=True))
    if kind is list or tuple in kind.__mro__:
        return cast("Callable[[list[Any]], Any]", getattr(kind, "_make", kind))
    fields = dataclasses.fields(kind)
    return lambda new: kind(**{field.name: child for field, child in zip(fields, new, strict=True) if field.init})


def rebuild(tree: Any, new: Iterator[Any]) -> Any:
    """Return the tree with new leaves; a subtree whose leaves do not change stays the same object."""
    if is_leaf(tree):
        return next(new)
    old = children(tree) or []
    made = [rebuild(child, new) for child in old]
    return tree if all(one is other for one, other in zip(made, old, strict=True)) else maker(tree)(made)


@overload
def map(f: Callable[[Array], Array], tree: Tree, /) -> Tree: ...  # noqa: A001


@overload
def map(f: Callable[[Array, Array], Array], tree: Tree, other: Tree, /) -> Tree: ...  # noqa: A001


def map(f: Callable[..., Array], tree: Tree, *others: Tree) -> Tree:  # noqa: A001
    """Return the tree of `f(leaf, *leaves of the others)`; constants are those of the first tree.

    Raises:
        ValueError: the trees do not have the same number of leaves.
    """
    columns = list(zip(leaves(tree), *(leaves(other) for other in others), strict=True))
    return cast("Tree", rebuild(tree, iter([f(*column) for column in columns])))


def flatten(tree: Tree) -> tuple[Array, Callable[[Array], Tree]]:
    """Return all leaves as one vector, and the function that turns such a vector back into such a tree."""
    arrays = leaves(tree)
    ends = np.cumsum([leaf.size for leaf in arrays])[:-1]

    def unflatten(vector: Array) -> Tree:
        shaped = (
            piece.reshape(leaf.shape)[... if is_array(leaf) else ()]
            for piece, leaf in zip(np.split(vector, ends), arrays, strict=True)
        )
        return cast("Tree", rebuild(tree, shaped))

    return np.concatenate([leaf.ravel() for leaf in arrays]), unflatten


def replace(node: Tree, **fresh: Array) -> Tree:
    """Call `dataclasses.replace` with newly created arrays, of which the node takes ownership.

    They become read-only and are not copied, so nothing else may refer to them.
    """
    for array in fresh.values():
        array.flags.writeable = False
    return cast("Tree", dataclasses.replace(cast("Any", node), **fresh))


def text(tree: Any) -> str:
    """Return a text for `repr`: the tree with the shape and dtype of each array instead of its entries."""
    kind, nodes = TYPE_OF(tree), children(tree)
    if is_array(tree):
        return f"{shape_text(tree)} {tree.dtype}"
    if nodes is None:
        return repr(tree)
    texts = [repr(node) if names(TYPE_OF(node)) and not leaves(node) else text(node) for node in nodes]
    if kind in (tuple, list):
        return f"({', '.join(texts)})" if kind is tuple else f"[{', '.join(texts)}]"
    if kind is dict:
        return f"{{{', '.join(f'{key!r}: {each}' for key, each in zip(tree, texts, strict=True))}}}"
    named = zip(names(kind) or (), texts, strict=True)
    return f"{kind.__name__}({', '.join(f'{name}={each}' for name, each in named)})"


class Node:
    """A base class for frozen dataclasses: `repr` shows shapes; pickle and copy call the constructor.

    So a copy is frozen, too. The arrays become read-only views, unless the class does otherwise. A node can cache its
    signature, which a recorded function needs at each call.
    """

    __slots__ = ("signature",)
    signature: tuple[Any, list[Any]]

    def __post_init__(self) -> None:
        settle(self, read_only)

    def __repr__(self) -> str:
        return text(self)

    def __reduce__(self: Any) -> tuple[Any, ...]:
        """Return the class, and the arguments of its constructor in order."""
        return TYPE_OF(self), tuple(getattr(self, field.name) for field in dataclasses.fields(self) if field.init)


def settle(node: Any, f: Callable[[Array], Array]) -> None:
    """Replace each array x of a frozen dataclass by `f(x)`; only for its `__post_init__`."""
    for name in names(TYPE_OF(node)) or ():
        value = getattr(node, name)
        if is_array(value):
            object.__setattr__(node, name, f(value))
