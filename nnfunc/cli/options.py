"""The options of `nnfunc train`, in groups."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from tyro.conf import arg

from nnfunc.training.steps.settings import Settings, rate_of

Group = TypeVar("Group", bound=type)

OFFERED = {field.name: field for field in fields(Settings) if "group" in field.metadata}
"""The options of `nn.train` that the command offers unchanged."""


def with_options(group: str) -> Callable[[Group], Group]:
    """Return a decorator that adds the options of a group of `Settings` to a class that will be a dataclass."""

    def added(kind: Group) -> Group:
        for name, field in OFFERED.items():
            facts, of = field.metadata, vars(kind)
            if facts["group"] == group:
                hint: Any = arg(metavar=facts["metavar"], help=facts["text"], help_behavior_hint="")
                annotated: Any = Annotated
                of["__annotations__"][name] = annotated[field.type, hint]
                setattr(kind, name, field.default)
        return kind

    return added


def offered(*groups: object) -> dict[str, Any]:
    """Return the chosen values of these options, by name."""
    return {name: getattr(group, name) for group in groups for name in OFFERED if hasattr(group, name)}


@dataclass(frozen=True, kw_only=True)
class Network:
    """The data, and the network that learns them."""

    data: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: embedded MNIST)")] = None
    """Folder of IDX or .npy files, .npz or .csv."""
    digit: Annotated[int | None, arg(metavar="0..9", help_behavior_hint="")] = None
    """Learn "is it this digit?" instead of which digit it is."""
    hidden: Annotated[tuple[int, ...] | None, arg(metavar="[N …]", help_behavior_hint="(default: 10)")] = None
    """Nodes of each hidden layer; without any, a perceptron."""
    activation: Annotated[tuple[str, ...], arg(metavar="NAME …", help_behavior_hint="")] = ("relu",)
    """One for all hidden layers, or for each: relu, leaky_relu, elu, tanh, sigmoid, identity."""
    output: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")] = None
    """Activation of the last layer; by default softmax, with --digit sigmoid."""
    cost: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")] = None
    """cross_entropy, binary_cross_entropy, squared_error; by default that of the output."""


@dataclass(frozen=True, kw_only=True)
@with_options("steps")
class Steps:
    """The steps of training."""

    batch: Annotated[int | Literal["full"], arg(metavar="N")] = 32
    """Samples per step, or "full" for all, as in the notes."""
    epochs: Annotated[int, arg(metavar="N")] = 10
    """Passes over the data."""
    learning_rate: Annotated[float | None, arg(metavar="X", help_behavior_hint="")] = None
    """α, the length of a step; by default 0.1, for adam, adamw, rmsprop 0.001, for lbfgs 1."""
    schedule: Annotated[str, arg(metavar="NAME", help_behavior_hint="")] = "constant"
    """Schedule of α: constant (the default), step, exponential, cosine, one_cycle."""
    warm_up: Annotated[int, arg(metavar="N", help_behavior_hint="")] = 0
    """Steps of warm-up, in which α rises."""
    optimizer: Annotated[str, arg(metavar="NAME", help_behavior_hint="")] = "descent"
    """descent (the default), momentum, nesterov, rmsprop, adam, adamw, lbfgs."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """Seed of all random numbers."""
    dask: Annotated[str | None, arg(metavar="ADDRESS", help_behavior_hint="")] = None
    """Compute full batches on a Dask cluster, HOST:PORT or local."""

    @property
    def batch_size(self) -> int | None:
        """The number of samples per step; None for all."""
        return None if self.batch == "full" else self.batch

    @property
    def rate(self) -> float:
        """The learning rate, by default that of the optimizer."""
        return rate_of(self.optimizer) if self.learning_rate is None else self.learning_rate


@dataclass(frozen=True, kw_only=True)
@with_options("generalisation")
class Generalisation:
    """Regularisation and early stopping."""

    weight_decay: Annotated[float | None, arg(metavar="X", help_behavior_hint="")] = None
    """Weight decay of adamw, by default 0.01."""
    dropout: Annotated[tuple[float, ...], arg(metavar="X …", help_behavior_hint="")] = (0.0,)
    """Share of the hidden nodes that a step drops, for all layers or each."""
    balanced: bool = False
    """Let all classes count the same, however rare."""
    distort: Annotated[tuple[float, float, float] | None, arg(metavar="X X X", help_behavior_hint="")] = None
    """Shift, rotate and distort images, by pixels, degrees and a factor: 1 10 34."""
    patience: Annotated[int | None, arg(metavar="N", help_behavior_hint="")] = None
    """Stop after N epochs without a lower test cost, and keep the best."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The files that are written, and the run that is resumed or repeated."""

    out: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: model.npz)")] = None
    """File for the trained model."""
    run_folder: Annotated[Path | None, arg(name="run", metavar="FOLDER", help_behavior_hint="")] = None
    """Save the settings, the history, checkpoints and the model in a folder."""
    checkpoint_steps: Annotated[int | None, arg(metavar="N", help_behavior_hint="")] = None
    """Also save a checkpoint about every N steps, not only after each epoch."""
    resume: Annotated[Path | None, arg(metavar="FOLDER", help_behavior_hint="")] = None
    """Resume the run in a folder, with its settings."""
    config: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Start from the settings of a run; other options override them."""
