"""Saving models to files, and loading them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from nnfunc.activations import Activation
from nnfunc.base.errors import CheckpointError
from nnfunc.costs import Cost
from nnfunc.files.archive import misfits_named, read_archive, write_archive
from nnfunc.model.custom_functions import OURS, Functions, check_functions, functions_of
from nnfunc.model.params import Params
from nnfunc.shapes import checked

About = Mapping[str, str | int]


@checked
def save(path: str | Path, params: Params, *, about: About | None = None) -> None:
    """Save a model as .npz without pickle: `params.layers[0].W`, …, and a description with a SHA-256 of everything.

    The file is written atomically: to a temporary file next to it, which is then renamed.

    Args:
        path: file to write; no suffix is added.
        params: network to save.
        about: facts to keep with the model, such as the digit it looks for.

    Raises:
        CheckpointError: the file cannot be written, or two functions of the network have the same name.
    """
    write_archive(Path(path), {"params": params}, {"about": dict(about or {})})


def load(path: str | Path, *, functions: Activation | Cost | Sequence[Activation | Cost] = ()) -> Params:
    """Load a model that `save` wrote.

    Args:
        path: file to read.
        functions: custom activations and costs, of which the file contains only the names.

    Raises:
        CheckpointError: the file is missing, damaged, not a model, of a newer version, or names an unknown function.
        SettingError: one of the functions is refused, as in `init`.
    """
    params, _ = load_model(path, functions_of("load", functions))
    check_functions("load", [layer.activation for layer in params.layers], params.cost)
    return params


def load_model(path: str | Path, functions: Functions = OURS) -> tuple[Params, dict[str, str | int]]:
    """Load a model, and the facts that were saved with it."""
    path = Path(path)
    trees, parts = read_archive(path, functions, ("params",))
    with misfits_named(path):
        if not isinstance(trees["params"], Params):
            raise CheckpointError(f"{path.name}: params must be nn.Params; got {type(trees['params']).__name__}.")
        return trees["params"], dict(parts["about"])
