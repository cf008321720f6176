"""Checks that X, Y, a cache and gradients fit the parameters they are used with, which annotations cannot express.

The annotations of a function do not see the sizes inside a dataclass that it receives. `checked_with` runs these checks
before the annotations are enforced, and even if those are switched off. They read shapes and dtypes, never values.
`where` is the name of the function that was called.
"""

from typing import Any

import numpy as np

from nnfunc.base.array import Array, Scalar, is_array, shape_text
from nnfunc.base.errors import ShapeError
from nnfunc.model.cache_and_grads import Cache, Grads, Masks
from nnfunc.model.equations import cost_equation, output_errors
from nnfunc.model.params import Params
from nnfunc.tracing import tree


def input_and_masks(where: str, params: Params, X: Array, masks: Masks = ()) -> None:
    """Raise unless X fits W[1] and has the dtype of params, and all hidden layers have fitting masks, or none."""
    pixels_or_input(where, params, X, pixels=False)
    hidden, m = params.sizes[1:-1], X.shape[1]
    if len(masks) not in (0, len(hidden)):
        raise ShapeError(f"{where}: masks must be one for each of {len(hidden)} hidden layers; got {len(masks)}.")
    for l, (n, mask) in enumerate(zip(hidden, masks, strict=False), start=1):
        array_is(where, "mask", mask)
        if mask.shape != (n, m) or mask.dtype != params.dtype:
            raise ShapeError(
                f"{where}: the mask of A[{l}] must be {n}×{m} and {params.dtype}; "
                f"got a mask ({shape_text(mask)}, {mask.dtype})."
            )


def pixels_or_input(where: str, params: Params, X: Array, *, pixels: bool = True) -> None:
    """Raise unless X fits W[1], as floats of the dtype of params or, with `pixels`, as uint8."""
    _params_are(where, params)
    array_is(where, "X", X)
    n_in, W1 = params.sizes[0], params.layers[0].W
    if X.ndim != 2 or X.shape[0] != n_in:
        raise ShapeError(
            f"{where}: X must have {n_in} rows, one column per sample, to enter W[1] ({shape_text(W1)}); "
            f"got X ({shape_text(X)}).{_input_remedy(X, n_in)}"
        )
    if X.dtype != params.dtype and not (pixels and X.dtype == np.uint8):
        remedy = f"nn.scale(X, np.{params.dtype})" if X.dtype == np.uint8 else f"X.astype(np.{params.dtype})"
        raise ShapeError(f"{where}: X must be {params.dtype} like params; got X {X.dtype}. Pass {remedy}?")


def samples(where: str, params: Params, X: Array, Y: Array, weights: Array | None = None, **_: object) -> None:
    """Raise unless X (floats or pixels), Y and weights fit params and each other; other settings are ignored."""
    pixels_or_input(where, params, X)
    _targets_fit(where, params, Y, weights, X.shape[1])


def cache_and_targets(where: str, params: Params, cache: Cache, Y: Array, weights: Array | None = None) -> None:
    """Raise unless the cache fits params, and Y and weights fit the samples of the cache."""
    _layers_are(where, params, Cache, cache)
    m = cache.output.shape[-1]
    for l, (layer, cached) in enumerate(zip(params.layers, cache.layers, strict=True), start=1):
        n_out, n_in = layer.W.shape
        for name, array, n in (("A_prev", cached.A_prev, n_in), ("Z", cached.Z, n_out), ("A", cached.A, n_out)):
            if array.shape != (n, m) or array.dtype != params.dtype:
                raise ShapeError(
                    f"{where}: {name} of cache.layers[{l - 1}] must be {n}×{m} and {params.dtype}, of "
                    f"A[{l}] = g(W[{l}] A[{l - 1}] + b[{l}]); got {name} ({shape_text(array)}, {array.dtype}). "
                    f"Create the cache with nn.forward(params, X)."
                )
    _targets_fit(where, params, Y, weights, m)


def gradients(where: str, params: Params, grads: Grads, α: Scalar) -> None:
    """Raise unless dW and db fit W and b of each layer, and α, if an array, is 0-d and has the dtype of params."""
    _layers_are(where, params, Grads, grads)
    for l, (layer, grad) in enumerate(zip(params.layers, grads.layers, strict=True), start=1):
        for name, of, array in (("dW", layer.W, grad.dW), ("db", layer.b, grad.db)):
            if array.shape != of.shape or array.dtype != of.dtype:
                raise ShapeError(
                    f"{where}: {name}[{l}] must be {shape_text(of)} and {of.dtype} for {name[1]}[{l}] ← {name[1]}[{l}] "
                    f"− α {name}[{l}]; got {name}[{l}] ({shape_text(array)}, {array.dtype}). "
                    f"Create grads with nn.backward(params, cache, Y)."
                )
    if isinstance(α, Array | np.generic) and (α.shape != () or α.dtype != params.dtype):
        raise ShapeError(
            f"{where}: α must be a number, or a 0-d array of {params.dtype} like params; "
            f"got α {α.dtype} of shape {α.shape}. Pass float(α)?"
        )


