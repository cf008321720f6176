"""Random pure programs in NumPy, to compare what is replayed with what is called."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

import nnfunc as nn

SIZES = (1, 2, 3, 5, 8)

Rng: TypeAlias = np.random.Generator

Operation: TypeAlias = tuple[Literal[1], Callable[[Rng, Any], Any]] | tuple[Literal[2], Callable[[Rng, Any, Any], Any]]
"""How many arrays it takes, and what it does with them and a generator that decides its details."""


def any_axis(x: nn.Array, rng: Rng) -> int | None:
    return None if x.ndim == 0 or rng.random() < 0.2 else int(rng.integers(-x.ndim, x.ndim))


def some_slice(x: nn.Array, rng: Rng) -> Any:
    key: list[Any] = []
    shape: tuple[int, ...] = x.shape
    for n in shape:
        start, stop = sorted(int(i) for i in rng.integers(0, n + 1, 2))
        choices = [
            slice(None),
            slice(None, None, -1),
            slice(start, max(stop, start + 1)),
            slice(None, None, 2),
            int(rng.integers(-n, n)),
            Ellipsis,
        ]
        choice = choices[rng.integers(len(choices))]
        key.append(choice if choice is not Ellipsis or Ellipsis not in key else slice(None))
    if rng.random() < 0.3:
        key.insert(int(rng.integers(len(key) + 1)), None)
    key = key[: int(rng.integers(0, len(key) + 1))]
    return tuple(key)


def shuffled_shape(x: nn.Array, rng: Rng) -> Any:
    return x.reshape([(-1,), (x.size,), (*x.shape[::-1],), (1, *x.shape)][rng.integers(4)])


def number(rng: Rng) -> Any:
    return [0, 1, 2, -1, 0.5, 3.0, 1e-3, -0.0, True, np.float32(0.7), np.float64(1.3)][rng.integers(11)]


BINARY: tuple[Any, ...] = (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.greater, np.less_equal, np.logaddexp, np.heaviside, np.copysign, np.arctan2, np.hypot)  # fmt: skip
UNARY: tuple[Any, ...] = (np.exp, np.tanh, np.abs, np.negative, np.square, np.sign, np.sqrt, np.log1p, np.expm1, np.isfinite, np.floor, np.reciprocal, np.positive, np.sin, np.log, np.cbrt)  # fmt: skip
REDUCTIONS: tuple[Any, ...] = (np.sum, np.max, np.min, np.prod, np.mean, np.var, np.std, np.any, np.all, np.amax)

OPERATIONS: dict[str, Operation] = {
    **{f.__name__: (2, lambda rng, x, y, f=f: f(x, y)) for f in BINARY},
    **{f"{f.__name__} of a number": (1, lambda rng, x, f=f: f(x, number(rng)) if rng.random() < 0.5 else f(number(rng), x)) for f in BINARY},
    **{f.__name__: (1, lambda rng, x, f=f: f(x)) for f in UNARY},
    **{f"{f.__name__} along": (1, lambda rng, x, f=f: f(x, axis=any_axis(x, rng), keepdims=bool(rng.integers(2)))) for f in REDUCTIONS},
    "@": (2, lambda rng, x, y: x @ y),
    "@ of the transpose": (2, lambda rng, x, y: x @ y.T),
    "transpose @": (2, lambda rng, x, y: x.T @ y),
    "@ of itself": (1, lambda rng, x: x @ x.T),
    "dot": (2, lambda rng, x, y: np.dot(x, y)),
    "**": (1, lambda rng, x: x ** number(rng)),
    "** of two": (2, lambda rng, x, y: np.abs(x) ** np.abs(y)),
    "number **": (1, lambda rng, x: 2.0**x),
    "+=": (1, lambda rng, x: -x + 1),
    "where": (2, lambda rng, x, y: np.where(x > y, x, y)),  # pyright: ignore[reportUnknownLambdaType]
    "where numbers": (1, lambda rng, x: np.where(x > 0, 1, x)),
    "clip": (1, lambda rng, x: np.clip(x, -0.5, 0.5)),
    ".T": (1, lambda rng, x: x.T),
    "slice": (1, lambda rng, x: x[some_slice(x, rng)]),
    "reshape": (1, lambda rng, x: shuffled_shape(x, rng)),
    "ravel": (1, lambda rng, x: x.ravel()),
    "newaxis": (1, lambda rng, x: x[..., None]),
    "squeeze": (1, lambda rng, x: np.squeeze(x)),
    "flip": (1, lambda rng, x: np.flip(x)),
    "swapaxes": (1, lambda rng, x: np.swapaxes(x, 0, -1)),
    "broadcast_to": (1, lambda rng, x: np.broadcast_to(x, (2, *x.shape))),
    "concatenate": (2, lambda rng, x, y: np.concatenate([x, y, x], axis=0)),
    "stack": (2, lambda rng, x, y: np.stack((x, y), axis=-1)),
    "split": (1, lambda rng, x: np.split(x, 1 if x.shape[0] % 2 else 2)[-1]),
    "einsum": (2, lambda rng, x, y: np.einsum("ij,kj->ik", x, y)),
    "outer": (2, lambda rng, x, y: np.outer(x, y)),
    "astype": (1, lambda rng, x: x.astype([np.float32, np.float64, np.int64, np.float16][rng.integers(4)])),
    "copy": (1, lambda rng, x: x.copy()),
    "np.copy": (1, lambda rng, x: np.copy(x)),
    "ones_like": (1, lambda rng, x: x + np.ones_like(x)),
    "full_like": (1, lambda rng, x: np.full_like(x, 0.5) * x),
    "argmax": (1, lambda rng, x: x.argmax(axis=any_axis(x, rng))),
    "cumsum": (1, lambda rng, x: np.cumsum(x, axis=any_axis(x, rng))),
    "sort": (1, lambda rng, x: np.sort(x)),
    "norm": (1, lambda rng, x: np.linalg.norm(x)),
    "roll": (1, lambda rng, x: np.roll(x, 1)),
    "tile": (1, lambda rng, x: np.tile(x, 2)),
    "round": (1, lambda rng, x: x.round(2)),
    "add.reduce": (1, lambda rng, x: np.add.reduce(x)),
    "accumulate": (1, lambda rng, x: np.maximum.accumulate(x)),
    "ufunc outer": (2, lambda rng, x, y: np.multiply.outer(x, y)),
    "softmax": (1, lambda rng, x: (e := np.exp(x - x.max(axis=0))) / e.sum(axis=0)),
    "entries": (1, lambda rng, x: x[0] * 2 + x[-1]),
    "rows": (1, lambda rng, x: sum(row for row in x)),
    "step": (2, lambda rng, x, y: x - 0.1 * (y / 7)),
    "float16": (1, lambda rng, x: x.astype(np.float16) * x),
}  # fmt: skip


def arrays(seed: int, numbers: int) -> tuple[Any, ...]:
    """The arguments of the program of this seed: for other numbers other entries, in the same layout."""
    rng, entries = np.random.default_rng(seed), np.random.default_rng(numbers)
    made: list[Any] = []
    for _ in range(rng.integers(1, 4)):
        shape = tuple(int(rng.choice(SIZES)) for _ in range(rng.integers(0, 4)))
        dtype = [np.float32, np.float32, np.float64, np.uint8, bool, np.int32][rng.integers(6)]
        layout = rng.integers(5)
        if layout == 0:
            x = (entries.normal(0, 1, shape) * 3).astype(dtype)
        elif layout == 1:
            x = (entries.normal(0, 1, shape[::-1]) * 3).astype(dtype).T
        elif layout == 2:
            x = (entries.normal(0, 1, tuple(2 * n for n in shape)) * 3).astype(dtype)[
                tuple(slice(None, None, 2) for _ in shape)
            ]
        elif layout == 3:
            x = (entries.normal(0, 1, shape) * 3).astype(dtype)[(..., slice(None, None, -1)) if shape else ()]
        else:
            x = np.broadcast_to((entries.normal(0, 1, shape[-1:]) * 3).astype(dtype), shape)
        made.append(x)
    return tuple(made)


IN_C = (
    "add", "subtract", "multiply", "divide", "maximum", "minimum", "greater", "less_equal", "logaddexp", "heaviside",
    "add of a number", "multiply of a number", "divide of a number", "maximum of a number", "subtract of a number",
    "exp", "tanh", "absolute", "negative", "square", "sign", "sqrt", "log1p", "expm1", "log", "reciprocal",
    "sum along", "max along", "min along", "mean along", "@", "@ of the transpose", "transpose @", "dot",
    "+=", "where", "where numbers", ".T", "slice", "reshape", "newaxis", "flip", "swapaxes", "broadcast_to", "copy",
    "ones_like", "softmax", "add.reduce", "step",
)  # fmt: skip
"""Operations that the replay in C has, for most arrays."""


def program(seed: int, operations: Sequence[str] = tuple(OPERATIONS)) -> Callable[..., tuple[Any, ...]]:
    """A pure function of `arrays(seed, …)`: some operations, those that NumPy refuses left out, on what it has so far."""
    rng = np.random.default_rng(seed + 1)
    names = [str(name) for name in rng.choice(operations, rng.integers(3, 16))]
    picks = [rng.random(2) for _ in names]
    kept = rng.random(len(names) + 3)

    def f(*given: Any) -> tuple[Any, ...]:
        have = list(given)
        for i, (name, pick) in enumerate(zip(names, picks, strict=True)):
            arity, operation = OPERATIONS[name]
            args = [have[int(p * len(have))] for p in pick[:arity]]
            try:
                made = operation(np.random.default_rng([seed, i]), *args)
            except (
                ValueError,
                TypeError,
                IndexError,
                OverflowError,
                AttributeError,
                np.exceptions.AxisError,
                ZeroDivisionError,
            ):
                continue
            if made.size <= 2000:
                have.append(made)
        return tuple(x for x, keep in zip(have[::-1], kept, strict=False) if keep < 0.4) or (have[-1],)

    return f


def many_entries(seed: int) -> tuple[Callable[..., Any], tuple[nn.Array, ...]]:
    """A short program of calls that are replaced where there are many entries, and its arguments, special ones among them."""
    rng = np.random.default_rng(seed)
    shape = [(2000,), (40, 50), (3, 20, 30), (1, 1500), (1500, 1)][rng.integers(5)]
    dtype = [np.float32, np.float64][rng.integers(2)]
    x = rng.normal(0, 1, shape).astype(dtype)
    x[rng.random(shape) < 0.2] = [0.0, -0.0, np.inf, -np.inf, np.nan][rng.integers(5)]
    x = [x, x.T, x[..., ::2], x[::-1]][rng.integers(4)]
    number = [0, 0.0, -0.0, 1, 2.0, -4, 0.125, 255, 1e30, 2.0**120, 3][rng.integers(11)]
    f = [np.maximum, np.minimum, np.heaviside, np.divide, np.multiply][rng.integers(5)]

    def both(x: nn.Array) -> Any:
        return f(x, number), f(number, x), f(x * 1, number), f(number, x * 1)

    return both, (x,)
