"""What annotations cannot see: that X, Y, a cache and gradients fit the parameters they are used with.

Sizes in a dataclass do not reach the annotations of the function that receives it. These checks run before the
annotations are enforced, and stay where those are switched off. They read shapes and dtypes, never values.
"""

import numpy as np

from nnfunc import tree
from nnfunc.array import Array, Scalar, is_array, shape_text
from nnfunc.errors import ShapeError
from nnfunc.params import Params
from nnfunc.passes import Cache, Grads


def forward_fits(params: Params, X: Array) -> None:
    """For `forward`: X enters W[1]."""
    _params_are("forward", params)
    _input_fits("forward", params, X)


def prediction_fits(params: Params, X: Array) -> None:
    """For `predict` and `probabilities`: X enters W[1], as floats or as pixels."""
    _params_are("predict", params)
    _input_fits("predict", params, X, pixels=True)


def gradient_fits(params: Params, X: Array, Y: Array) -> None:
    """For `gradient` and `check_gradient`: X, as floats or as pixels, and Y, column by column."""
    _params_are("gradient", params)
    _input_fits("gradient", params, X, pixels=True)
    _targets_fit("gradient", params, Y, X.shape[1])


def backward_fits(params: Params, cache: Cache, Y: Array) -> None:
    """For `backward`: a cache of these params, and Y of its samples."""
    _params_are("backward", params)
    _cache_fits("backward", params, cache)
    _targets_fit("backward", params, Y, cache.output.shape[1])


def cost_fits(params: Params, cache: Cache, Y: Array) -> None:
    """For `cost`: a cache of these params, and Y of its samples."""
    _params_are("cost", params)
    _cache_fits("cost", params, cache)
    _targets_fit("cost", params, Y, cache.output.shape[1])


def update_fits(params: Params, grads: Grads, α: Scalar) -> None:
    """For `update`: one dW and one db for each W and b, and a number."""
    _params_are("update", params)
    _gradients_fit("update", params, grads)
    _rate_fits("update", params, α)


def data_fits(where: str, params: Params, X: Array) -> None:
    """For `train` and `evaluate`: X enters W[1], as floats or as pixels."""
    _params_are(where, params)
    _input_fits(where, params, X, pixels=True)


def notes_forward_fits(params: object, X: object) -> None:
    """For `notes.forward`: one dtype."""
    _one_dtype("forward", params=params, X=X)


def notes_backward_fits(params: object, cache: object, Y: object) -> None:
    """For `notes.backward`: one dtype, and Y of the samples of the cache."""
    _one_dtype("backward", params=params, cache=cache, Y=Y)
    for A in tree.leaves(cache):
        if is_array(Y) and Y.shape[-1:] != A.shape[-1:]:
            raise ShapeError(
                f"backward: Y must have {A.shape[-1]} columns, one per sample of the cache; got Y ({shape_text(Y)}). "
                f"Make the cache with forward(params, X) of the same samples."
            )


def notes_update_fits(params: object, grads: object, α: Scalar) -> None:
    """For `notes.update`: one dtype."""
    _one_dtype("update", params=params, grads=grads, α=α)


def _one_dtype(where: str, **trees: object) -> None:
    found = [(name, leaf.dtype) for name, given in trees.items() for leaf in tree.leaves(given)]
    if len({dtype for _, dtype in found}) > 1:
        got = ", ".join(f"{name} {dtype}" for name, dtype in dict.fromkeys(found))
        raise ShapeError(f"{where}: its arrays must all be float32 or all float64; got {got}. Convert with .astype?")


def _params_are(where: str, params: object) -> None:
    if not isinstance(params, Params):
        raise ShapeError(
            f"{where}: params must be nn.Params; got a value of type {type(params).__name__}. "
            f"Make them with nn.init(sizes)?"
        )


def _array_is(where: str, name: str, x: object) -> None:
    if not is_array(x):
        raise ShapeError(
            f"{where}: {name} must be a NumPy array; got a value of type {type(x).__name__}. Pass np.asarray({name})?"
        )


def _input_fits(where: str, params: Params, X: Array, *, pixels: bool = False) -> None:
    _array_is(where, "X", X)
    n_in, W1 = params.sizes[0], params.layers[0].W
    if X.ndim != 2 or X.shape[0] != n_in:
        raise ShapeError(
            f"{where}: X must have {n_in} rows, one column per sample, to enter W[1] ({shape_text(W1)}); "
            f"got X ({shape_text(X)}).{_input_remedy(X, n_in)}"
        )
    if X.dtype != params.dtype and not (pixels and X.dtype == np.uint8):
        remedy = f"nn.scale(X, np.{params.dtype})" if X.dtype == np.uint8 else f"X.astype(np.{params.dtype})"
        raise ShapeError(f"{where}: X must be {params.dtype} like params; got X {X.dtype}. Pass {remedy}?")


