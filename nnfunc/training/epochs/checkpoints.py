"""Checkpoints: model files that also hold all that training needs to resume."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnfunc.activations import Activation
from nnfunc.base.errors import CheckpointError
from nnfunc.base.validation import whole_number
from nnfunc.base.writing import make_folder
from nnfunc.costs import Cost
from nnfunc.files.archive import misfits_named, read_archive, write_archive
from nnfunc.model.custom_functions import check_functions, functions_of
from nnfunc.model.params import Params
from nnfunc.optimizers import OptimizerState
from nnfunc.shapes import checked
from nnfunc.training.epochs.epoch import Epoch
from nnfunc.training.epochs.epochs import Epochs
from nnfunc.training.states import Best, Origin, State, generator_of, shuffling_of


@checked
def save_state(path: str | Path, state: State, *, about: Mapping[str, str | int] | None = None) -> None:
    """Write a checkpoint, from which `load_state` reads the state, and `load` its parameters.

    As with `save`, a previous file stays until the new one has been read back.

    Args:
        path: file to write; its name is used unchanged.
        state: `epoch.state`.
        about: facts to store with it, as in a model.

    Raises:
        CheckpointError: the file cannot be written, or cannot hold the state of the optimizer.
    """
    if type(state.optimizer) is not OptimizerState:
        raise CheckpointError(
            f"{path}: the state of the optimizer must be nn.OptimizerState; got {type(state.optimizer).__name__}. "
            f"Let its init and step return that?"
        )
    best = state.best
    trees = {"params": state.params, "optimizer": state.optimizer} | ({"best": best.params} if best else {})
    parts = {
        "about": dict(about or {}),
        "settings": dict(state.origin.settings),
        "state": {
            "epoch": state.epoch,
            "step": state.step,
            "shuffling": state.shuffling,
            "data": state.origin.sha256,
            "best": best and {"number": best.number, "cost": best.validation_cost, "since": best.since},
        },
    }
    write_archive(Path(path), trees, parts, OptimizerState)


def load_state(path: str | Path, *, functions: Activation | Cost | Sequence[Activation | Cost] = ()) -> State:
    """Read a checkpoint, for `nn.train(…, resume=state)`.

    Args:
        path: file to read.
        functions: custom activations and costs, which the file stores only by name.

    Raises:
        CheckpointError: the file is missing, damaged, not a checkpoint, of a newer version, or names an unknown
            function.
        SettingError: one of the functions is refused, as by `init`.
    """
    path = Path(path)
    archive = read_archive(path, functions_of("load_state", functions), ("params", "optimizer", "best"), OptimizerState)
    if "state" not in archive.parts:
        raise CheckpointError(
            f"{path.name}: must be a checkpoint; got a model, which has no state of training. Read it with nn.load?"
        )
    with misfits_named(path):
        trees, found = archive.trees, archive.parts["state"]
        kinds = {"params": Params, "optimizer": OptimizerState, "best": Params}
        if not all(isinstance(tree, kinds[name]) for name, tree in trees.items()) or "optimizer" not in trees:
            raise ValueError("other trees than those of a checkpoint")
        state = State(
            whole_number(path.name, "epoch", found["epoch"], least=0),
            whole_number(path.name, "step", found["step"], least=0),
            trees["params"],
            trees["optimizer"],
            shuffling_of(generator_of(found["shuffling"])),  # raises if it is not a generator's state
            Origin({str(name): str(x) for name, x in archive.parts["settings"].items()}, str(found["data"])),
            None if found["best"] is None else _best(path, trees["best"], found["best"]),
        )
    check_functions("load_state", [layer.activation for layer in state.params.layers], state.params.cost)
    return state


def _best(path: Path, params: Params, found: Mapping[str, Any]) -> Best:
    return Best(
        whole_number(path.name, "best epoch", found["number"]),
        params,
        float(found["cost"]),
        whole_number(path.name, "epochs since", found["since"], least=0),
    )


class Checkpointing(Epochs):
    """An iterator of epochs that saves a checkpoint after each, replacing the one before.

    `nn.load_state` reads it for `nn.train(…, resume=state)`, and `nn.load` reads its network.

    Args:
        epochs: the epochs of `nn.train`.
        path: path of the file; its folder is created if it does not exist.
        every: save after every `every` epochs, and after the last one.
        steps: also save within an epoch, about every `steps` steps: when the samples read at once are used up.
        about: facts to store with it, as in a model.

    Raises:
        SettingError: every or steps is not a whole number of at least 1.
        CheckpointError: the folder cannot be created or written to.
    """

    def __init__(
        self,
        epochs: Iterable[Epoch],
        path: str | Path,
        *,
        every: int = 1,
        steps: int | None = None,
        about: Mapping[str, str | int] | None = None,
    ) -> None:
        self._path, self._every = Path(path), whole_number("Checkpointing", "every", every)
        self._about = about
        super().__init__(epochs)
        self._best = None if self.start is None else self.start.best
        make_folder(self._path.parent)
        if steps is not None:
            self.watch(whole_number("Checkpointing", "steps", steps), self._save)

    def _pass(self, epochs: Iterator[Epoch]) -> Iterator[Epoch]:
        epoch = None
        for epoch in epochs:
            self._best = epoch.state.best
            if epoch.number % self._every == 0:
                self._save(epoch.state)
            yield epoch
        if epoch is not None and epoch.number % self._every:
            self._save(epoch.state)

    def _save(self, state: State) -> None:
        save_state(self._path, dataclasses.replace(state, best=self._best), about=self._about)
