"""The proofs of a file: of each checked function in it."""

import dataclasses
import importlib.util
import inspect
import sys
import traceback
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from nnfunc.errors import DataError, ShapeError
from nnfunc.symbols.prove import collected, prove, refuse_without_checks


class Proof(NamedTuple):
    """What became of the proof of one function; `problem` is empty where it holds."""

    function: str
    signature: str
    line: int
    problem: str


def proofs_of(file: Path) -> list[Proof]:
    """Run a file, then prove its checked functions, in their order.

    A function whose annotations leave open what to pass is proved by a call of `nn.prove(f, …)` in the file itself.

    Raises:
        ShapeError: the checks are switched off.
        DataError: the file cannot be run, or has no checked function.
    """
    refuse_without_checks()
    with collected() as found:
        module = _run(file)
        functions = list(_checked_functions(module))
        for f in functions:
            if f not in found:
                _prove(f, found)
    if not functions:
        raise DataError(f"{file}: it must have functions under @nn.checked; got none.")
    return [_result(f, found[f], module) for f in functions]


def _prove(f: Callable[..., Any], found: dict[Any, Any]) -> None:
    try:
        prove(f)
    except Exception as error:  # whatever a user's function does, the others are to be proved, too
        found[f] = error


def _run(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise DataError(f"{file}: it must be a Python file; got {'no such file' if not file.exists() else 'another'}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line, what = _line(error, module), f"{type(error).__name__}: {error}"
        where = f"in line {line} " if line else ""
        raise DataError(f"{file}: it must run without an error; got {where}{what}.") from error
    return module


def _checked_functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """The decorated functions of the file with annotated arrays, in the order of their lines."""
    functions = [f for f in vars(module).values() if inspect.isfunction(f) and hasattr(f, "__wrapped__")]
    own = [f for f in dict.fromkeys(functions) if f.__module__ == module.__name__ and _hints(f)]
    yield from sorted(own, key=_first_line)


def _first_line(f: Callable[..., Any]) -> int:
    return int(inspect.unwrap(f).__code__.co_firstlineno)


def _hints(f: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of a function, if any of them is of an array or of a dataclass."""
    hints = typing.get_type_hints(f)
    shaped = [hint for hint in hints.values() if hasattr(hint, "dim_str") or dataclasses.is_dataclass(hint)]
    return hints if shaped else {}


def _result(f: Callable[..., Any], error: Exception | None, module: ModuleType) -> Proof:
    problem = str(error) if error is None or isinstance(error, ShapeError) else f"{type(error).__name__}: {error}"
    line = _line(error, module) if error else 0
    return Proof(f.__name__, _signature(f), line or _first_line(f), problem if error else "")


def _line(error: Exception, module: ModuleType) -> int:
    """The innermost line of the file that an error passed through, 0 for none."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == module.__file__), 0)


def _signature(f: Callable[..., Any]) -> str:
    """`W h×n, X n×m → h×m`."""
    hints = _hints(f)
    result = hints.pop("return", None)
    given = ", ".join(f"{name} {_dimensions(hint)}" for name, hint in hints.items())
    return f"{given} → {_dimensions(result)}"


def _dimensions(hint: Any) -> str:
    if hasattr(hint, "dim_str"):
        return "×".join(hint.dim_str.split()) or "scalar"
    return str(inspect.formatannotation(hint)).rpartition(".")[2]
