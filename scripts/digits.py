"""Train on images of another size: scikit-learn's 1,797 digits of 8×8 pixels, 0..16, with a network 64-32-10."""

from typing import Any

import numpy as np
from sklearn import datasets

import nnfunc as nn


def main() -> None:
    """Train, and print the accuracy on a held-out sixth."""
    digits: Any = datasets.load_digits()
    X = (digits.images.reshape(-1, 64).T / 16).astype(np.float32)  # 64×1797
    test, training = nn.split(nn.Dataset(X, digits.target), 1 / 6)
    settings: dict[str, Any] = {"optimizer": "adam", "learning_rate": 0.005, "batch": 32, "epochs": 40}
    *_, last = nn.train(nn.init((64, 32, 10)), training, validation=test, **settings)
    print(f"test accuracy {last.validation_accuracy:.2%} of {test.m} images")


if __name__ == "__main__":
    main()
