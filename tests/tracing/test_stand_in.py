"""What all readings have in common, seen on a third one, which counts the calls of NumPy."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import numpy as np
import pytest
from jaxtyping import Float

import nnfunc as nn
from nnfunc.tracing.stand_in import StandIn


class Counting(StandIn):
    """An array that computes on ones, and notes the name of each function."""

    __slots__ = ("names",)

    def __init__(self, shape: tuple[int, ...], names: list[str], *, is_scalar: bool = False) -> None:
        super().__init__(shape, np.dtype(np.float64), is_scalar, writeable=True)
        self.names = names

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return self._of(getattr(ufunc, method), *inputs, **options)

    def __array_function__(self, f: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._of(f, *args, **kwargs)

    def _of(self, f: Any, /, *args: Any, **options: Any) -> Any:
        self.names.append(f.__name__)
        result = f(*(np.ones(x.shape) if type(x) is Counting else x for x in args), **options)
        return Counting(result.shape, self.names, is_scalar=not isinstance(result, np.ndarray))

    def _method(self, name: str) -> Callable[..., Any]:
        return partial(self._of, getattr(np.ndarray, name), self)

    def _without_entries(self, what: str, /) -> Exception:
        return TypeError(f"asked for as {what}")


@nn.checked
def affine(W: Float[nn.Array, "n d"], X: Float[nn.Array, "d m"]) -> Float[nn.Array, "n m"]:
    Z: nn.Array = W @ X + 1
    return Z


def test_a_third_reading_runs_a_checked_function() -> None:
    names: list[str] = []
    shapes: Any = (2, 3), (3, 4)
    W, X = (cast("Any", Counting(shape, names)) for shape in shapes)
    for f in (affine, nn.recorded(affine)):  # which is no recording: its arguments belong to this reading
        Z: Any = f(W, X)
        assert type(Z) is Counting
        assert Z.shape == (2, 4)
    assert len(names) == 4
    with pytest.raises(nn.ShapeError, match=r"^affine: X must be Float d×m with d = 3"):
        affine(W, W)


def test_it_passes_for_an_array_or_a_number() -> None:
    names: list[str] = []
    Z: Any = Counting((2, 3, 4), names)
    assert isinstance(cast("object", Z), np.ndarray)
    assert isinstance(Z.sum(), np.float64)
    assert (Z.ndim, Z.size, Z.itemsize, Z.nbytes) == (3, 24, 8, 192)
    assert (Z.T.shape, Z.mT.shape, Z.transpose(1, 0, 2).shape) == ((4, 3, 2), (2, 4, 3), (3, 2, 4))
    assert Z.reshape(6, -1).shape == Z.reshape((6, 4)).shape == (6, 4)
    assert (f"{Z:.3f}", copy.copy(Z).shape) == ("(2×3×4, float64)", (2, 3, 4))
    assert Z.sum().T.shape == ()


def test_what_it_does_not_have_is_refused() -> None:
    Z: Any = Counting((2, 3), [])
    numbers: list[Callable[[Any], Any]] = [float, int, complex, round, lambda Z: Z.item(), lambda Z: 1 in Z]
    for f in numbers:
        with pytest.raises(TypeError, match="asked for as a number"):
            f(Z)
    with pytest.raises(TypeError, match="asked for as a condition"):
        bool(Z)
    with pytest.raises(AttributeError, match=r"'numpy\.ndarray' object has no attribute 'rows'"):
        _ = Z.rows
    with pytest.raises(AttributeError):
        Z.shape = (3, 2)  # which nothing would check
    with pytest.raises(TypeError, match="unhashable"):
        hash(Z)
