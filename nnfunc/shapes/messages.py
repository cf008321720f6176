"""Rephrasing jaxtyping's report of a failed check as one sentence."""

import inspect
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nnfunc.base.array import Array, is_array, shape_text, sizes_text

_AXES = re.compile(r"^(\w+)=(\S+)\s*$", re.MULTILINE)
_SHORT = re.compile(r"([fiubc])[a-z]*(\d*)\[([^]]*)\]\(numpy\)")
_HINT = re.compile(r"(\w+)\[(?:\w+\.)?\w+, '([^']*)'\]")


def rephrase(
    where: str, signature: inspect.Signature, args: Sequence[Any], kwargs: Mapping[str, Any], report: str
) -> str:
    """Turn jaxtyping's `report` on one call into a sentence: what must hold, what was given, and what to do."""
    expected = _line(report, "Expected type: ").removeprefix("<class '").removesuffix("'>")
    sizes = dict(_AXES.findall(report))
    parameter = re.search(r"typechecking parameter '(\w+)'", report)
    arguments = signature.bind(*args, **kwargs).arguments
    if parameter is None and any(isinstance(given, list | tuple | dict) for given in arguments.values()):
        # beartype checks one random entry of a container, so any of them may be the wrong one
        return f"{where}: its lists, tuples and result must be as annotated; got another shape or type in one of them."
    if parameter is None:
        actual = _line(report, "Actual value: ")
        got, remedy = _SHORT.sub(_as_in_formulas, actual), _result_remedy(expected, actual, sizes)
        return f"{where}: its result must be {_rule(expected, sizes)}; got {got}. {remedy}"
    name = parameter[1]
    sizes = {axis: size for axis, size in sizes.items() if axis in _axes_before(name, signature)}
    given = arguments.get(name)
    if not is_array(given):
        rule, got = _rule(expected, sizes), type(given).__name__
        if got == rule:  # two classes with one name, such as Params of the notes and of the network
            rule, got = expected, f"{type(given).__module__}.{got}"
        return f"{where}: {name} must be {rule}; got a value of type {got}."
    return (
        f"{where}: {name} must be {_rule(expected, sizes)}; got {name} ({shape_text(given)}, {given.dtype})."
        f"{_remedy(name, expected, given, sizes)}"
    )


def _as_in_formulas(array: re.Match[str]) -> str:
    """Return `(10×4, float64)` for jaxtyping's `f64[10,4](numpy)`."""
    kind = {"f": "float", "i": "int", "u": "uint", "b": "bool", "c": "complex"}[array[1]]
    return f"({sizes_text(_sizes(array[3]))}, {kind}{array[2]})"


def _sizes(text: str) -> list[str]:
    """Split sizes at commas outside parentheses: `n,min(10, m)` has two."""
    return re.split(r",(?![^()]*\))", text) if text else []


def _axes_before(name: str, signature: inspect.Signature) -> set[str]:
    """Return the axes whose sizes earlier parameters set; jaxtyping's report also lists those of the refused array."""
    earlier = itertools.takewhile(lambda parameter: parameter.name != name, signature.parameters.values())
    return {axis for each in earlier for hint in _HINT.finditer(str(each.annotation)) for axis in hint[2].split()}


def _line(report: str, start: str) -> str:
    found = re.search(f"^{start}(.*?)\\.?$", report, re.MULTILINE)
    return found[1] if found else "something else"


def _rule(expected: str, sizes: Mapping[str, str]) -> str:
    """Return a type in the notation of the formulas: `Float 10×m with m = 4`."""
    axes = [axis for hint in _HINT.finditer(expected) for axis in hint[2].split()]
    named = [f"{axis} = {sizes[axis]}" for axis in dict.fromkeys(axes) if sizes.get(axis, axis) != axis]
    rule = _HINT.sub(lambda hint: f"{hint[1]} {'×'.join(hint[2].split()) or 'scalar'}", expected)
    rule = re.sub(r"\[(?:typing\.)?Any\]|\b\w+\.", "", rule)
    return f"{rule} with {', '.join(named)}" if named else rule


def _wanted(axes: str, sizes: Mapping[str, str]) -> list[str | None]:
    """Return the size of each axis, None where any size is allowed."""
    return [axis if axis.isdigit() else sizes.get(axis) for axis in axes.split()]


def _remedy(name: str, expected: str, given: Array, sizes: Mapping[str, str]) -> str:
    hint = _HINT.fullmatch(expected)
    if hint is None:
        return ""
    wanted, shape = _wanted(hint[2], sizes), [str(size) for size in given.shape]
    if hint[1] == "Float" and given.dtype.kind in "iu" and len(wanted) == 2 and len(shape) == 1:
        return f" Pass nn.one_hot({name})?"
    if hint[1] == "Float" and given.dtype.kind != "f":
        return f" Pass {name}.astype(np.float32), or nn.scale({name}) for pixels?"
    if hint[1] == "Integer" and given.dtype.kind == "f":
        return f" Pass {name}.astype(np.intp)?"
    if len(shape) == 2 and _agree(wanted, shape[::-1]):
        return f" Pass {name}.T?"
    if len(shape) == 1 and wanted[1:] == ["1"]:
        return f" Pass {name}[:, None], or keep the axis with keepdims=True?"
    return ""


def _result_remedy(expected: str, actual: str, sizes: Mapping[str, str]) -> str:
    hint, array = _HINT.fullmatch(expected), _SHORT.fullmatch(actual)
    wanted, shape = _wanted(hint[2], sizes) if hint else [], _sizes(array[3]) if array else []
    if any(size == "1" and _agree([*wanted[:i], *wanted[i + 1 :]], shape) for i, size in enumerate(wanted)):
        return "Keep the axis with keepdims=True?"
    if len(shape) == 2 and _agree(wanted, shape[::-1]):
        return "Return its .T?"
    if hint is None:
        return (
            "Convert it, with float(…) for a number?"
            if expected in ("float", "int")
            else "Return a value of that type."
        )
    return "Is an axis reduced, lost or swapped in it?"


def _agree(wanted: Sequence[str | None], shape: Sequence[str]) -> bool:
    return len(wanted) == len(shape) and all(x in (None, y) for x, y in zip(wanted, shape, strict=True))
