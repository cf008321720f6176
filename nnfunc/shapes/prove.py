"""`prove`: run a function once on arrays without entries, and so check its shapes for every size at once.

What this takes is imported when it is first used: most programs never prove anything.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import DTypeLike

from nnfunc.base.array import Array


def symbolic(axes: str, dtype: DTypeLike = np.float32) -> Array:
    """An array of which only dtype and shape are known: `"784 m"` has 784 rows and m columns, for every m.

    A name stands for every size from 2 on, and the same name for the same size. Formulas (`"m+1"`, `"2*m"`) are sizes.

    Raises:
        ShapeError: an axis is no number, name or formula.
    """
    from nnfunc.shapes.symbols.arguments import shape_from
    from nnfunc.shapes.symbols.arrays import SymbolicArray

    return cast("Array", SymbolicArray(shape_from(axes, {}), dtype))


def prove(f: Callable[..., Any], *args: Any, each: Sequence[str] | str = ()) -> None:
    """Prove the shapes of a function for all sizes: run it once on arrays that have only a dtype and a shape.

    The checks of `f`, and of all that it calls, see symbolic sizes; nothing is computed. Axes of different names never
    agree, as they would where their sizes happen to be equal.

    It runs one path: of a branch on numbers or strings of Python, and of an argument with a default, it sees what it
    is given.

    Args:
        f: pure function of arrays; checked as if it were decorated, if it is not.
        args: symbolic arrays, and whatever else it takes. Made from its annotations where none are given.
        each: axes whose entries are samples: f must treat each sample alone, so that nothing may be mixed along them.

    Raises:
        ShapeError: shapes do not fit for all sizes, or f does what no proof can follow: it branches on a size or on the
            entries of an array, or calls a function of NumPy that is not covered; or the checks are switched off.
    """
    from nnfunc.shapes import proof

    proof.prove(f, args, each, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
