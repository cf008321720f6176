"""Weights from and for PyTorch and Keras, neither of which is needed, and safetensors files (extra `safetensors`)."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnfunc.activations import Activation, OutputName
from nnfunc.base.array import Array, shape_text
from nnfunc.base.errors import CheckpointError, SettingError, ShapeError
from nnfunc.base.writing import write_whole
from nnfunc.costs import Cost, CostName
from nnfunc.model.params import Layer, Params, functions_for


def from_torch_state(
    tensors: Mapping[str, Array],
    *,
    activation: Any = "relu",
    output: OutputName | Activation = "softmax",
    cost: CostName | Cost | None = None,
) -> Params:
    """Build a network from the state of a PyTorch `Sequential` of `Linear`s: "0.weight" n_out×n_in, "0.bias", ….

    Args:
        tensors: arrays by name, such as `read_safetensors` returns, or {name: x.numpy() for name, x in state.items()}.
        activation: of the hidden layers, which a state does not contain: one for all, or one for each.
        output: activation of the last layer.
        cost: by default the natural one of the output.

    Raises:
        CheckpointError: a name is not that of a layer's weight or bias, or the arrays do not fit together.
        SettingError: an activation or the cost is unknown, or they cannot be combined.
    """
    found: dict[int, dict[str, Array]] = {}
    prefixes = set[str]()
    for name, x in tensors.items():
        before, _, kind = str(name).rpartition(".")
        prefix, _, place = before.rpartition(".")
        rank = {"weight": 2, "bias": 1}.get(kind)
        if rank is None or not place.isdecimal() or np.ndim(x) != rank or kind in found.get(int(place), {}):
            raise CheckpointError(
                f"from_torch_state: {name!r} must be the weight or bias of a Linear layer in a Sequential, such as "
                f"'0.weight'; got {np.shape(x)}. Leave it out?"
            )
        prefixes.add(prefix)
        found.setdefault(int(place), {})[kind] = np.asarray(x)
    if len(prefixes) > 1:
        raise CheckpointError(
            f"from_torch_state: layers must belong to one Sequential; got {', '.join(map(repr, sorted(prefixes)))}. "
            f"Pass one part?"
        )
    return _network("from_torch_state", [found[place] for place in sorted(found)], activation, output, cost)


def to_torch_state(params: Params) -> dict[str, Array]:
    """Return the state of a PyTorch `Sequential`, an activation after each `Linear`: "0.weight", "2.weight", …."""
    return {
        f"{2 * l}.{kind}": np.ascontiguousarray(x)
        for l, layer in enumerate(params.layers)
        for kind, x in (("weight", layer.W), ("bias", layer.b[:, 0]))
    }


def from_keras_weights(
    weights: Sequence[Array],
    *,
    activation: Any = "relu",
    output: OutputName | Activation = "softmax",
    cost: CostName | Cost | None = None,
) -> Params:
    """Build a network from `model.get_weights()` of a Keras `Sequential` of `Dense` layers.

    Args:
        weights: kernel, n_in×n_out, bias, kernel, bias, ….
        activation: of the hidden layers: one for all, or one for each.
        output: activation of the last layer.
        cost: by default the natural one of the output.

    Raises:
        CheckpointError: weights are not kernels and biases that fit together.
        SettingError: an activation or the cost is unknown, or they cannot be combined.
    """
    weights = [np.asarray(x) for x in weights]
    kinds = [{2: "weight", 1: "bias"}.get(x.ndim) for x in weights]
    if not weights or kinds != ["weight", "bias"] * (len(weights) // 2):
        raise CheckpointError(
            "from_keras_weights: weights must be kernel, bias, kernel, bias, …, of Dense layers; got "
            f"{', '.join(shape_text(x) for x in weights) or 'none'}."
        )
    layers = [{"weight": W.T, "bias": b} for W, b in zip(weights[::2], weights[1::2], strict=True)]
    return _network("from_keras_weights", layers, activation, output, cost)


def to_keras_weights(params: Params) -> list[Array]:
    """Return the weights for Keras's `model.set_weights(…)`: kernels n_in×n_out, and biases."""
    return [x for layer in params.layers for x in (np.ascontiguousarray(layer.W.T), layer.b[:, 0].copy())]


def _network(where: str, found: Sequence[Mapping[str, Array]], activation: Any, output: Any, cost: Any) -> Params:
    if not found or any("weight" not in layer for layer in found):
        raise CheckpointError(f"{where}: there must be a weight for each layer; got none. Are these Linear layers?")
    hidden = len(found) - 1
    names: tuple[Any, ...] = tuple(activation) if type(activation) in (tuple, list) else (activation,) * hidden
    if len(names) != hidden:
        raise SettingError(f"{where}: activation must be one, or one for each of {hidden} hidden layers; got {names}.")
    functions, chosen = functions_for(where, names, output, cost)
    try:
        layers = (
            Layer(np.ascontiguousarray(x["weight"]), _column(x), g) for x, g in zip(found, functions, strict=True)
        )
        return Params(tuple(layers), chosen)
    except ShapeError as error:
        raise CheckpointError(f"{where}: the layers must fit together; got layers that do not ({error})") from error


def _column(layer: Mapping[str, Array]) -> Array:
    W = layer["weight"]
    return layer["bias"].reshape(-1, 1) if "bias" in layer else np.zeros((len(W), 1), W.dtype)


def read_safetensors(path: str | Path) -> dict[str, Array]:
    """Read the arrays of a safetensors file, by name.

    Raises:
        CheckpointError: the file is missing, damaged, or holds a type that NumPy does not have.
        SettingError: safetensors is not installed.
    """
    safetensors, path = _imported("safetensors"), Path(path)
    if not path.is_file():
        what = "a folder" if path.is_dir() else "nothing there"
        raise CheckpointError(f"{path}: file must exist; got {what}. Is the path right?")
    try:
        with safetensors.safe_open(path, framework="np") as file:
            return {name: np.array(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except Exception as error:  # safetensors' own, the system's, and NumPy's for types it lacks
        raise CheckpointError(
            f"{path.name}: must be a safetensors file with dtypes that NumPy supports; got something else ({error}). "
            f"Is it whole?"
        ) from error


def write_safetensors(path: str | Path, tensors: Mapping[str, Array]) -> None:
    """Write arrays by name, as C-contiguous copies where needed: the library corrupts arrays in another order.

    Raises:
        CheckpointError: the file cannot be written.
        SettingError: safetensors is not installed.
    """
    contiguous = {name: np.ascontiguousarray(x) for name, x in tensors.items()}
    write_whole(Path(path), _imported("safetensors.numpy").save(contiguous))


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingError(
            "convert: safetensors must be installed; got none. pip install 'nnfunc[safetensors]'"
        ) from error
