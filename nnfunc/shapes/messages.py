"""One sentence out of jaxtyping's report of a failed check."""

import inspect
import re
from typing import Any

from nnfunc.array import Array, shape_text

_AXES = re.compile(r"^(\w+)=(\d+)\s*$", re.MULTILINE)
_HINT = re.compile(r"(\w+)\[(?:\w+\.)?\w+, '([^']*)'\]")


def rephrase(
    where: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any], report: str
) -> str:
    """What must hold, what was given, and what to do, from jaxtyping's `report` on one call."""
    parameter = re.search(r"typechecking parameter '(\w+)'", report)
    expected = _line(report, "Expected type: ").removeprefix("<class '").removesuffix("'>")
    rule, axes = _rule(expected, dict(_AXES.findall(report)))
    if parameter is None:
        given = _line(report, "Actual value: ")
        return f"{where}: its result must be {rule}{axes}; got {given}. Is an axis reduced, lost or swapped in it?"
    name = parameter[1]
    given = signature.bind(*args, **kwargs).arguments.get(name)
    return f"{where}: {name} must be {rule}{axes}; got {_describe(name, given)}. {_remedy(name, expected, given, report)}".rstrip()


def _line(report: str, start: str) -> str:
    found = re.search(f"^{start}(.*?)\\.?$", report, re.MULTILINE)
    return found[1] if found else "something else"


def _rule(expected: str, sizes: dict[str, str]) -> tuple[str, str]:
    hint = _HINT.search(expected)
    if hint is None:
        return expected.rpartition(".")[2], ""
    named = [f"{axis} = {sizes[axis]}" for axis in dict.fromkeys(hint[2].split()) if axis in sizes]
    shape = "×".join(hint[2].split()) or "a scalar"
    return f"{hint[1]} {shape}", f" with {', '.join(named)}" if named else ""


def _describe(name: str, given: Any) -> str:
    if isinstance(given, Array):
        return f"{name} ({shape_text(given)}, {given.dtype})"
    return f"a value of type {type(given).__name__}"


def _remedy(name: str, expected: str, given: Any, report: str) -> str:
    hint = _HINT.search(expected)
    if hint is None or not isinstance(given, Array):
        return ""
    sizes = dict(_AXES.findall(report))
    if hint[1] == "Float" and given.dtype.kind != "f":
        return f"Pass {name}.astype(np.float32), or nn.scale({name}) for pixels?"
    wanted = [axis if axis.isdigit() else sizes.get(axis) for axis in hint[2].split()]
    if len(wanted) == given.ndim and _agree(wanted, given.shape[::-1]):
        return f"Pass {name}.T?"
    if given.ndim == 1 and wanted[1:] == ["1"]:
        return f"Pass {name}[:, None], or keep the axis with keepdims=True?"
    return ""


def _agree(wanted: list[str | None], shape: tuple[int, ...]) -> bool:
    return all(size is None or size == str(actual) for size, actual in zip(wanted, shape, strict=True))
