"""The file format of models and checkpoints: trees of arrays under the names of their fields, and parts of JSON.

A file is an .npz without pickle. An array is named by the Python expression that finds it: `params.layers[0].W`.
`description`, a JSON text, has the version of the format, the structure of the trees, the parts (facts about the model,
the settings, the state of the training), and a SHA-256 of everything.
"""

import contextlib
import dataclasses
import hashlib
import io
import json
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from nnfunc.activations import Activation
from nnfunc.base.array import Array, is_array, owned
from nnfunc.base.errors import CheckpointError, NnfuncError
from nnfunc.base.npz import read_arrays
from nnfunc.base.writing import write_whole
from nnfunc.costs import Cost
from nnfunc.files import older
from nnfunc.model.cache_and_grads import Grads, LayerGrads
from nnfunc.model.custom_functions import Functions
from nnfunc.model.params import Layer, Params

FORMAT = 2
"""The version of the format. Newer ones are refused; older ones can always be read."""

KINDS = Params, Layer, Grads, LayerGrads
"""The dataclasses that any file may contain."""


class Archive(NamedTuple):
    """The contents of a file: trees of arrays, and parts of plain JSON, by name."""

    trees: dict[str, Any]
    parts: dict[str, Any]


def write_archive(path: Path, trees: Mapping[str, Any], parts: Mapping[str, Any], *others: type) -> None:
    """Write trees and parts atomically; `others` are dataclasses that the trees may contain in addition to `KINDS`.

    Raises:
        CheckpointError: the file cannot be written, two functions have the same name, or a value cannot be stored.
    """
    arrays, functions = dict[str, Array](), dict[str, Activation | Cost]()
    kinds = (*KINDS, *others)
    built = {name: _built(path, tree, name, kinds, arrays, functions) for name, tree in trees.items()}
    write_whole(path, signed({"format": FORMAT, "trees": built, **parts}, arrays))


def _built(
    path: Path,
    x: Any,
    name: str,
    kinds: tuple[type, ...],
    arrays: dict[str, Array],
    functions: dict[str, Activation | Cost],
) -> Any:
    """Return the structure of a tree as JSON, and enter its arrays and functions under their names."""
    if is_array(x):
        arrays[name] = x
        return {"array": list(x.shape)}
    if isinstance(x, Activation | Cost):
        if functions.setdefault(f"{type(x).__name__} {x.name}", x) != x:
            raise CheckpointError(
                f"{path}: {x.name!r} must name a single function in a file; got two. Choose other names?"
            )
        return {type(x).__name__: x.name}
    if type(x) in kinds:
        parts = {field.name: getattr(x, field.name) for field in dataclasses.fields(x)}.items()
        return {type(x).__name__: {y: _built(path, part, f"{name}.{y}", kinds, arrays, functions) for y, part in parts}}
    if isinstance(x, tuple):
        return {
            "tuple": [_built(path, y, f"{name}[{i}]", kinds, arrays, functions) for i, y in enumerate(cast("Any", x))],
        }
    if x is not None and not isinstance(x, int | float | str):
        raise CheckpointError(
            f"{path}: {name} must be arrays, numbers and texts, in tuples; got a value of type {type(x).__name__}. "
            f"Keep only these in the optimizer's state?"
        )
    return {"constant": x}


def signed(description: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Return arrays and their description as the bytes of an .npz, with a SHA-256 of everything."""
    content = io.BytesIO()
    whole = json.dumps({**description, "sha256": _digest(description, arrays)})
    np.savez(content, description=np.array(whole), **cast("Any", arrays))
    return content.getvalue()


def read_archive(path: Path, functions: Functions, names: Sequence[str], *others: type) -> Archive:
    """Read the trees of these names that the file contains, and its parts.

    Raises:
        CheckpointError: the file is missing, damaged, of a newer version, of another kind, or names an unknown
            function.
    """
    description, arrays = read_described(path)
    with misfits_named(path):
        kinds = {kind.__name__: kind for kind in (*KINDS, *others)}
        trees = {name: how for name, how in description.pop("trees").items() if name in names}
        return Archive(
            {name: _read(path, how, name, kinds, arrays, functions) for name, how in trees.items()}, description
        )


def _read(
    path: Path, how: Any, name: str, kinds: Mapping[str, type], arrays: Mapping[str, Array], functions: Functions
) -> Any:
    ((kind, of),) = how.items()
    if kind == "array":
        if list(arrays[name].shape) != of:
            raise ValueError(f"{name} of another shape")
        return owned(arrays[name])
    if kind in ("Activation", "Cost"):
        known: Mapping[str, Any] = functions.activations if kind == "Activation" else functions.costs
        if of not in known:
            raise CheckpointError(
                f"{path.name}: its {kind.lower()} {of!r} must be known; got no function of that name. "
                f"Pass functions=[nn.{kind}({of!r}, …)] where it is read?"
            )
        return known[of]
    if kind in kinds:
        return kinds[kind](**{x: _read(path, part, f"{name}.{x}", kinds, arrays, functions) for x, part in of.items()})
    if kind == "tuple":
        return tuple(_read(path, part, f"{name}[{i}]", kinds, arrays, functions) for i, part in enumerate(of))
    if kind == "constant":
        return of
    raise ValueError(f"a {kind} in it")


def read_described(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read the description and the arrays of a file and check its SHA-256; upgrade those of an older format.

    Raises:
        CheckpointError: the file is missing, damaged, of a newer version, or of another kind.
    """
    arrays = read_arrays(path, CheckpointError)
    with misfits_named(path):
        description = json.loads(str(arrays.pop("description")))
        version, known = description["format"], description.pop("sha256")
        if type(version) is not int or version < 1:
            raise ValueError(f"format {version!r}")
        if version > FORMAT:
            raise CheckpointError(
                f"{path.name}: format must be {FORMAT} or below; got {version}, of a newer nnfunc. Upgrade nnfunc?"
            )
        if _digest(description, arrays) != known:
            raise CheckpointError(f"{path.name}: SHA-256 must be that of its content; got another. Is it damaged?")
        return older.upgraded(description, arrays) if version == 1 else (description, arrays)


@contextlib.contextmanager
def misfits_named(path: Path) -> Generator[None]:
    """Convert the errors that malformed contents cause into one CheckpointError.

    Raises:
        CheckpointError: instead of the various errors of Python, NumPy and nnfunc.
    """
    try:
        yield
    except CheckpointError:
        raise
    except (NnfuncError, KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise CheckpointError(
            f"{path.name}: must be an nnfunc model or checkpoint; got another file ({error}). Is this the right one?"
        ) from error


def _digest(description: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for name, x in sorted(arrays.items()):
        digest.update(f"{name} {x.dtype.str} {x.shape}".encode())
        digest.update(np.ascontiguousarray(x).data)
    return digest.hexdigest()
