"""What must not change unnoticed, as text: every sentence that the package raises, and every public signature.

python -m tests.golden    writes both files anew
"""

import ast
import dataclasses
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import nnfunc as nn

PACKAGE, GOLDEN = Path(nn.__file__).parent, Path(__file__).parent / "golden"

PUBLIC: list[str] = sorted(vars(nn)["__all__"])
"""The public names."""

REFUSING = ("Error", "refusal", "refused", "not_followed", "unknown", "sentence", "_warn", "warn")
"""Ends of the names of what makes errors and warnings."""

MODULES = ("notes", "convert", "distributed", "export", "jax", "plots", "report", "sklearn")
"""Public beside `nnfunc` itself."""


def sentences() -> list[str]:
    """Each sentence that is written in a call which makes an error, `{}` for what is filled in."""
    found = set[str]()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _name(node.func).endswith(REFUSING):
                texts = [_text(part) for part in (*node.args, *(keyword.value for keyword in node.keywords))]
                found.add(" | ".join(text for text in texts if " " in text.strip("{} ")))
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.JoinedStr):
                text = _text(node.value)
                if "; got " in text or " must " in text:  # a sentence that several places raise
                    found.add(text)
    return sorted(found - {""})


def _name(f: ast.expr) -> str:
    return f.attr if isinstance(f, ast.Attribute) else f.id if isinstance(f, ast.Name) else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value).replace("\n", "⏎") if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.IfExp):
        return " / ".join(filter(None, (_text(node.body), _text(node.orelse))))
    return ""


def signatures() -> list[str]:
    """Each public name, its arguments with their defaults, and of classes what else they have."""
    return [line for module in _public_modules() for name in _names(module) for line in _lines(module, name)]


def _public_modules() -> Iterator[ModuleType]:
    yield nn
    for name in MODULES:
        yield importlib.import_module(f"nnfunc.{name}")


def _names(module: ModuleType) -> list[str]:
    if module is nn:
        return [name for name in PUBLIC if name != "Array"]  # NumPy's
    own = {name for name, x in vars(module).items() if getattr(x, "__module__", "").startswith(module.__name__)}
    return sorted(name for name in own if not name.startswith("_"))


def _lines(module: ModuleType, name: str) -> Iterator[str]:
    x, where = getattr(module, name), f"{module.__name__}.{name}"
    if not inspect.isclass(x):
        yield f"{where}{_arguments(x)}"
        return
    yield f"class {where}{_arguments(x)}"
    fields = {field.name for field in dataclasses.fields(x)} if dataclasses.is_dataclass(x) else set[str]()
    inherited = {*dir(object), *dir(Exception), *dir(tuple)}
    for own in sorted({*dir(x), *fields} - inherited):
        if own.startswith("_") or not _is_ours(x, own):
            continue
        member: Any = inspect.getattr_static(x, own, None)
        is_function = inspect.isfunction(member) or isinstance(member, classmethod | staticmethod)
        yield f"    {own}{_arguments(getattr(x, own)) if is_function else ''}"


def _is_ours(kind: type, name: str) -> bool:
    owner = next((base for base in kind.__mro__ if name in vars(base)), kind)
    return owner.__module__.startswith("nnfunc") and owner.__name__ != "Node"


def _arguments(f: Any) -> str:
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):  # of a constant, or of what NumPy wrote
        return ""
    bare = [
        each.replace(annotation=each.empty, default=each.default if each.default is each.empty else _Default(each))
        for each in signature.parameters.values()
    ]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


class _Default:
    """A default as it reads: of what has an address, the kind alone."""

    def __init__(self, parameter: inspect.Parameter) -> None:
        text = repr(parameter.default)
        self.text = type(parameter.default).__name__ if " at 0x" in text else text

    def __repr__(self) -> str:
        return self.text


FILES = {"sentences.txt": sentences, "signatures.txt": signatures}

if __name__ == "__main__":
    for name, make in FILES.items():
        (GOLDEN / name).write_text("".join(f"{line}\n" for line in make()))
