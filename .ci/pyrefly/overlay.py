"""Name the dimensions of nnfunc to pyrefly above each function: `@checked` becomes `@checked("n m")`.

    python .ci/pyrefly/overlay.py FOLDER

writes a copy of the package with these names, and the stubs beside it, into FOLDER: a search path for pyrefly. The
names are those of the annotations below each decorator; the lines keep their numbers.
"""

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

NAME = re.compile(r"(?:^\*)?[A-Za-z_]\w*")


def axes(node: ast.AST) -> list[str]:
    """The named axes of all jaxtyping annotations in it, each once."""
    shapes = [
        (part.lineno, part.col_offset, part.slice.elts[-1].value)
        for part in ast.walk(node)
        if isinstance(part, ast.Subscript)
        and ast.unparse(part.value) != "Literal"
        and isinstance(part.slice, ast.Tuple)
        and isinstance(part.slice.elts[-1], ast.Constant)
        and isinstance(part.slice.elts[-1].value, str)
    ]
    every = (axis for _, _, shape in sorted(shapes) for axis in shape.split() if "{" not in axis)
    found = (name for axis in every for name in NAME.findall(axis))
    return list(dict.fromkeys(found))


def decorators(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Each decorator that enforces annotations, and what it is to pyrefly."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                name = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(name, ast.Name) and name.id in ("checked", "checked_with"):
                    yield decorator, f'{name.id}("{" ".join(axes(node))}")'


def named(text: str) -> str:
    """A module with its dimensions named above each checked function."""
    lines = text.splitlines(keepends=True)
    for decorator, name in decorators(ast.parse(text)):
        lines[decorator.lineno - 1] = f"{' ' * (decorator.col_offset - 1)}@{name}\n"
    return "".join(lines)


def overlay(folder: Path) -> None:
    """Write the named package and the stubs."""
    for source in (ROOT / "nnfunc").rglob("*.py"):
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(named(source.read_text()))
    (folder / "nnfunc" / "py.typed").touch()
    shutil.copytree(HERE / "nnfunc-stubs", folder / "nnfunc-stubs", dirs_exist_ok=True)
    shutil.copy(HERE / "pyrefly.toml", folder)
    shutil.copy(ROOT / "tests" / "typing" / "shapes.py", folder)


if __name__ == "__main__":
    overlay(Path(sys.argv[1]))
