"""`prove` runs a function once on arrays without entries, and so checks its shapes for every size at once.

The modules that it needs are imported at its first use: most programs never prove anything.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import DTypeLike

from nnfunc.base.array import Array


def symbolic(axes: str, dtype: DTypeLike = np.float32) -> Array:
    """Return an array of which only dtype and shape are known: `"784 m"` has 784 rows and m columns, for every m.

    A name stands for every size from 2 on, and the same name for the same size. A size can be a formula (`"m+1"`,
    `"2*m"`).

    Raises:
        ShapeError: an axis is not a number, name or formula.
    """
    from nnfunc.shapes.symbols.arrays import SymbolicArray
    from nnfunc.shapes.symbols.symbolic_arguments import shape_from

    return cast("Array", SymbolicArray(shape_from(axes, {}), dtype))


def prove(f: Callable[..., Any], *args: Any, each: Sequence[str] | str = ()) -> None:
    """Prove the shapes of a function for all sizes: run it once on arrays that have only a dtype and a shape.

    The checks of `f`, and of all functions that it calls, see symbolic sizes; nothing is computed. Axes with different
    names never match, while in a normal call their sizes may happen to be equal.

    A proof covers a single path through `f`: branches on Python numbers or strings, and arguments with a default, have
    the values of this call.

    Args:
        f: pure function of arrays; checked as if it were decorated, if it is not.
        args: symbolic arrays, and other arguments that f takes. If there are none, they are created from its
            annotations.
        each: axes whose entries are samples: f must treat each sample alone, and must not mix entries along them.

    Raises:
        ShapeError: shapes do not fit for all sizes; or f cannot be followed, because it branches on a size or on the
            entries of an array, or calls a NumPy function that is not covered; or checks are switched off.
    """
    from nnfunc.shapes import prove

    prove.prove(f, args, each, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
