"""Compare nnfunc's classifier with scikit-learn's, with equal settings: python scripts/estimators.py [FOLDER of MNIST].

Prints the accuracy on the test images and the time of each fit, one after the other in one process.
"""

import sys
import time
import warnings
from typing import Any

import sklearn.neural_network as theirs

import nnfunc as nn
import nnfunc.sklearn as ours

SETTINGS: dict[str, Any] = {"hidden_layer_sizes": (128,), "batch_size": 128, "max_iter": 10, "random_state": 0}


def fit(name: str, kind: Any, data: tuple[nn.Dataset, nn.Dataset]) -> tuple[float, float]:
    """Fit an estimator, and return its accuracy on the test images, 0..1, and the seconds of the fit."""
    (X, y), (X_test, y_test) = ((nn.scale(part.X).T, part.y) for part in data)
    estimator = kind(**SETTINGS)
    started = time.perf_counter()
    with warnings.catch_warnings(action="ignore"):
        estimator.fit(X, y)
    seconds = time.perf_counter() - started
    accuracy = float((estimator.predict(X_test) == y_test).mean())
    print(f"{name}: {accuracy:.2%} of the test images, {seconds:.2f} s")
    return accuracy, seconds


def main() -> None:
    """Fit both, and compare them."""
    data = nn.load_mnist(sys.argv[1] if len(sys.argv) > 1 else None)
    fit("nnfunc, to warm up", ours.MLPClassifier, (data[0].take(slice(0, 1000)), data[1]))
    own, other = fit("nnfunc", ours.MLPClassifier, data), fit("scikit-learn", theirs.MLPClassifier, data)
    print(f"difference {100 * (own[0] - other[0]):+.2f} points, {own[1] / other[1]:.2f} of the time")


if __name__ == "__main__":
    main()
