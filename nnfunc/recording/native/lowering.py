"""The lowering of a plan to a table: each call becomes an operation of replay.c on matrices of floats."""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np

from nnfunc.base.array import Array
from nnfunc.recording.native.grouping import FLOATS, groups, local, readers_of
from nnfunc.recording.rules.into import Assigned, copy_into, where_into
from nnfunc.recording.tape import Call, Plan, Ref, address, product, refs_in
from nnfunc.tracing.source import name_of
from nnfunc.tracing.tree import TYPE_OF

FUNCTIONS: list[Any] = [
    product, np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.heaviside, np.logaddexp,
    np.power, np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, copy_into, np.negative,
    np.absolute, np.sign, np.square, np.sqrt, np.reciprocal, np.exp, np.expm1, np.log, np.log1p, np.tanh,
    where_into, np.add.reduce, np.maximum.reduce, np.minimum.reduce, np.argmax,
]  # fmt: skip
CODES: dict[Any, int] = {**{f: code for code, f in enumerate(FUNCTIONS)}, np.positive: FUNCTIONS.index(copy_into)}
"""The operations, numbered as in replay.h."""

REDUCTIONS: list[Any] = [np.add.reduce, np.maximum.reduce, np.minimum.reduce]

TYPES: dict[Any, int] = {np.dtype(bool): 1, np.dtype(np.uint8): 1, np.dtype(np.float32): 2, np.dtype(np.float64): 3}
"""Types of entries, numbered as in replay.h."""

WORDS = 32
"""The number of 8-byte words in the struct of an operation."""

TYPE, TOGETHER, OUT = 1, 5, 6
"""The positions in a row of the type to compute in, of the number of operations in a group, and of the result."""

OPERAND, KIND = 5, 3
"""The number of words of an operand, and the position of its type among them."""

LOCAL = 8
"""Added to the type of a value that only the operations of a group use."""

OPERANDS = 5
"""The number of operands: the result, three arguments, and the scale of a product."""


class NotLoweredError(Exception):
    """Raised when a call has no operation in C; the message says which, and why."""


class Table(NamedTuple):
    """The operations of a plan.

    Attributes:
        rows: the words of each operation.
        constants: arrays that must stay alive, because the rows hold their addresses.
    """

    rows: Array
    constants: list[Array]


class Operand(NamedTuple):
    """A matrix or a number that an operation reads or writes."""

    value: int
    offset: int = 0
    strides: tuple[int, ...] = ()
    type: int = 0


def lowered(plan: Plan) -> Table:
    """Return the table of a plan.

    Raises:
        NotLoweredError: a call has no operation.
    """
    lowering = _Lowering(nowhere=len(plan.layouts))
    rows = [lowering.row(call) for call in plan.calls]
    readers = readers_of(plan.calls)
    for i, count in groups(plan, rows):
        rows[i][TOGETHER] = count
        group, own = plan.calls[i : i + count], [row[TYPE] == row[OUT + KIND] for row in rows[i : i + count]]
        strips = local(group, own, readers, plan.results)
        for row, call in zip(rows[i : i + count], group, strict=True):
            for at, x in zip(range(OUT, len(row), OPERAND), (call.out, *call.args), strict=False):
                if isinstance(x, Ref) and x.value in strips:
                    row[at], row[at + KIND] = strips[x.value], row[at + KIND] | LOCAL
    return Table(np.array(rows, np.int64).reshape(-1, WORDS), lowering.constants)