def one_dtype(where: str, *given: object) -> None:
    """Raise unless all arrays are float32 or all float64; for `notes`, whose annotations fix the sizes only."""
    dtypes = list(dict.fromkeys(str(x.dtype) for x in tree.leaves(given)))
    if dtypes not in (["float32"], ["float64"]):
        raise ShapeError(
            f"{where}: its arrays must all be float32 or all float64; got {' and '.join(dtypes)}. "
            f"Convert with .astype, or float(α)?"
        )


def one_dtype_and_batch(where: str, params: object, cache: object, Y: object) -> None:
    """Raise unless all arrays have one dtype and Y has as many columns as the cache; for `notes.backward`."""
    one_dtype(where, params, cache, Y)
    for A in tree.leaves(cache):
        if A.shape[-1:] == (0,):
            raise ShapeError(f"{where}: X and Y must have at least one column, one per sample; got none.")
        if is_array(Y) and Y.shape[-1:] != A.shape[-1:]:
            raise ShapeError(
                f"{where}: Y must have {A.shape[-1]} columns, one per sample of the cache; got Y ({shape_text(Y)}). "
                f"Create the cache with forward(params, X) of the same samples."
            )


def array_is(where: str, name: str, x: object) -> None:
    """Raise unless x is a plain NumPy array."""
    if not is_array(x):
        remedy = f"Pass its .{name}?" if hasattr(x, name) else f"Pass np.asarray({name})?"
        raise ShapeError(f"{where}: {name} must be a NumPy array; got a value of type {type(x).__name__}. {remedy}")
    if isinstance(x, np.ma.MaskedArray | np.matrix):
        raise ShapeError(
            f"{where}: {name} must be a plain NumPy array; got a {type(x).__name__}. Pass np.array({name})?"
        )


def _params_are(where: str, params: object) -> None:
    if not isinstance(params, Params):
        raise ShapeError(
            f"{where}: params must be nn.Params; got a value of type {type(params).__name__}. "
            f"{'Pass its .params?' if hasattr(params, 'params') else 'Create them with nn.init(sizes)?'}"
        )


def _input_remedy(X: Array, n_in: int) -> str:
    remedies = (
        (X.shape[1:] == (n_in,), " Pass X.T?"),
        (X.shape == (n_in,), " Pass X[:, None], one sample as one column?"),
        (X.ndim == 3 and X.shape[1] * X.shape[2] == n_in, " Pass nn.to_columns(X)?"),
    )
    return next((remedy for helps, remedy in remedies if helps), "")


def _targets_fit(where: str, params: Params, Y: Array, weights: Array | None, m: int) -> None:
    """Raise unless Y, and weights if given, fit params and m samples."""
    L, n_out = len(params.layers), params.sizes[-1]
    array_is(where, "Y", Y)
    if m == 0:
        raise ShapeError(f"{where}: X and Y must have at least one column, one per sample; got none.")
    if Y.shape != (n_out, m):
        equation = cost_equation(params) if where == "cost" else output_errors(params)[0]
        raise ShapeError(
            f"{where}: Y must be {n_out}×{m}, as A[{L}] in {equation.formula}; "
            f"got Y ({shape_text(Y)}).{_target_remedy(Y, n_out, m)}"
        )
    if Y.dtype != params.dtype:
        raise ShapeError(
            f"{where}: Y must be {params.dtype} like params; got Y {Y.dtype}. Pass Y.astype(np.{params.dtype})?"
        )
    if weights is not None:
        array_is(where, "weights", weights)
        if weights.shape != (m,) or weights.dtype != params.dtype:
            raise ShapeError(
                f"{where}: weights must be {m} numbers, one per sample, {params.dtype} like params; "
                f"got weights ({shape_text(weights)}, {weights.dtype})."
            )


def _target_remedy(Y: Array, n_out: int, m: int) -> str:
    if Y.shape == (m,):
        return " Pass Y[None]?" if n_out == 1 else f" Pass nn.one_hot(Y, {n_out})?"
    return " Pass Y.T?" if Y.shape == (m, n_out) else ""


_MADE = {Cache: ("cache", "it", "nn.forward(params, X)"), Grads: ("grads", "them", "nn.backward(params, cache, Y)")}


def _layers_are(where: str, params: Params, kind: type[Cache | Grads], given: Any) -> None:
    """Raise unless `given` is a Cache or Grads, whichever `kind` is, with as many layers as params."""
    _params_are(where, params)
    name, them, call = _MADE[kind]
    if not isinstance(given, kind):
        raise ShapeError(f"{where}: {name} must be what {call} returned; got a value of type {type(given).__name__}.")
    if len(given.layers) != len(params.layers):
        raise ShapeError(
            f"{where}: {name} must hold {len(params.layers)} layers, as params; got {len(given.layers)}. "
            f"Create {them} with {call}."
        )
