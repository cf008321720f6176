"""States of training in files: a checkpoint is a model file that holds more, all that it needs to go on."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnfunc.activations import Activation
from nnfunc.array import Array
from nnfunc.costs import Cost
from nnfunc.errors import CheckpointError
from nnfunc.files import (
    arrays_of,
    description_of,
    misfits_named,
    network_of,
    read_described,
    write_described,
)
from nnfunc.optimizers import OptimizerState
from nnfunc.params import Params
from nnfunc.passes import Grads, LayerGrads
from nnfunc.registry import register
from nnfunc.settings import whole_number
from nnfunc.shapes import checked
from nnfunc.states import Best, Origin, State, shuffling_of


@checked("")
def save_state(path: str | Path, state: State, *, about: Mapping[str, str | int] | None = None) -> None:
    """Write a checkpoint, from which `load_state` reads the state, and `load` its parameters.

    It is written as `save` does: what was there before stays until the new one has been read back.

    Args:
        path: file to write; its name is used as it is.
        state: `epoch.state`.
        about: facts to keep with it, as in a model.

    Raises:
        CheckpointError: the file cannot be written, or the optimizer remembers what it cannot hold.
    """
    if type(state.optimizer) is not OptimizerState:
        raise CheckpointError(
            f"{path}: what the optimizer remembers must be nn.OptimizerState; got {type(state.optimizer).__name__}. "
            f"Let its init and step return that?"
        )
    best, averages = state.best, state.optimizer.averages
    arrays = arrays_of(state.params)
    for i, average in enumerate(averages, start=1):
        for l, layer in enumerate(average.layers, start=1):
            arrays |= {f"average{i} dW{l}": layer.dW, f"average{i} db{l}": layer.db}
    if state.optimizer.steps is not None:
        arrays["steps"] = state.optimizer.steps
    kept: dict[str, float] | None = None
    if best is not None:
        arrays |= arrays_of(best.params, "best ")
        kept = {"number": best.number, "cost": best.validation_cost, "since": best.since}
    description = {
        **description_of(state.params),
        "about": dict(about or {}),
        "state": {
            "epoch": state.epoch,
            "step": state.step,
            "averages": len(averages),
            "shuffling": state.shuffling,
            "settings": dict(state.origin.settings),
            "data": state.origin.sha256,
            "best": kept,
        },
    }
    write_described(Path(path), description, arrays)


def load_state(path: str | Path, *, functions: Activation | Cost | Sequence[Activation | Cost] = ()) -> State:
    """Read a checkpoint, for `nn.train(…, resume=state)`.

    Args:
        path: file to read.
        functions: activations and costs of one's own, which the file knows by their names only.

    Raises:
        CheckpointError: the file is missing, damaged, no checkpoint, of a newer version, or names a function that is
            not known.
        SettingError: one of the functions is refused, as by `init`.
    """
    register([functions] if isinstance(functions, Activation | Cost) else functions)
    path = Path(path)
    description, arrays = read_described(path)
    if "state" not in description:
        raise CheckpointError(
            f"{path.name}: must be a checkpoint; got a model, which has no state of training. Read it with nn.load?"
        )
    with misfits_named(path):
        return _state(path, description, arrays)


def _state(path: Path, description: Mapping[str, Any], arrays: Mapping[str, Array]) -> State:
    params, found = network_of(path, description, arrays), description["state"]
    settings = {str(name): str(value) for name, value in found["settings"].items()}
    return State(
        whole_number(path.name, "epoch", found["epoch"], least=0),
        whole_number(path.name, "step", found["step"], least=0),
        params,
        OptimizerState(
            tuple(_average(params, arrays, f"average{i + 1} ") for i in range(found["averages"])),
            arrays["steps"].copy() if "steps" in arrays else None,
        ),
        _shuffling(found["shuffling"]),
        Origin(settings, str(found["data"])),
        None if found["best"] is None else _best(path, description, arrays),
    )


def _average(params: Params, arrays: Mapping[str, Array], prefix: str) -> Grads:
    every = range(1, len(params.layers) + 1)
    return Grads(
        tuple(LayerGrads(arrays[f"{prefix}dW{l}"].copy("K"), arrays[f"{prefix}db{l}"].copy("K")) for l in every)
    )


def _shuffling(text: str) -> str:
    """The state of a generator, if it is one.

    Raises:
        ValueError: or TypeError, KeyError: it is none.
    """
    rng = np.random.default_rng(0)
    rng.bit_generator.state = json.loads(text)
    return shuffling_of(rng)


def _best(path: Path, description: Mapping[str, Any], arrays: Mapping[str, Array]) -> Best:
    found = description["state"]["best"]
    return Best(
        whole_number(path.name, "best epoch", found["number"]),
        network_of(path, description, arrays, "best "),
        float(found["cost"]),
        whole_number(path.name, "epochs since", found["since"], least=0),
    )