def _input_remedy(X: Array, n_in: int) -> str:
    if X.ndim == 2 and X.shape[1] == n_in:
        return " Pass X.T?"
    if X.ndim == 1 and X.shape[0] == n_in:
        return " Pass X[:, None], one sample as one column?"
    if X.ndim == 3 and X.shape[1] * X.shape[2] == n_in:
        return " Pass nn.to_columns(X)?"
    return ""


def _targets_fit(where: str, params: Params, Y: Array, m: int) -> None:
    L, n_out = len(params.layers), params.sizes[-1]
    _array_is(where, "Y", Y)
    if m == 0:
        raise ShapeError(f"{where}: there must be at least one sample, one column of X and Y; got none.")
    if Y.shape != (n_out, m):
        raise ShapeError(
            f"{where}: Y must be {n_out}×{m}, as A[{L}] of these samples; "
            f"got Y ({shape_text(Y)}).{_target_remedy(Y, n_out, m)}"
        )
    if Y.dtype != params.dtype:
        raise ShapeError(
            f"{where}: Y must be {params.dtype} like params; got Y {Y.dtype}. Pass Y.astype(np.{params.dtype})?"
        )


def _target_remedy(Y: Array, n_out: int, m: int) -> str:
    if Y.shape == (m,):
        return " Pass Y[None]?" if n_out == 1 else f" Pass nn.one_hot(Y, {n_out})?"
    if Y.shape == (m, n_out):
        return " Pass Y.T?"
    return ""


def _cache_fits(where: str, params: Params, cache: object) -> None:
    if not isinstance(cache, Cache):
        raise ShapeError(
            f"{where}: cache must be what nn.forward(params, X) returned; got a value of type {type(cache).__name__}."
        )
    if len(cache.layers) != len(params.layers):
        raise ShapeError(
            f"{where}: cache must hold {len(params.layers)} layers, as params; got {len(cache.layers)}. "
            f"Make it with nn.forward(params, X)."
        )
    m = cache.output.shape[-1]
    for l, (layer, cached) in enumerate(zip(params.layers, cache.layers, strict=True), start=1):
        n_out, n_in = layer.W.shape
        for name, array, n in (
            ("A_prev", cached.A_prev, n_in),
            ("Z", cached.Z, n_out),
            ("A", cached.A, n_out),
        ):
            if array.shape != (n, m) or array.dtype != params.dtype:
                raise ShapeError(
                    f"{where}: {name} of cache.layers[{l - 1}] must be {n}×{m} and {params.dtype}; got {name} "
                    f"({shape_text(array)}, {array.dtype}). Make the cache with nn.forward(params, X)."
                )


def _gradients_fit(where: str, params: Params, grads: object) -> None:
    if not isinstance(grads, Grads):
        raise ShapeError(
            f"{where}: grads must be what nn.backward(params, cache, Y) returned; "
            f"got a value of type {type(grads).__name__}."
        )
    if len(grads.layers) != len(params.layers):
        raise ShapeError(
            f"{where}: grads must hold {len(params.layers)} layers, as params; got {len(grads.layers)}. "
            f"Make them with nn.backward(params, cache, Y)."
        )
    for l, (layer, grad) in enumerate(zip(params.layers, grads.layers, strict=True), start=1):
        for name, of, array in (("dW", layer.W, grad.dW), ("db", layer.b, grad.db)):
            if array.shape != of.shape or array.dtype != of.dtype:
                raise ShapeError(
                    f"{where}: {name}[{l}] must be {shape_text(of)} and {of.dtype}, as {name[1]}[{l}]; got {name}[{l}] "
                    f"({shape_text(array)}, {array.dtype}). Make grads with nn.backward(params, cache, Y)."
                )


def _rate_fits(where: str, params: Params, α: Scalar) -> None:
    if isinstance(α, Array | np.generic) and (α.shape != () or α.dtype != params.dtype):
        raise ShapeError(
            f"{where}: α must be a number, or a 0-d array of {params.dtype} like params; "
            f"got α {α.dtype} of shape {α.shape}. Pass float(α)?"
        )
