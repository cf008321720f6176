"""Trees of arrays: dataclasses, named tuples, tuples, lists and dicts, nested.

The leaves are the arrays and the numbers of NumPy in it. Everything else is constant, and so is a subtree that has no
leaf: a tree that is made from it holds the same object.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast, overload

import numpy as np

from nnfunc.base.array import Array, is_array, read_only, shape_text

Tree = TypeVar("Tree")

TYPE_OF: Callable[[Any], Any] = type
"""`type`, after which static checkers do not think of a tuple of unknown things."""

_LEAVES = np.ndarray, np.generic


class Constant:
    """A frozen dataclass that is no node of a tree, whatever is in it: a function, by its name."""


def is_leaf(x: object) -> bool:
    """Whether x is an array or a number of NumPy, or says that it is."""
    return isinstance(x, _LEAVES)


@functools.cache
def names(kind: Any) -> tuple[str, ...] | None:
    """The names of the fields of a dataclass or of a named tuple; None of another type."""
    bases = kind.__mro__
    if dataclasses.is_dataclass(kind) and Constant not in bases:
        return tuple(field.name for field in dataclasses.fields(kind))
    return getattr(kind, "_fields", None) if tuple in bases else None


def children(node: Any) -> list[Any] | None:
    """The parts of a node, in order; None of what is no node."""
    kind = TYPE_OF(node)
    if kind in (tuple, list, dict):
        return list(node.values() if kind is dict else node)
    fields = names(kind)
    return None if fields is None else [getattr(node, name) for name in fields]


def leaves(tree: Any) -> list[Array]:
    """The leaves of a tree, in order."""
    return [tree] if is_leaf(tree) else [leaf for child in children(tree) or () for leaf in leaves(child)]


def maker(node: Any) -> Callable[[list[Any]], Any]:
    """The function that makes such a node of other children, by its constructor."""
    kind = TYPE_OF(node)
    if kind is dict:
        keys = list(node)
        return lambda new: dict(zip(keys, new, strict=True))
    if kind is list or tuple in kind.__mro__:
        return cast("Callable[[list[Any]], Any]", getattr(kind, "_make", kind))
    fields = dataclasses.fields(kind)
    return lambda new: kind(**{field.name: child for field, child in zip(fields, new, strict=True) if field.init})


def rebuild(tree: Any, new: Iterator[Any]) -> Any:
    """The same tree with other leaves; a part of it in which all are the same is the same object."""
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
    """The tree of `f(leaf, *leaves of the others)`; constants are those of the first tree.

    Raises:
        ValueError: the trees do not have the same number of leaves.
    """
    columns = list(zip(leaves(tree), *(leaves(other) for other in others), strict=True))
    return cast("Tree", rebuild(tree, iter([f(*column) for column in columns])))


def flatten(tree: Tree) -> tuple[Array, Callable[[Array], Tree]]:
    """All leaves as one vector, and the function that makes such a tree from such a vector."""
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
    """`dataclasses.replace` that takes over arrays which were made just now.

    They become read-only and are not copied: nobody else may hold them.
    """
    for array in fresh.values():
        array.flags.writeable = False
    return cast("Tree", dataclasses.replace(cast("Any", node), **fresh))


def text(tree: Any) -> str:
    """The tree with the shape and dtype of each array in place of its content, for `repr`."""
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
    """A frozen dataclass that shows shapes, and that pickle and copy make again by its constructor, as frozen.

    It holds read-only views of its arrays, where its class says nothing else, and can keep its signature, which the
    recording of a function asks for in each call.
    """

    __slots__ = ("signature",)
    signature: tuple[Any, list[Any]]

    def __post_init__(self) -> None:
        settle(self, read_only)

    def __repr__(self) -> str:
        return text(self)

    def __reduce__(self: Any) -> tuple[Any, ...]:
        """The class, and the arguments of its constructor in their order."""
        return TYPE_OF(self), tuple(getattr(self, field.name) for field in dataclasses.fields(self) if field.init)


def settle(node: Any, f: Callable[[Array], Array]) -> None:
    """Replace the arrays of a frozen dataclass by `f` of them, once, in its `__post_init__`."""
    for name in names(TYPE_OF(node)) or ():
        value = getattr(node, name)
        if is_array(value):
            object.__setattr__(node, name, f(value))
