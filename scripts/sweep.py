"""Compare learning rates on a Dask cluster: with each of them, a worker trains 784-10-10 in batches of 32.

    python scripts/sweep.py --dask local --epochs 3 0.03 0.1 0.3

One row per learning rate: the cost and accuracy on the test images.
"""

import argparse
import sys
from pathlib import Path

import nnfunc as nn
from nnfunc.cli.cluster import connected

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


def outcome(learning_rate: float, epochs: int, folder: Path | None) -> str:
    """Train and evaluate one network, on a worker, and return its row of the table."""
    training, test = nn.load_mnist(folder)
    try:
        *_, last = nn.train(
            nn.init((784, 10, 10)), training, learning_rate=learning_rate, batch=32, epochs=epochs, validation=test
        )
        return f"| {learning_rate:g} | {last.validation_cost:.4f} | {last.validation_accuracy:.2%} |"
    except nn.DivergedError as error:
        return f"| {learning_rate:g} | diverged in epoch {error.epoch} | |"


def main(rates: list[float], epochs: int, folder: Path | None, address: str) -> None:
    """Print the table."""
    with connected(address) as client:
        futures = client.map(outcome, rates, [epochs] * len(rates), [folder] * len(rates), pure=False)
        print("| learning rate | test cost | test accuracy |\n| --- | --- | --- |", flush=True)
        for future in futures:
            print(*client.gather([future]), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compare learning rates of 784-10-10 on MNIST, each on a worker.")
    parser.add_argument("rates", nargs="*", type=float, default=RATES, metavar="RATE", help="learning rates")
    parser.add_argument("--epochs", type=int, default=3, help="passes over the data")
    parser.add_argument("--data", type=Path, help="folder of IDX files that all workers see; by default the embedded")
    parser.add_argument("--dask", default="local", metavar="HOST:PORT|local", help="the cluster")
    chosen = parser.parse_args()
    try:
        main(list(chosen.rates), chosen.epochs, chosen.data, chosen.dask)
    except nn.NnfuncError as error:
        sys.exit(f"sweep: {error}")
