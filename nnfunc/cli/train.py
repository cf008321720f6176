"""The command `nnfunc train`."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tyro.conf import OmitArgPrefixes

from nnfunc import __version__
from nnfunc.base.errors import SettingError
from nnfunc.base.validation import whole_number
from nnfunc.base.writing import check_writable
from nnfunc.cli.cluster import connected
from nnfunc.cli.common import Command, err
from nnfunc.cli.display import quality, quality_facts, watched
from nnfunc.cli.options import Generalisation, Network, Result, Steps, offered
from nnfunc.cli.settings import settings_of
from nnfunc.cli.source import data_and_params
from nnfunc.data import Dataset
from nnfunc.distributed import on_dask
from nnfunc.files import runs
from nnfunc.files.models import save
from nnfunc.model.params import Params
from nnfunc.optimizers import AdamW
from nnfunc.schedules import schedule_named
from nnfunc.tiling.evaluation import evaluate
from nnfunc.training.epochs.checkpoints import Checkpointing, load_state
from nnfunc.training.epochs.epochs import Epochs
from nnfunc.training.epochs.history import History
from nnfunc.training.epochs.wrappers import EarlyStopping
from nnfunc.training.states import State
from nnfunc.training.steps.augmentation import Distorted
from nnfunc.training.steps.descent import Gradient
from nnfunc.training.steps.divergence import DivergedError
from nnfunc.training.steps.settings import Settings
from nnfunc.training.train import Training, trained


@dataclass(frozen=True, kw_only=True)
class TrainCommand(Command):
    """Train a network and save it; by default the notes' 784-10-10 on the embedded subset of MNIST."""

    network: OmitArgPrefixes[Network] = field(default_factory=Network)
    steps: OmitArgPrefixes[Steps] = field(default_factory=Steps)
    generalisation: OmitArgPrefixes[Generalisation] = field(default_factory=Generalisation)
    result: OmitArgPrefixes[Result] = field(default_factory=Result)

    @property
    def groups(self) -> tuple[Network, Steps, Generalisation, Result]:
        """All options, except those of every command."""
        return self.network, self.steps, self.generalisation, self.result

    def run(self) -> None:
        """Train, save, and print the evaluation."""
        self._check()
        with ExitStack() as stack:
            if self.result.resume is not None:
                stack.enter_context(runs.locked(self.result.resume))
            data, test, params = data_and_params(self.network, self.steps.seed)
            dask = self.steps.dask
            gradient = None if dask is None else on_dask(stack.enter_context(connected(dask)), data)
            training = self._training(params, data, test, gradient, self._state())
            patience = self.generalisation.patience
            epochs = Epochs(training) if patience is None else EarlyStopping(training, patience=patience)
            folder = self.result.run_folder
            if folder is not None:
                epochs = self._kept(stack, folder, epochs)
            params = self._trained(training.start, epochs)
        evaluation = evaluate(params, test)
        self.say(quality(evaluation, self.network.digit), **quality_facts(evaluation, self.network.digit))
        self.say(f"saved to {self._out}", model=str(self._out))

    def _state(self) -> State | None:
        """Return the state from which the run resumes, or None; L-BFGS, whose state is not saved, starts again."""
        folder = self.result.resume
        if folder is None or not (folder / runs.CHECKPOINT).exists() or self.steps.optimizer == "lbfgs":
            return None
        state = load_state(folder / runs.CHECKPOINT)
        if self.generalisation.patience is not None and state.epoch and state.best is None:
            raise SettingError(
                f"train: --patience must be set from the beginning of a run; got one at epoch {state.epoch}. "
                f"Start a new run?"
            )
        return state

    def _kept(self, stack: ExitStack, folder: Path, epochs: Epochs) -> Epochs:
        """Return the epochs, with the run's files saved as they pass: the history first, so that it is complete."""
        settings = settings_of(self.groups)
        if self.result.resume is None:
            stack.enter_context(runs.begun(folder, settings, __version__))
        else:
            runs.rewrite_settings(folder, settings, __version__)
        return Checkpointing(
            History(epochs, folder / runs.HISTORY),
            folder / runs.CHECKPOINT,
            steps=self.result.checkpoint_steps,
            about=self._about,
        )

    def _check(self) -> None:
        result, folder = self.result, self.result.run_folder
        if result.resume is not None and result.config is not None:
            raise SettingError("train: --config must be left out with --resume, which has settings; got both.")
        if result.resume is not None and folder != result.resume:
            raise SettingError("train: --run must be left out with --resume, which continues in its folder; got both.")
        if folder is None:
            check_writable(self._out)
        elif result.out is not None:
            option = "--run" if result.resume is None else "--resume"
            raise SettingError(f"train: --out must be left out with {option}, which keeps the model; got {result.out}.")
        if result.checkpoint_steps is not None:
            whole_number("train", "checkpoint-steps", result.checkpoint_steps)
            if self.steps.batch == "full":
                raise SettingError("train: checkpoint-steps must come with batches; got --batch full, a step an epoch.")
            if folder is None:
                raise SettingError("train: checkpoint-steps must have a folder; got none. Add --run FOLDER.")
        if self.steps.dask is not None and self.steps.batch != "full":
            raise SettingError(f"train: batch must be full with --dask; got {self.steps.batch}. Add --batch full.")
        if self.generalisation.weight_decay is not None and self.steps.optimizer != "adamw":
            raise SettingError(
                f"train: weight decay must come with adamw; got {self.steps.optimizer}. Add --optimizer adamw, or use "
                f"--l2?"
            )

    @property
    def _out(self) -> Path:
        return self.result.out or (self.result.run_folder or Path()) / runs.MODEL

    def _training(
        self, params: Params, data: Dataset, test: Dataset, gradient: Gradient | None, resume: State | None
    ) -> Training:
        how, against = self.steps, self.generalisation
        decay = against.weight_decay
        settings = Settings(
            **offered(how, against),
            epochs=how.epochs,
            batch=how.batch_size,
            seed=how.seed,
            learning_rate=schedule_named(how.schedule, how.rate, how.warm_up),
            optimizer=how.optimizer if decay is None else AdamW(weight_decay=decay),
            dropout=against.dropout[0] if len(against.dropout) == 1 else against.dropout,
            class_weights="balanced" if against.balanced else None,
            augmentation=None if against.distort is None else Distorted(*against.distort),
        )
        return trained(params, data, settings, validation=test, gradient=gradient, resume=resume)

    def _trained(self, start: State, epochs: Epochs) -> Params:
        """Train, save the parameters of the last epoch, or of the best, and return them; save also when interrupted."""
        last = start
        try:
            for epoch in watched(epochs, self.steps.epochs, self):
                last = epoch.state
        except KeyboardInterrupt:
            number, params = self._chosen(last)
            if number:
                save(self._out, params, about=self._about)
            saved = f"epoch {number} is in {self._out}" if number else "nothing is saved"
            folder = self.result.run_folder
            more = "" if folder is None else f"; nnfunc train --resume {folder} resumes"
            err.print(f"interrupted: {saved}{more}", soft_wrap=True)
            raise
        except DivergedError as error:
            path = self._out.with_suffix(".diverged.npz")
            save(path, error.params, about=self._about)
            err.print(f"diverged: the last parameters that are finite are in {path}", soft_wrap=True)
            raise
        number, params = self._chosen(last)
        if last is start:
            self.say("nothing was left to do; raise --epochs or --patience to continue")
        if self.generalisation.patience is not None:
            self.say(f"the best is epoch {number}", best=number)
        save(self._out, params, about=self._about)
        return params

    def _chosen(self, state: State) -> tuple[int, Params]:
        """Return the number and parameters of the epoch that is kept."""
        best = state.best if self.generalisation.patience is not None else None
        return (state.epoch, state.params) if best is None else (best.number, best.params)

    @property
    def _about(self) -> dict[str, str | int]:
        return {} if self.network.digit is None else {"digit": self.network.digit}
