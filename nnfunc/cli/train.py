"""`nnfunc train`."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from tyro.conf import arg

from nnfunc.cli.cluster import connected
from nnfunc.cli.common import Command, err
from nnfunc.cli.display import quality, quality_facts, watched
from nnfunc.cli.source import for_digit, training_and_test
from nnfunc.data import Dataset
from nnfunc.descent import Gradient
from nnfunc.distributed import on_dask
from nnfunc.errors import SettingError
from nnfunc.evaluation import evaluate
from nnfunc.files import check_writable, save
from nnfunc.network import init
from nnfunc.params import Params
from nnfunc.training import Epoch, Training, train


@dataclass(frozen=True, kw_only=True)
class Train(Command):
    """Train a network and save it; by default the notes' 784-10-10 on the MNIST subset that the package carries."""

    data: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: the embedded MNIST)")] = None
    """Folder of IDX or .npy files, .npz or .csv; where it has no test part, a random sixth is held out."""
    digit: Annotated[int | None, arg(metavar="0..9", help_behavior_hint="")] = None
    """Learn "is it this digit?" instead of which digit it is."""
    hidden: Annotated[
        tuple[int, ...] | None, arg(metavar="[N …]", help_behavior_hint="(default: 10; with --digit: 32 16)")
    ] = None
    """Nodes of each hidden layer; none at all make a perceptron."""
    activation: Annotated[tuple[str, ...], arg(metavar="NAME [NAME …]")] = ("relu",)
    """One for all hidden layers, or one for each: relu, leaky_relu, elu, tanh, sigmoid, identity."""
    output: Annotated[
        str | None, arg(metavar="NAME", help_behavior_hint="(default: softmax; with --digit: sigmoid)")
    ] = None
    """Activation of the last layer: one of those, or softmax."""
    cost: Annotated[
        str | None, arg(metavar="NAME", help_behavior_hint="(default: the one that belongs to the output)")
    ] = None
    """cross_entropy, binary_cross_entropy or squared_error."""
    batch: Annotated[int | Literal["full"], arg(metavar="N|full")] = 32
    """Samples of a step, or "full" for all of them, as in the notes."""
    epochs: int = 10
    """Passes over the data."""
    learning_rate: float = 0.1
    """α, the length of a step."""
    seed: int = 0
    """Of the first weights, the shuffling and the part held out."""
    dask: Annotated[str | None, arg(metavar="HOST:PORT|local", help_behavior_hint="")] = None
    """Compute the gradient on a Dask cluster, or on processes of this machine; with --batch full."""
    out: Path = Path("model.npz")
    """File for the trained model."""

    def run(self) -> None:
        """Train, save, and show how good it is."""
        check_writable(self.out)
        if self.dask is not None and self.batch != "full":
            raise SettingError(f"train: batch must be full with --dask; got {self.batch}. Add --batch full.")
        training, test = (for_digit(data, self.digit) for data in training_and_test(self.data, self.seed))
        params = self._network(training)
        with self._gradient(training) as gradient:
            epochs = train(
                params,
                training,
                learning_rate=self.learning_rate,
                epochs=self.epochs,
                batch=None if self.batch == "full" else self.batch,
                seed=self.seed,
                validation=test,
                gradient=gradient,
            )
            params = self._last_of(epochs)
        evaluation = evaluate(params, test)
        self.say(quality(evaluation, self.digit), **quality_facts(evaluation, self.digit))
        self.say(f"saved to {self.out}", model=str(self.out))

    def _network(self, data: Dataset) -> Params:
        n_in, n_out = data.X.shape[0], 10 if self.digit is None else 1
        hidden = self.hidden if self.hidden is not None else (10,) if self.digit is None else (32, 16)
        return init(
            (n_in, *hidden, n_out),
            activation=self.activation[0] if len(self.activation) == 1 else self.activation,
            output=self.output or ("softmax" if self.digit is None else "sigmoid"),
            cost=self.cost,
            seed=self.seed,
            dtype=np.float64 if data.X.dtype == np.float64 else np.float32,
        )

    @contextmanager
    def _gradient(self, data: Dataset) -> Generator[Gradient | None]:
        if self.dask is None:
            yield None
        else:
            with connected(self.dask) as client:
                yield on_dask(client, data)

    def _last_of(self, epochs: Training) -> Params:
        """The parameters of the last epoch, saved; also when somebody interrupts the training."""
        last: Epoch | None = None
        try:
            for epoch in watched(epochs, self.epochs, self):
                last = epoch
        except KeyboardInterrupt:
            if last is not None:
                self._save(last.params)
            saved = "nothing is saved" if last is None else f"epoch {last.number} is in {self.out}"
            err.print(f"interrupted: {saved}", soft_wrap=True)
            raise
        assert last is not None  # there is at least one epoch
        self._save(last.params)
        return last.params

    def _save(self, params: Params) -> None:
        save(self.out, params, about={} if self.digit is None else {"digit": self.digit})
