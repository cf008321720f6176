"""`nnfunc train`."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tyro.conf import OmitArgPrefixes

from nnfunc import __version__, runs
from nnfunc.augmentation import Distorted
from nnfunc.cli.cluster import connected
from nnfunc.cli.common import Command, err
from nnfunc.cli.display import quality, quality_facts, watched
from nnfunc.cli.network import data_and_params
from nnfunc.cli.options import Generalisation, Network, Result, Steps
from nnfunc.cli.settings import settings_of
from nnfunc.data import Dataset, steps_per_epoch
from nnfunc.descent import Gradient
from nnfunc.distributed import on_dask
from nnfunc.errors import SettingError
from nnfunc.evaluation import evaluate
from nnfunc.files import check_writable, save
from nnfunc.lbfgs import LBFGS
from nnfunc.optimizers import AdamW, Optimizer
from nnfunc.options import schedule_named
from nnfunc.params import Params
from nnfunc.training import Epoch, train
from nnfunc.wrappers import Epochs, checkpointing, early_stopping, history

RATES = {"adam": 0.001, "adamw": 0.001, "rmsprop": 0.001, "lbfgs": 1.0}
"""Learning rates by default, of optimizers that do not take 0.1."""


@dataclass(frozen=True, kw_only=True)
class Train(Command):
    """Train a network and save it; by default the notes' 784-10-10 on the MNIST subset that the package carries."""

    network: OmitArgPrefixes[Network] = field(default_factory=Network)
    steps: OmitArgPrefixes[Steps] = field(default_factory=Steps)
    generalisation: OmitArgPrefixes[Generalisation] = field(default_factory=Generalisation)
    result: OmitArgPrefixes[Result] = field(default_factory=Result)

    @property
    def groups(self) -> tuple[Network, Steps, Generalisation, Result]:
        """All options but those of every command."""
        return self.network, self.steps, self.generalisation, self.result

    def run(self) -> None:
        """Train, save, and show how good it is."""
        self._check()
        digit, folder = self.network.digit, self.result.run_folder
        training, test, params = data_and_params(self.network, self.steps.seed)
        with self._gradient(training) as gradient:
            epochs: Epochs = Epochs(self._training(params, training, test, gradient))
            if folder is not None:
                runs.begin(folder, settings_of(self.groups), __version__)
                epochs = history(epochs, folder / runs.HISTORY)
                if self.result.checkpoints is not None:
                    epochs = checkpointing(epochs, folder / runs.CHECKPOINTS, every=self.result.checkpoints)
            params = self._trained(epochs)
        evaluation = evaluate(params, test)
        self.say(quality(evaluation, digit), **quality_facts(evaluation, digit))
        self.say(f"saved to {self._out}", model=str(self._out))

    def _check(self) -> None:
        if self.result.run_folder is None:
            check_writable(self._out)
        elif self.result.out is not None:
            raise SettingError(
                f"train: --out must be left out with --run, which keeps the model; got {self.result.out}."
            )
        if self.result.checkpoints is not None and self.result.run_folder is None:
            raise SettingError("train: checkpoints must have a folder; got none. Add --run FOLDER.")
        if self.steps.dask is not None and self.steps.batch != "full":
            raise SettingError(f"train: batch must be full with --dask; got {self.steps.batch}. Add --batch full.")
        if self.generalisation.weight_decay is not None and self.steps.optimizer != "adamw":
            raise SettingError(
                f"train: weight decay must come with adamw; got {self.steps.optimizer}. Add --optimizer adamw, or use "
                f"--l2?"
            )

    @property
    def _out(self) -> Path:
        folder = self.result.run_folder
        return self.result.out or (Path(runs.MODEL) if folder is None else folder / runs.MODEL)

    def _training(self, params: Params, data: Dataset, test: Dataset, gradient: Gradient | None) -> Any:
        how, against = self.steps, self.generalisation
        batch = None if how.batch == "full" else how.batch
        rate = RATES.get(how.optimizer, 0.1) if how.learning_rate is None else how.learning_rate
        total = how.epochs * steps_per_epoch(data.m, None if batch is None else max(batch, 1))
        return train(
            params,
            data,
            learning_rate=schedule_named(how.schedule, rate, total, how.warm_up),
            epochs=how.epochs,
            batch=batch,
            optimizer=self._optimizer,
            l2=against.l2,
            dropout=against.dropout[0] if len(against.dropout) == 1 else against.dropout,
            clip=how.clip,
            label_smoothing=against.label_smoothing,
            class_weights="balanced" if against.balanced else None,
            augmentation=None if against.distort is None else Distorted(*against.distort),
            seed=how.seed,
            validation=test,
            gradient=gradient,
        )

    @property
    def _optimizer(self) -> str | Optimizer | LBFGS:
        decay = self.generalisation.weight_decay
        return self.steps.optimizer if decay is None else AdamW(weight_decay=decay)

    @contextmanager
    def _gradient(self, data: Dataset) -> Generator[Gradient | None]:
        if self.steps.dask is None:
            yield None
        else:
            with connected(self.steps.dask) as client:
                yield on_dask(client, data)

    def _trained(self, epochs: Epochs) -> Params:
        """The parameters of the last epoch, or of the best, saved; also when somebody interrupts the training."""
        patience = self.generalisation.patience
        stopping = None if patience is None else early_stopping(epochs, patience=patience)
        last: Epoch | None = None
        try:
            for epoch in watched(stopping or epochs, self.steps.epochs, self):
                last = stopping.best if stopping else epoch
        except KeyboardInterrupt:
            if last is not None:
                self._save(last.params)
            saved = "nothing is saved" if last is None else f"epoch {last.number} is in {self._out}"
            err.print(f"interrupted: {saved}", soft_wrap=True)
            raise
        assert last is not None  # there is at least one epoch
        if stopping:
            self.say(f"the best is epoch {last.number}", best=last.number)
        self._save(last.params)
        return last.params

    def _save(self, params: Params) -> None:
        digit = self.network.digit
        save(self._out, params, about={} if digit is None else {"digit": digit})
