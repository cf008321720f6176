"""The errors of a proof, which name the expression that is being evaluated."""

import ast
import sys
from functools import partial

from nnfunc import source
from nnfunc.errors import ShapeError


class NotFollowedError(ShapeError):
    """A proof cannot follow what a function does; its shapes may be right or wrong."""


refusal = partial(source.refusal, ShapeError)
"""The error for shapes that do not fit."""

not_followed = partial(source.refusal, NotFollowedError)
"""The error for what a proof cannot follow."""


def sides() -> tuple[str, str] | None:
    """The two operands of the operator that is being evaluated, as they are written."""
    text = source.expression(source.caller())
    statement = ast.parse(text or "").body[:1]
    tree = statement[0].value if statement and isinstance(statement[0], ast.Expr) else None
    if not isinstance(tree, ast.BinOp):
        return None
    left, right = (ast.unparse(side) for side in (tree.left, tree.right))
    return left, f"({right})" if isinstance(tree.right, ast.BinOp) else right


def transposed(operand: str) -> str:
    """The transpose of an operand, as one would write it: W.T for W, and W for W.T."""
    return operand.removesuffix(".T") if operand.endswith(".T") else f"{operand}.T"


def asked_by_user() -> bool:
    """Whether the question about a symbol stands in code that is neither the library's nor that of its checks."""
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    return not source.is_inside(frame) and not str(frame.f_globals.get("__name__")).startswith("nnfunc.")
