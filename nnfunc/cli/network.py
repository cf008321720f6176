"""The data and the network that options describe."""

import numpy as np

from nnfunc import Dataset, Params, init
from nnfunc.cli.options import Network
from nnfunc.cli.source import for_digit, training_and_test


def data_and_params(chosen: Network, seed: int) -> tuple[Dataset, Dataset, Params]:
    """The samples to train with and to test with, and the network before training."""
    digit = chosen.digit
    training, test = (for_digit(data, digit) for data in training_and_test(chosen.data, seed))
    hidden = chosen.hidden if chosen.hidden is not None else (10,) if digit is None else (32, 16)
    params = init(
        (training.X.shape[0], *hidden, 10 if digit is None else 1),
        activation=chosen.activation[0] if len(chosen.activation) == 1 else chosen.activation,
        output=chosen.output or ("softmax" if digit is None else "sigmoid"),
        cost=chosen.cost,
        seed=seed,
        dtype=np.float64 if training.X.dtype == np.float64 else np.float32,
    )
    return training, test, params
