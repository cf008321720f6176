"""Trees of arrays: frozen dataclasses and tuples, nested; everything else in them is constant.

`map` makes a tree from trees, `flatten` turns a tree into one vector and back.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast, overload

import numpy as np

from nnfunc.array import Array, is_array, shape_text

Tree = TypeVar("Tree")


def _children(node: Any) -> list[Any] | None:
    if isinstance(node, tuple):
        return list(node)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if dataclasses.is_dataclass(node):
        return [getattr(node, field.name) for field in dataclasses.fields(node)]
    return None


def leaves(tree: Any) -> list[Array]:
    """The arrays of a tree, in the order of its fields."""
    if isinstance(tree, Array):
        return [tree]
    return [leaf for child in _children(tree) or [] for leaf in leaves(child)]


def _rebuild(tree: Any, new: Iterator[Array]) -> Any:
    if isinstance(tree, Array):
        return next(new)
    children = _children(tree)
    if children is None:
        return tree
    made = [_rebuild(child, new) for child in children]
    return tuple(made) if isinstance(tree, tuple) else type(tree)(*made)


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
    return cast("Tree", _rebuild(tree, iter([f(*column) for column in columns])))


def flatten(tree: Tree) -> tuple[Array, Callable[[Array], Tree]]:
    """All leaves as one vector, and the function that makes such a tree from such a vector."""
    arrays = leaves(tree)
    ends = np.cumsum([leaf.size for leaf in arrays])[:-1]

    def unflatten(vector: Array) -> Tree:
        pieces = np.split(vector, ends)
        shaped = (piece.reshape(leaf.shape) for piece, leaf in zip(pieces, arrays, strict=True))
        return cast("Tree", _rebuild(tree, shaped))

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
    if is_array(tree):
        return f"{shape_text(tree)} {tree.dtype}"
    if isinstance(tree, tuple):
        return f"({', '.join(text(child) for child in _children(tree) or [])})"
    if not leaves(tree) and not isinstance(tree, Node):
        return repr(tree)
    fields = (f"{field.name}={text(getattr(tree, field.name))}" for field in dataclasses.fields(tree))
    return f"{type(tree).__name__}({', '.join(fields)})"


class Node:
    """A frozen dataclass that shows shapes, and that pickle and copy make again by its constructor, as frozen.

    It can keep its signature, which the recording of a function asks for in each call.
    """

    __slots__ = ("signature",)
    signature: tuple[Any, list[Any]]

    def __repr__(self) -> str:
        return text(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """The class, and its fields in their order."""
        return type(self), tuple(_children(self) or [])


def settle(node: Any, f: Callable[[Array], Array]) -> None:
    """Replace the arrays of a frozen dataclass by `f` of them, once, in its `__post_init__`."""
    for field in dataclasses.fields(node):
        value: Any = getattr(node, field.name)
        if isinstance(value, Array):
            object.__setattr__(node, field.name, f(cast("Array", value)))