class _Lowering:
    """A builder of the rows of a table, and of the constants that they need."""

    def __init__(self, nowhere: int) -> None:
        """Begin without constants; `nowhere` is a value at address 0, so that their offsets are addresses."""
        self.constants: list[Array] = []
        self.nothing = Operand(nowhere)

    def row(self, call: Call) -> list[int]:
        """Return the words of the operation for a call."""
        if isinstance(call.f, Assigned):  # a wrapper that replay.c does not need
            call = call._replace(f=call.f.f)
        if call.f not in CODES:
            raise NotLoweredError(f"{name_of(call.f)} has no operation in C")
        if 0 in call.out.shape or any(isinstance(x, Ref) and 0 in x.shape for x in call.args):
            raise NotLoweredError(f"{name_of(call.f)} of an empty array")
        special = {product: self._product, np.argmax: self._argmax, **dict.fromkeys(REDUCTIONS, self._reduction)}
        return special.get(call.f, self._each)(call)

    def _words(
        self,
        code: int,
        dtype: np.dtype[Any],
        sizes: tuple[int, int, int],
        operands: Sequence[Operand],
        strides: Sequence[tuple[int, ...]],
        factor: float = 1.0,
    ) -> list[int]:
        """Return the words of an operation, in the order of the struct in replay.h."""
        none = OPERANDS - len(operands)
        pairs = zip([*operands, *[self.nothing] * none], [*strides, *[(0, 0)] * none], strict=True)
        words = [word for x, (row, column) in pairs for word in (x.offset, row, column, x.type, x.value)]
        return [code, TYPES[dtype], *sizes, 1, *words, int(np.float64(factor).view(np.int64))]

    def _operand(self, x: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Operand:
        """Return an argument broadcast to a shape; a number becomes a constant of the operation's type."""
        if not isinstance(x, Ref):
            constant = np.array(x, dtype)
            if constant.ndim:
                raise NotLoweredError("a constant array")
            self.constants.append(constant)
            return self.nothing._replace(offset=address(constant), strides=(0,) * len(shape), type=TYPES[dtype])
        if x.dtype not in TYPES:
            raise NotLoweredError(f"an array of {x.dtype}")
        return Operand(x.value, x.offset, _spread(x, shape).strides, TYPES[x.dtype])

    def _each(self, call: Call) -> list[int]:
        dtype = _computed_in(call)
        operands = [self._operand(x, call.out.shape, dtype) for x in (call.out, *call.args)]
        m, n, strides = _as_matrix(call, call.out.shape, operands, operands[0])
        return self._words(CODES[call.f], dtype, (m, n, 0), operands, strides)

    def _reduction(self, call: Call) -> list[int]:
        (x,), axis = call.args, call.options.get("axis", 0)
        if set(call.options) - {"axis", "dtype", "keepdims"} or call.out.dtype not in FLOATS or not isinstance(x, Ref):
            raise NotLoweredError(f"{name_of(call.f)} with {', '.join(call.options) or call.out.dtype.name}")
        axes = range(len(x.shape)) if axis is None else [i % len(x.shape) for i in np.atleast_1d(axis)]
        kept = iter([n for i, n in enumerate(call.out.strides) if i not in axes or not call.options.get("keepdims")])
        strides = tuple(0 if i in axes else next(kept) for i in range(len(x.shape)))
        out = Operand(call.out.value, call.out.offset, strides, TYPES[call.out.dtype])
        a = self._operand(x, x.shape, call.out.dtype)
        m, n, (outs, ins) = _as_matrix(call, x.shape, [out, a], a)
        code = CODES[call.f] if m * n != np.prod(call.out.shape) else CODES[copy_into]
        return self._words(code, call.out.dtype, (m, n, 0), [out, a], [outs, ins])

    def _argmax(self, call: Call) -> list[int]:
        x, *rest = call.args
        axis = (*rest, call.options.get("axis"))[0]
        if x.dtype not in FLOATS or len(x.shape) != 2 or axis is None or call.out.dtype != np.int64:
            raise NotLoweredError(f"np.argmax of {len(x.shape)} axes of {x.dtype}")
        a = self._operand(x, x.shape, x.dtype)
        (m, n), (row, column) = (x.shape, a.strides) if axis % 2 == 0 else (x.shape[::-1], a.strides[::-1])
        out = Operand(call.out.value, call.out.offset, (), TYPES[x.dtype])
        return self._words(CODES[np.argmax], x.dtype, (m, n, 0), [out, a], [(0, call.out.strides[-1]), (row, column)])

    def _product(self, call: Call) -> list[int]:
        a, b, c, scale = call.args
        out, c = call.out, c and _spread(c, call.out.shape)
        if len(a.shape) == 1:
            a, out, c = (x and _with_axis(x, 0) for x in (a, out, c))
        if len(b.shape) == 1:
            b, out, c = (x and _with_axis(x, len(x.shape)) for x in (b, out, c))
        if out.shape[0] > 1 and out.strides[0] < out.strides[1]:  # Cᵀ = Bᵀ Aᵀ
            a, b, c, out = _transposed(b), _transposed(a), c and _transposed(c), _transposed(out)
        (m, n), k = out.shape, a.shape[1]
        operands = [self.nothing if x is None else self._operand(x, x.shape, out.dtype) for x in (out, a, b, c, scale)]
        strides = [*map(_of_matrix, (out, a, b)), c.strides if c else (0, 0), (0, 0)]
        return self._words(CODES[product], out.dtype, (m, n, k), operands, strides, call.options["factor"])


def _dtype(x: Any) -> Any:
    """Return the dtype of an argument, or the type of a Python number, which adapts to other dtypes."""
    return TYPE_OF(x) if type(x) in (int, float) else x.dtype if isinstance(x, Ref) else np.result_type(x)


def _computed_in(call: Call) -> np.dtype[Any]:
    """Return the float type in which NumPy computes an elementwise call."""
    if call.f in (copy_into, where_into):
        dtypes = [ref.dtype for ref in (*refs_in(call.args)[-2:], call.out)]
        if call.out.dtype in FLOATS and all(dtype in TYPES for dtype in dtypes):
            return np.dtype(np.float64) if np.dtype(np.float64) in dtypes else np.dtype(np.float32)
        raise NotLoweredError(f"{name_of(call.f)} of {', '.join(map(str, dtypes))}")
    casting, asked = call.options.get("casting", "same_kind"), call.options.get("dtype")
    *inputs, _ = cast("Any", call.f).resolve_dtypes((*map(_dtype, call.args), None), casting=casting)
    inputs = inputs if asked is None else [np.dtype(asked)]
    if set(call.options) - {"casting", "dtype"} or len({*inputs}) != 1 or inputs[0] not in FLOATS:
        raise NotLoweredError(f"{name_of(call.f)} of {', '.join(map(str, inputs))}")
    if call.out.dtype not in TYPES:
        raise NotLoweredError(f"{name_of(call.f)} into {call.out.dtype}")
    return cast("np.dtype[Any]", inputs[0])


def _as_matrix(
    call: Call, shape: tuple[int, ...], operands: Sequence[Operand], key: Operand
) -> tuple[int, int, list[tuple[int, int]]]:
    """Return rows, columns, and the strides of each operand, after merging axes that can be viewed as one."""
    sizes, strides = list[int](), list[list[int]]()
    for i in sorted((i for i, n in enumerate(shape) if n > 1), key=lambda i: -abs(key.strides[i])):
        inner = [x.strides[i] for x in operands]
        if sizes and all(outer == step * shape[i] for outer, step in zip(strides[-1], inner, strict=True)):
            sizes[-1] *= shape[i]
            strides[-1] = inner
        else:
            sizes.append(shape[i])
            strides.append(inner)
    if len(sizes) > 2:
        raise NotLoweredError(f"{name_of(call.f)} of {len(sizes)} axes")
    while len(sizes) < 2:
        sizes.insert(0, 1)
        strides.insert(0, [0] * len(operands))
    return sizes[0], sizes[1], list(zip(*strides, strict=True))


def _of_matrix(x: Ref) -> tuple[int, int]:
    """Return the strides of a matrix, with those along axes of length 1 replaced by contiguous ones."""
    (rows, columns), (row, column), size = x.shape, x.strides, x.dtype.itemsize
    column = size if columns == 1 else column
    return (columns * column if rows == 1 else row), column


def _transposed(x: Ref) -> Ref:
    return x._replace(shape=x.shape[::-1], strides=x.strides[::-1])


def _with_axis(x: Ref, i: int) -> Ref:
    """Return x with an axis of length 1 inserted at position i."""
    return x._replace(shape=(*x.shape[:i], 1, *x.shape[i:]), strides=(*x.strides[:i], 0, *x.strides[i:]))


def _spread(x: Ref, shape: tuple[int, ...]) -> Ref:
    """Return an argument broadcast to the shape of the result: axes of length 1, and missing ones, get stride 0."""
    strides = (0 if size == 1 else stride for size, stride in zip(x.shape, x.strides, strict=True))
    return x._replace(shape=shape, strides=(0,) * (len(shape) - len(x.shape)) + tuple(strides))
