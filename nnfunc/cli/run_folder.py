"""A run, read from its folder."""

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nnfunc.base.errors import DataError, SettingError
from nnfunc.cli.options import Network, Steps
from nnfunc.cli.settings import groups_of, settings_of
from nnfunc.cli.source import data_and_params, read_model
from nnfunc.data import Dataset
from nnfunc.files import runs
from nnfunc.model.params import Params
from nnfunc.training.epochs.figures import Figures
from nnfunc.training.epochs.history import read_history


@dataclass(frozen=True)
class Run:
    """The results of a run: its network is that of its model, or, before there is one, of its checkpoint."""

    folder: Path
    network: Network
    steps: Steps
    settings: dict[str, Any]
    params: Params
    digit: int | None

    @cached_property
    def history(self) -> list[Figures]:
        """The figures of its epochs; empty if it stopped within the first."""
        path = self.folder / runs.HISTORY
        return read_history(path) if path.is_file() else []

    @cached_property
    def data(self) -> tuple[Dataset, Dataset, Params]:
        """The training samples, the test samples, and the network before training."""
        return data_and_params(self.network, self.steps.seed)

    @property
    def test(self) -> Dataset:
        """The test samples."""
        return self.data[1]


def read_run(folder: Path, data: Path | None = None) -> Run:
    """Read a run; `data` is where its data are now, if they were moved.

    Raises:
        SettingError: there is no run in the folder, or it has no network yet.
        DataError: its settings are broken.
        CheckpointError: its network is broken.
    """
    if not (folder / runs.SETTINGS).is_file():
        what = "another folder" if folder.is_dir() else "a file" if folder.exists() else "nothing there"
        raise SettingError(
            f"{folder}: must be the folder of a run; got {what}. Make one with nnfunc train --run FOLDER?"
        )
    files = [folder / name for name in (runs.MODEL, runs.CHECKPOINT) if (folder / name).is_file()]
    if not files:
        raise SettingError(
            f"{folder}: must hold a network; got a run without an epoch. Resume it with nnfunc train --resume {folder}?"
        )
    network, steps, *others = groups_of(folder / runs.SETTINGS)
    if network.data is not None and "\0" in str(network.data):
        raise DataError(f"{runs.SETTINGS}: data must be a path; got one with a NUL. Is it damaged?")
    params, digit = read_model(files[0])
    moved = network if data is None else dataclasses.replace(network, data=data)
    settings = settings_of((network, steps, *others))
    chosen = {"data": settings.pop("data") or "the embedded part of MNIST", "learning_rate": steps.rate}
    return Run(folder, moved, steps, {**settings, **chosen}, params, digit)
