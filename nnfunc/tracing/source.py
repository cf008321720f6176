"""The place in the source from which NumPy was called, and the sentence that names it."""

import ast
import itertools
import linecache
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

import numpy as np

Refusal = TypeVar("Refusal", bound=Exception)

INSIDE = ("nnfunc.recording", "nnfunc.shapes", "nnfunc.tracing", "numpy", "jaxtyping", "beartype")
"""Packages that stand between the caller's line and what refuses it."""


def refusal(
    error: Callable[[str], Refusal], rule: str, got: object, remedy: str = "", *, otherwise: str = "it"
) -> Refusal:
    """The error about the expression that is being evaluated: that it must `rule`.

    Args:
        error: makes it of its sentence.
        rule: what must hold of the expression.
        got: what was given instead.
        remedy: what to do, where that is known.
        otherwise: the name of the operation, where no source is at hand.
    """
    frame = caller()
    where, thing = place(frame), expression(frame) or otherwise
    return error(f"{where}: {thing} must {rule}; got {got}.{' ' if remedy else ''}{remedy}")


def caller() -> FrameType:
    """The innermost frame that is neither ours nor of NumPy or the checks."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back and is_inside(frame):
        frame = frame.f_back
    return frame


def is_inside(frame: FrameType) -> bool:
    """Whether a frame is of one of the packages between."""
    module = str(frame.f_globals.get("__name__"))
    generated = frame.f_code.co_filename == "<string>" or frame.f_code.co_filename.startswith("<@beartype")
    return generated or any(module == name or module.startswith(f"{name}.") for name in INSIDE)


def place(frame: FrameType) -> str:
    """The function and the line: `backward, line 12`."""
    name = frame.f_code.co_name
    return f"{frame.f_code.co_filename if name == '<module>' else name}, line {frame.f_lineno}"


def expression(frame: FrameType) -> str | None:
    """The expression or `Z += b` that a frame evaluates, as it is written; None where the source is not at hand."""
    line, end_line, column, end_column = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    if line is None or end_line is None or column is None or end_column is None:
        return None
    lines = [
        linecache.getline(frame.f_code.co_filename, i, frame.f_globals).encode() for i in range(line, end_line + 1)
    ]
    if not all(lines):
        return None
    lines[-1] = lines[-1][:end_column]  # first the end: it may be the same line; columns count bytes
    lines[0] = lines[0][column:]
    text = " ".join(b" ".join(lines).decode().split())
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text


def name_of(f: Any) -> str:
    """`np.sum`, `np.linalg.norm`, `np.add.at`."""
    owner = getattr(f, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"np.{owner.__name__}.{f.__name__}"
    module = str(getattr(f, "__module__", None) or "numpy")
    return f"{module.replace('numpy', 'np', 1)}.{getattr(f, '__name__', f)}"
