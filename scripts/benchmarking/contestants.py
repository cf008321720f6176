"""The libraries that are compared, each used in its own module `with_…`, which only its own process imports.

Such a module has `train(task)`, an iterator that first yields a function that returns the initial weights, and then
one after each epoch, or full-batch step; and `predict(task)`, which returns a function that computes the classes of the
samples, waits for them, and returns them in an array of that library.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Contestant:
    """A library as its users see it."""

    name: str
    package: str
    distribution: str
    statement: str
    """An import statement that is enough to use it."""
    checkout: Path | None = None
    """The folder from which nnfunc is imported; by default where Python finds it."""


NNFUNC = Contestant("nnfunc", "nnfunc", "nnfunc", "import nnfunc")
TORCH = Contestant("PyTorch eager", "torch", "torch", "import torch")
JAX = Contestant("JAX", "jax", "jax", "import jax, jax.numpy")
SKLEARN = Contestant("scikit-learn", "sklearn", "scikit-learn", "from sklearn.neural_network import MLPClassifier")

PEERS = (TORCH, JAX, SKLEARN)
