"""Who is compared: libraries, each used in a module `with_…` of its own, imported in its own process only.

Such a module has `train(task)`, an iterator that gives a function for the weights at first, and again at each `next`
after another epoch, or step at full batch; and `predict(task)`, a function that gives the classes of the samples when
they are there, in an array of the library's own.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Contestant:
    """A library as its users meet it."""

    name: str
    package: str
    distribution: str
    statement: str
    """An import that is enough to use it."""
    checkout: Path | None = None
    """Where nnfunc is imported from; by default where Python finds it."""


NNFUNC = Contestant("nnfunc", "nnfunc", "nnfunc", "import nnfunc")
TORCH = Contestant("PyTorch eager", "torch", "torch", "import torch")
JAX = Contestant("JAX", "jax", "jax", "import jax, jax.numpy")
SKLEARN = Contestant("scikit-learn", "sklearn", "scikit-learn", "from sklearn.neural_network import MLPClassifier")

PEERS = (TORCH, JAX, SKLEARN)
