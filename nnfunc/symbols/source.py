"""The place in the source from which NumPy was called, and the error that names it."""

import ast
import itertools
import linecache
import sys
from types import FrameType

from nnfunc.errors import ShapeError

INSIDE = ("nnfunc.symbols", "nnfunc.shapes", "numpy", "jaxtyping", "beartype")
"""Packages that stand between the caller's line and the rule that refuses it."""


class NotFollowedError(ShapeError):
    """A proof cannot follow what a function does; its shapes may be right or wrong."""


def not_followed(rule: str, got: object, remedy: str = "", *, otherwise: str = "it") -> NotFollowedError:
    """The error for what a proof cannot follow; the arguments are those of `refusal`."""
    return NotFollowedError(str(refusal(rule, got, remedy, otherwise=otherwise)))


def refusal(rule: str, got: object, remedy: str = "", *, otherwise: str = "it") -> ShapeError:
    """The error for the expression that is being evaluated: that it must `rule`.

    Args:
        rule: what must hold of the expression.
        got: what was given instead.
        remedy: what to do, where that is known.
        otherwise: the name of the operation, where no source is at hand.
    """
    frame = _caller()
    where, thing = place(frame), expression(frame) or otherwise
    return ShapeError(f"{where}: {thing} must {rule}; got {got}.{' ' if remedy else ''}{remedy}")


def sides() -> tuple[str, str] | None:
    """The two operands of the operator that is being evaluated, as they are written."""
    text = expression(_caller())
    if text is None:
        return None
    tree = ast.parse(f"({text})", mode="eval").body
    if not isinstance(tree, ast.BinOp):
        return None
    left, right = (ast.unparse(side) for side in (tree.left, tree.right))
    return left, f"({right})" if isinstance(tree.right, ast.BinOp) else right


def transposed(operand: str) -> str:
    """The transpose of an operand, as one would write it: W.T for W, and W for W.T."""
    return operand.removesuffix(".T") if operand.endswith(".T") else f"{operand}.T"


def _caller() -> FrameType:
    """The innermost frame that is neither ours nor of NumPy or the checks."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back and _is_inside(frame):
        frame = frame.f_back
    return frame


def asked_by_user() -> bool:
    """Whether the question about a symbol stands in code that is neither the library's nor that of its checks."""
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    return not _is_inside(frame) and not str(frame.f_globals.get("__name__")).startswith("nnfunc.")


def _is_inside(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__"))
    generated = frame.f_code.co_filename == "<string>" or frame.f_code.co_filename.startswith("<@beartype")
    return generated or any(module == name or module.startswith(f"{name}.") for name in INSIDE)


def place(frame: FrameType) -> str:
    """The function and the line: `backward, line 12`."""
    name = frame.f_code.co_name
    return f"{frame.f_code.co_filename if name == '<module>' else name}, line {frame.f_lineno}"


def expression(frame: FrameType) -> str | None:
    """The expression that a frame evaluates, as it is written; None where the source is not at hand."""
    found = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    line, end_line, column, end_column = found
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
        ast.parse(f"({text})", mode="eval")
    except SyntaxError:
        return None
    return text
