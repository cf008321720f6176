"""The proofs of a file: those that it runs itself, and one for each of its other checked functions."""

import dataclasses
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from nnfunc.base.array import is_array, shape_text
from nnfunc.base.errors import DataError, ShapeError
from nnfunc.shapes.prove import Attempt, collected, refuse_without_checks
from nnfunc.shapes.symbolic import prove
from nnfunc.shapes.symbols.protocol import NotFollowedError

NAME = "__proved__"
"""The module name under which the file is imported: it must not hide a module that other code needs."""


class Proof(NamedTuple):
    """The outcome of one proof: `status` is "proved", "wrong" or "not followed"; `problem` says why."""

    function: str
    shapes: str
    line: int
    status: str
    problem: str


def proofs_of(file: Path) -> list[Proof]:
    """Run a file, collecting each call of `nn.prove`, then prove the checked functions that it did not prove itself.

    Raises:
        ShapeError: checks are switched off.
        DataError: the file cannot be run, or has nothing to prove.
    """
    refuse_without_checks()
    with collected() as attempts:
        module = _run(file)
        proved = [attempt.f for attempt in attempts]
        for f in _checked_functions(module):
            if f not in proved:
                _prove(f, attempts)
    if not attempts:
        raise DataError(f"{file}: it must have functions under @nn.checked, at module level; got none.")
    return [_result(attempt, module) for attempt in attempts]


def _prove(f: Callable[..., Any], attempts: list[Attempt]) -> None:
    try:
        prove(f)
    except SystemExit as error:
        failure = RuntimeError(f"it ends the program with {error.code}")
        attempts.append(Attempt(f, (), sys._getframe(), failure))  # pyright: ignore[reportPrivateUsage]


def _run(file: Path) -> ModuleType:
    if not file.is_file():
        raise DataError(f"{file}: it must be a Python file; got {'a folder' if file.is_dir() else 'no such file'}.")
    spec = importlib.util.spec_from_file_location(NAME, file)
    if spec is None or spec.loader is None:
        raise DataError(f"{file}: it must be a Python file; got another name than …py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    sys.path.append(str(file.parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        line, what = _line(error, module), f"{type(error).__name__}: {error}"
        where = f"in line {line} " if line else ""
        raise DataError(f"{file}: it must run without an error; got {where}{what}.") from error
    return module


def _checked_functions(module: ModuleType) -> list[Callable[..., Any]]:
    """Return the file's decorated functions and methods that have annotated arrays, in the order of their lines."""
    classes = [kind for kind in vars(module).values() if inspect.isclass(kind) and kind.__module__ == NAME]
    methods = [f for kind in classes for name, f in vars(kind).items() if not name.startswith("__")]
    functions = [f for f in (*vars(module).values(), *methods) if inspect.isfunction(f) and hasattr(f, "__wrapped__")]
    return sorted((f for f in dict.fromkeys(functions) if f.__module__ == NAME and _is_of_arrays(f)), key=_first_line)


def _is_of_arrays(f: Callable[..., Any]) -> bool:
    return (
        "Array" in str(f.__annotations__)
        or "ndarray" in str(f.__annotations__)
        or any(dataclasses.is_dataclass(hint) for hint in f.__annotations__.values())
    )


def _first_line(f: Any) -> int:
    code = getattr(inspect.unwrap(f), "__code__", None)
    return int(code.co_firstlineno) if code else 0


def _result(attempt: Attempt, module: ModuleType) -> Proof:
    f, args, caller, error = attempt
    name, shapes = getattr(f, "__qualname__", str(f)), ", ".join(map(_given, args)) if args else _annotated(f)
    line = caller.f_lineno if caller.f_code.co_filename == module.__file__ else _first_line(f)
    if error is None:
        return Proof(name, shapes, line, "proved", "")
    status = "not followed" if isinstance(error, NotFollowedError) or not isinstance(error, ShapeError) else "wrong"
    problem = str(error) if isinstance(error, ShapeError) else f"{type(error).__name__}: {error}"
    return Proof(name, shapes, _line(error, module) or line, status, problem)


def _line(error: BaseException, module: ModuleType) -> int:
    """Return the innermost line of the file in an error's traceback, 0 if there is none."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return next((frame.lineno or 0 for frame in frames if frame.filename == module.__file__), 0)


def _given(x: Any) -> str:
    """Return the shape of an array, `784×m`, or the type of another argument with its sizes, `Params 784-h-10`."""
    sizes = "-".join(map(str, getattr(x, "sizes", ())))
    return shape_text(x) if is_array(x) else f"{type(x).__name__} {sizes}".rstrip()


def _annotated(f: Callable[..., Any]) -> str:
    """Return the annotated shapes, and the defaults that were used in the proof: `W h×n, X n×m, keep=0.8 → h×m`."""
    try:
        hints = get_type_hints(f)
    except (NameError, AttributeError, SyntaxError, TypeError):
        return ""
    given = [
        f"{each.name} {_dimensions(hints.get(each.name))}"
        if each.default is each.empty
        else f"{each.name}={each.default}"
        for each in inspect.signature(f).parameters.values()
    ]
    return f"{', '.join(given)} → {_dimensions(hints.get('return'))}"


def _dimensions(hint: Any) -> str:
    if hasattr(hint, "dim_str"):
        return "×".join(hint.dim_str.split()) or "scalar"
    if get_origin(hint) is tuple:
        return f"({', '.join(map(_dimensions, get_args(hint)))})"
    return "?" if hint is None else getattr(hint, "__name__", str(hint))
