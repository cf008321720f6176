"""The source line and expression that called NumPy, and the error sentence that names them."""

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
"""Packages whose frames lie between the user's line and the code that raises the error."""


def refusal(
    error: Callable[[str], Refusal], rule: str, got: object, remedy: str = "", *, otherwise: str = "it"
) -> Refusal:
    """Return the error that says that the expression being evaluated must `rule`.

    Args:
        error: creates it from its sentence.
        rule: what the expression must do.
        got: what was given instead.
        remedy: what to do about it, if known.
        otherwise: name of the operation, if the source is not available.
    """
    frame = caller()
    where, thing = place(frame), expression(frame) or otherwise
    return error(f"{where}: {thing} must {rule}; got {got}.{' ' if remedy else ''}{remedy}")


def caller() -> FrameType:
    """Return the innermost frame outside the packages in INSIDE."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back and is_inside(frame):
        frame = frame.f_back
    return frame


def is_inside(frame: FrameType) -> bool:
    """Return whether a frame belongs to a package in INSIDE, or to generated code."""
    module = str(frame.f_globals.get("__name__"))
    generated = frame.f_code.co_filename == "<string>" or frame.f_code.co_filename.startswith("<@beartype")
    return generated or any(module == name or module.startswith(f"{name}.") for name in INSIDE)


def place(frame: FrameType) -> str:
    """Return the function, or the file at module level, and the line: `backward, line 12`."""
    name = frame.f_code.co_name
    return f"{frame.f_code.co_filename if name == '<module>' else name}, line {frame.f_lineno}"


def expression(frame: FrameType) -> str | None:
    """Return the source text of the expression, or of `Z += b`, that a frame evaluates; None if it is not available."""
    line, end_line, column, end_column = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    if line is None or end_line is None or column is None or end_column is None:
        return None
    lines = [
        linecache.getline(frame.f_code.co_filename, i, frame.f_globals).encode() for i in range(line, end_line + 1)
    ]
    if not all(lines):
        return None
    lines[-1] = lines[-1][:end_column]  # the end first: both may be on one line; columns count bytes
    lines[0] = lines[0][column:]
    text = " ".join(b" ".join(lines).decode().split())
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text


def name_of(f: Any) -> str:
    """Return the name of a NumPy function as users write it: `np.sum`, `np.linalg.norm`, `np.add.at`."""
    owner = getattr(f, "__self__", None)
    if isinstance(owner, np.ufunc):
        return f"np.{owner.__name__}.{f.__name__}"
    module = str(getattr(f, "__module__", None) or "numpy")
    return f"{module.replace('numpy', 'np', 1)}.{getattr(f, '__name__', f)}"
