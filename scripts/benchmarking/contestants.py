"""Who is compared: each a way to train and to predict, in a module that is imported in its own process only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from benchmarking.workloads import Samples, Weights, Workload


class Trainer(Protocol):
    """A network in training."""

    def reset(self) -> None:
        """Back to the first weights and the first order of the samples."""
        ...

    def epoch(self) -> None:
        """Train for one epoch, one step at full batch, and wait for the result."""
        ...

    def weights(self) -> Weights:
        """The weights that were learnt."""
        ...


Predictor = Callable[[], Any]
"""The classes of the samples it was made for, when they are there, as an array of the library's own."""

MakeTrainer = Callable[[Workload, Weights, Samples], Trainer]
MakePredictor = Callable[[Weights, Samples], Predictor]


@dataclass(frozen=True)
class Library:
    """A library as its users meet it."""

    module: str
    distribution: str
    statement: str
    """What they import."""

    @property
    def is_installed(self) -> bool:
        """Whether it can be imported."""
        return find_spec(self.module) is not None


@dataclass(frozen=True)
class Contestant:
    """A library in one of the forms in which it can be used."""

    name: str
    library: Library
    batches: bool = True
    """Whether it trains by batches."""
    full_batch: bool = True
    """Whether it trains at full batch."""
    predicts: bool = True

    def enters(self, workload: Workload) -> bool:
        """Whether it takes part."""
        if workload.kind == "predict":
            return self.predicts
        return self.full_batch if workload.batch is None else self.batches


LIBRARIES = (
    Library("nnfunc", "nnfunc", "import nnfunc"),
    Library("torch", "torch", "import torch"),
    Library("jax", "jax", "import jax, jax.numpy"),
    Library("sklearn", "scikit-learn", "from sklearn.neural_network import MLPClassifier"),
)
_nnfunc, _torch, _jax, _sklearn = LIBRARIES

NNFUNC = Contestant("nnfunc", _nnfunc)
GRADIENT = Contestant("nnfunc gradient + update", _nnfunc, batches=False, predicts=False)
TORCH = Contestant("torch eager", _torch)
COMPILED = Contestant("torch.compile", _torch)
JAX = Contestant("JAX jit", _jax)
SCAN = Contestant("JAX scan", _jax, full_batch=False, predicts=False)
SKLEARN = Contestant("scikit-learn", _sklearn)

CONTESTANTS = (NNFUNC, GRADIENT, TORCH, COMPILED, JAX, SCAN, SKLEARN)


def trainer(contestant: Contestant, workload: Workload, weights: Weights, samples: Samples) -> Trainer:
    """Its network, ready to train."""
    makers: Mapping[str, MakeTrainer] = _module(contestant).TRAINERS
    return makers[contestant.name](workload, weights, samples)


def predictor(contestant: Contestant, weights: Weights, samples: Samples) -> Predictor:
    """Its network, ready to predict."""
    makers: Mapping[str, MakePredictor] = _module(contestant).PREDICTORS
    return makers[contestant.name](weights, samples)


def _module(contestant: Contestant) -> Any:
    """Where its tables TRAINERS and PREDICTORS are, from its name to what makes it."""
    return import_module(f"benchmarking.with_{contestant.library.module}")
