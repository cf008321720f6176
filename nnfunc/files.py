"""Models in files: arrays, and a description with a SHA-256 over everything."""

import contextlib
import hashlib
import io
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
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
from nnfunc.writing import write_whole

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
    write_described(Path(path), {**description_of(params), "about": dict(about or {})}, arrays_of(params))


def description_of(params: Params) -> dict[str, Any]:
    """What a file says of a network beside its arrays."""
    return {
        "format": FORMAT,
        "activations": [layer.activation for layer in params.layers],
        "cost": params.cost,
        "sizes": params.sizes,
    }


def arrays_of(params: Params, prefix: str = "") -> dict[str, Array]:
    """The arrays of a network by name: W1, b1, …."""
    return {
        f"{prefix}{name}{l}": x
        for l, layer in enumerate(params.layers, start=1)
        for name, x in (("W", layer.W), ("b", layer.b))
    }


def write_described(path: Path, description: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write arrays and their description.

    Raises:
        CheckpointError: the file cannot be written.
    """
    write_whole(path, signed(description, arrays))


def signed(description: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Arrays and their description as .npz, with a SHA-256 over everything."""
    content = io.BytesIO()
    whole = {**description, "sha256": _digest(description, arrays)}
    np.savez(content, description=np.array(json.dumps(whole)), **cast("Any", arrays))
    return content.getvalue()


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
    description, arrays = read_described(path)
    with misfits_named(path):
        return network_of(path, description, arrays), dict(description["about"])


def read_described(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """The description and the arrays of a file, whose SHA-256 is right.

    Raises:
        CheckpointError: the file is missing, damaged, of a newer version, or another one.
    """
    arrays = read_arrays(path, CheckpointError)
    with misfits_named(path):
        description = json.loads(str(arrays.pop("description")))
        version, known = description["format"], description.pop("sha256")
        if version > FORMAT:
            raise CheckpointError(
                f"{path.name}: format must be {FORMAT} or below; got {version}, of a newer nnfunc. Upgrade nnfunc?"
            )
        if _digest(description, arrays) != known:
            raise CheckpointError(f"{path.name}: SHA-256 must be that of its content; got another. Is it damaged?")
        return description, arrays


def network_of(path: Path, description: Mapping[str, Any], arrays: Mapping[str, Array], prefix: str = "") -> Params:
    """The network of a file.

    Raises:
        CheckpointError: one of its functions is not known.
    """
    activations = cast("list[str]", description["activations"])
    _check_known(path, "Activation", activations, OUTPUTS)
    _check_known(path, "Cost", [description["cost"]], COSTS)
    layers = tuple(
        Layer(arrays[f"{prefix}W{l}"], arrays[f"{prefix}b{l}"], activation)
        for l, activation in enumerate(activations, start=1)
    )
    return Params(layers, description["cost"])


@contextlib.contextmanager
def misfits_named(path: Path) -> Generator[None]:
    """What is not in a file as nnfunc writes it, as one sentence.

    Raises:
        CheckpointError: in place of what such a file makes Python, NumPy and nnfunc raise.
    """
    try:
        yield
    except CheckpointError:
        raise
    except (NnfuncError, KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise CheckpointError(
            f"{path.name}: must be a model or checkpoint of nnfunc; got another file ({error}). Is this the right one?"
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
