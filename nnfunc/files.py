"""Models in files, and the one way in which a file is written: whole or not at all."""

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from nnfunc.activations import OUTPUTS, Activation
from nnfunc.array import Array
from nnfunc.costs import COSTS, Cost
from nnfunc.errors import CheckpointError, NnfuncError
from nnfunc.npz import read_arrays
from nnfunc.params import Layer, Params
from nnfunc.registry import register
from nnfunc.shapes import checked

FORMAT = 1
"""Version of the model file. A higher one is refused."""

About = Mapping[str, str | int]


@checked("")
def save(path: str | Path, params: Params, *, about: About | None = None) -> None:
    """Write a model as .npz without pickle: W1, b1, …, and a description with a SHA-256 over everything.

    The file is written whole or not at all: to a temporary file beside it, which then takes its name.

    Args:
        path: file to write; its name is used as it is.
        params: network to save.
        about: facts to keep with the model, such as the digit it looks for.

    Raises:
        CheckpointError: the file cannot be written.
    """
    arrays = {
        f"{name}{l}": x
        for l, layer in enumerate(params.layers, start=1)
        for name, x in (("W", layer.W), ("b", layer.b))
    }
    description: dict[str, Any] = {
        "format": FORMAT,
        "activations": [layer.activation for layer in params.layers],
        "cost": params.cost,
        "sizes": params.sizes,
        "about": dict(about or {}),
    }
    description["sha256"] = _digest(description, arrays)
    content = io.BytesIO()
    np.savez(content, description=np.array(json.dumps(description)), **cast("Any", arrays))
    write_whole(Path(path), content.getvalue())


def load(path: str | Path, *, functions: Activation | Cost | Sequence[Activation | Cost] = ()) -> Params:
    """Read a model that `save` wrote.

    Args:
        path: file to read.
        functions: activations and costs of one's own, which the file knows by their names only.

    Raises:
        CheckpointError: the file is missing, damaged, no model, of a newer version, or names a function that is not
            known.
        SettingError: one of the functions is refused, as by `init`.
    """
    register([functions] if isinstance(functions, Activation | Cost) else functions)
    return load_model(path)[0]


def load_model(path: str | Path) -> tuple[Params, dict[str, str | int]]:
    """A model, and the facts that were saved with it."""
    path = Path(path)
    arrays = read_arrays(path, CheckpointError)
    try:
        description = json.loads(str(arrays.pop("description")))
        version, known = description["format"], description.pop("sha256")
        if version > FORMAT:
            raise CheckpointError(
                f"{path.name}: format must be {FORMAT} or below; got {version}, of a newer nnfunc. Upgrade nnfunc?"
            )
        if _digest(description, arrays) != known:
            raise CheckpointError(f"{path.name}: SHA-256 must be that of its content; got another. Is it damaged?")
        activations = cast("list[str]", description["activations"])
        _check_known(path, "Activation", activations, OUTPUTS)
        _check_known(path, "Cost", [description["cost"]], COSTS)
        layers = tuple(
            Layer(arrays[f"W{l}"], arrays[f"b{l}"], activation) for l, activation in enumerate(activations, start=1)
        )
        return Params(layers, description["cost"]), dict(description["about"])
    except CheckpointError:
        raise
    except (NnfuncError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"{path.name}: must be a model that nnfunc saved; got another file ({error}). Is this the right one?"
        ) from error


def _check_known(path: Path, kind: str, names: Iterable[Any], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise CheckpointError(
                f"{path.name}: its {kind.lower()} {name!r} must be known; got no function of that name. "
                f"Pass it: nn.load(path, functions=[nn.{kind}({name!r}, …)])?"
            )


def _digest(description: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for name, x in sorted(arrays.items()):
        digest.update(f"{name} {x.dtype.str} {x.shape}".encode())
        digest.update(np.ascontiguousarray(x).data)
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary file in its folder, synced, takes its name.

    Raises:
        CheckpointError: the folder is missing or cannot be written to, or the disk is full.
    """
    path = path.resolve()
    temporary = path.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise CheckpointError(
            f"{path}: must be a place that can be written to; got {error.strerror or error}. Choose another path?"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder, if it is not there.

    Raises:
        CheckpointError: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CheckpointError(
            f"{folder}: must be a folder that can be written to; got {error.strerror or error}. Choose another path?"
        ) from error
    if not os.access(folder, os.W_OK):
        raise CheckpointError(f"{folder}: must be a folder that can be written to; got none. Choose another path?")


def check_writable(path: Path) -> None:
    """Refuse a path that `write_whole` could not write, before the work whose result is to go there.

    Raises:
        CheckpointError: the folder is missing or cannot be written to, or the path is a folder.
    """
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or path.is_dir():
        what = "a folder" if path.is_dir() else "no such folder"
        raise CheckpointError(
            f"{path}: must be a file in a folder that can be written to; got {what}. Choose another path?"
        )


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
