"""Calls that a replay in C can make at once.

Products are joined with what is done to their results: `W - α * (dZ @ A.T / m)` and `W @ A + b` become one call each,
which rounds less often, and so has other last bits. Pixels become floats where they are read.
"""

from typing import Any

import numpy as np

from nnfunc.recording.grouping import readers_of
from nnfunc.recording.into import copy_into
from nnfunc.recording.tape import Call, Ref, refs_in

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def product() -> None:
    """c + factor · scale · (a @ b), without the parts that are None: the name of an operation in C; never called."""


def fused(calls: list[Call], results: set[int]) -> list[Call]:
    """The calls, each joined with those before it that nobody else reads, which are dead then."""
    readers = readers_of(calls)
    made, once = list[Call](), dict[int, Call]()
    for call in calls:
        one = _product(call) or _scaled(call, once) or _added(call, once) or _converting(call, once) or call
        made.append(one)
        if readers[one.out.value] == 1 and one.out.value not in results:
            once[one.out.value] = one
    return made


def _product(call: Call) -> Call | None:
    if call.f not in (np.matmul, np.dot) or call.options or call.out.dtype not in FLOATS:
        return None
    refs = refs_in(call.args)
    if len(refs) != 2 or any(len(ref.shape) not in (1, 2) or ref.dtype != call.out.dtype for ref in refs):
        return None
    return Call(product, (*refs, None, None), {"factor": 1.0}, call.out)


def _scaled(call: Call, once: dict[int, Call]) -> Call | None:
    """A product times or by a number."""
    if call.f not in (np.multiply, np.divide) or call.options:
        return None
    for x, y in (call.args, call.args[::-1]) if call.f is np.multiply else (call.args,):
        term = _whole(x, once, call)
        if term is None:
            continue
        a, b, c, scale = term.args
        factor = term.options["factor"]
        if c is None and not isinstance(y, Ref) and np.ndim(y) == 0:
            with np.errstate(all="ignore"):
                new = call.f(factor, np.float64(y))
            if not new or not np.isfinite(call.out.dtype.type(new)):
                return None
            return Call(product, term.args, {"factor": float(new)}, call.out)
        if c is None and scale is None and call.f is np.multiply and isinstance(y, Ref) and y.shape == ():
            return Call(product, (a, b, None, y), {"factor": factor}, call.out)
    return None


def _added(call: Call, once: dict[int, Call]) -> Call | None:
    """Something plus or minus a product, or a product plus something."""
    if call.f not in (np.add, np.subtract) or call.options:
        return None
    for c, x in (call.args, call.args[::-1]) if call.f is np.add else (call.args,):
        term = _whole(x, once, call)
        if term is not None and isinstance(c, Ref) and c.dtype == call.out.dtype and term.args[2] is None:
            a, b, _, scale = term.args
            sign = 1 if call.f is np.add else -1
            return Call(product, (a, b, c, scale), {"factor": sign * term.options["factor"]}, call.out)
    return None


def _converting(call: Call, once: dict[int, Call]) -> Call | None:
    """A call of each entry of pixels that were made floats before."""
    if not isinstance(call.f, np.ufunc) or call.f.signature is not None or call.options or call.out.dtype not in FLOATS:
        return None
    args = tuple(_pixels(x, once) for x in call.args)
    return call._replace(args=args, options={"dtype": call.out.dtype}) if args != call.args else None


def _pixels(x: Any, once: dict[int, Call]) -> Any:
    """What an argument was before it became floats."""
    copy = once.get(x.value) if isinstance(x, Ref) else None
    if copy is None or copy.f is not copy_into or x != copy.out:
        return x
    (pixels,) = copy.args
    return pixels if isinstance(pixels, Ref) and pixels.dtype == np.uint8 and pixels.shape == x.shape else x


def _whole(x: Any, once: dict[int, Call], call: Call) -> Call | None:
    """The product that an argument is all of, where the result of the call has its shape and dtype."""
    term = once.get(x.value) if isinstance(x, Ref) else None
    is_whole = term is not None and term.f is product and x == term.out
    return term if is_whole and (x.shape, x.dtype) == (call.out.shape, call.out.dtype) else None
