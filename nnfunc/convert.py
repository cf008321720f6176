"""Weights of other libraries, through files of safetensors (extra `safetensors`), which no framework is needed for."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nnfunc.array import Array
from nnfunc.errors import CheckpointError, SettingError
from nnfunc.writing import write_whole


def read_safetensors(path: str | Path) -> dict[str, Array]:
    """The arrays of a file, by name.

    Raises:
        CheckpointError: it is missing, damaged, or holds what NumPy has no type for.
        SettingError: safetensors is not installed.
    """
    safetensors, path = _library("safetensors"), Path(path)
    if not path.is_file():
        what = "a folder" if path.is_dir() else "nothing there"
        raise CheckpointError(f"{path}: file must exist; got {what}. Is the path right?")
    try:
        with safetensors.safe_open(path, framework="np") as file:
            return {name: np.array(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except Exception as error:  # of its own kind, of the system's, and of NumPy's for its types
        raise CheckpointError(
            f"{path.name}: must be a file of safetensors, of numbers that NumPy has; got something else ({error}). "
            f"Is it whole?"
        ) from error


def write_safetensors(path: str | Path, tensors: Mapping[str, Array]) -> None:
    """Write arrays by name, in the order of C, which others than that library corrupts.

    Raises:
        CheckpointError: the file cannot be written.
        SettingError: safetensors is not installed.
    """
    content: bytes = _library("safetensors.numpy").save({name: np.ascontiguousarray(x) for name, x in tensors.items()})
    write_whole(Path(path), content)


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingError(
            "convert: safetensors must be installed; got none. pip install 'nnfunc[safetensors]'"
        ) from error
