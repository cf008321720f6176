"""Train each network of the notes on all of MNIST: the table of the guide.

    python scripts/learning.py ../shared/data/mnist

One row per network: its layers, its training, and its accuracy on the 10,000 test images.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nnfunc as nn
from nnfunc.activations import ActivationName, OutputName
from nnfunc.costs import CostName

STEADY = 100
"""The number of iterations of full-batch gradient descent in which the cost must fall every time."""


@dataclass(frozen=True)
class Run:
    """One network and its training."""

    name: str
    sizes: tuple[int, ...] = (784, 10, 10)
    activation: ActivationName | Sequence[ActivationName] = "relu"
    output: OutputName = "softmax"
    cost: CostName | None = None
    learning_rate: float = 0.1
    batch: int | None = 32
    epochs: int = 10
    digit: int | None = None
    seed: int = 0


RUNS = (
    Run("the notes: ReLU + softmax, full batch", batch=None, epochs=500),
    Run("ReLU + softmax"),
    Run("ReLU + softmax, 128 hidden", (784, 128, 10)),
    Run("leaky ReLU + ELU, squared error", activation="leaky_relu", output="elu", cost="squared_error"),
    Run("ReLU + ReLU, squared error", output="relu", cost="squared_error", learning_rate=0.05, seed=1),
    Run("the same, where two outputs die", output="relu", cost="squared_error", learning_rate=0.05),
    Run("sigmoid + sigmoid, binary cross-entropy", activation="sigmoid", output="sigmoid"),
    Run("tanh + softmax", activation="tanh"),
    Run("perceptron: softmax", (784, 10)),
    Run("is it a 3? ReLU + ReLU + sigmoid", (784, 32, 16, 1), output="sigmoid", digit=3),
)


def asked(data: nn.Dataset, digit: int | None) -> nn.Dataset:
    """Return the data with their labels, or with the answers to "is it this digit?"."""
    return data if digit is None else nn.Dataset(data.X, nn.is_digit(data.labels, digit))


def row(run: Run, training: nn.Dataset, test: nn.Dataset) -> str:
    """Train and evaluate one network, and return its row of the table."""
    training, test = asked(training, run.digit), asked(test, run.digit)
    params = nn.init(run.sizes, activation=run.activation, output=run.output, cost=run.cost, seed=run.seed)
    epochs = nn.train(params, training, learning_rate=run.learning_rate, batch=run.batch, epochs=run.epochs)
    *_, last = epochs
    evaluation = nn.evaluate(last.params, test)
    regime = (
        f"{run.epochs} iterations of all" if run.batch is None else f"{run.epochs} epochs of batches of {run.batch}"
    )
    found = "" if run.digit is None else f", recall {evaluation.recall[1]:.3f}, precision {evaluation.precision[1]:.3f}"
    sizes = "-".join(map(str, run.sizes))
    accuracy = f"{evaluation.accuracy:.2%}{found}"
    return f"| {run.name} | {sizes} | {regime}, α = {run.learning_rate}, seed {run.seed} | {accuracy} |"


def falls_steadily(training: nn.Dataset) -> bool:
    """Return whether the cost of the notes' network falls in each of the first iterations of full-batch descent."""
    epochs = nn.train(nn.init((784, 10, 10)), training, learning_rate=0.1, epochs=STEADY)
    return all(after < before for before, after in pairwise(epoch.cost for epoch in epochs))


def main(folder: Path) -> None:
    """Print the table."""
    training, test = nn.load_mnist(folder)
    print("| network | sizes | training | test accuracy |\n| --- | --- | --- | --- |", flush=True)
    for run in RUNS:
        print(row(run, training, test), flush=True)
    print(f"\nfull batch: the cost fell at each of the first {STEADY} iterations: {falls_steadily(training)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
