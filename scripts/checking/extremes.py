"""Check that training on odd data at extreme learning rates stays finite, or reports that it diverged."""

import itertools
import random
from pathlib import Path

import numpy as np

import nnfunc as nn
from nnfunc.activations import ActivationName, OutputName
from nnfunc.tracing import tree
from nnfunc.training.steps.settings import OptimizerName

RATES = (1e-30, 1e-3, 1.0, 1e3, 1e10, 1e30, 3e38)
OPTIMIZERS: tuple[OptimizerName, ...] = ("descent", "momentum", "nesterov", "rmsprop", "adam", "adamw")
NETWORKS: tuple[tuple[ActivationName, OutputName], ...] = (
    ("relu", "softmax"),
    ("leaky_relu", "sigmoid"),
    ("elu", "identity"),
    ("tanh", "relu"),
)
BATCHES = (None, 1, 5)


def data_sets() -> dict[str, nn.Dataset]:
    """Return data sets of float32 samples with 12 features, and with 3 classes unless their name says otherwise."""
    rng = np.random.default_rng(0)
    X, y = rng.random((12, 16), np.float32), np.arange(16) % 3
    return {
        "ordinary": nn.Dataset(X, y),
        "constant inputs": nn.Dataset(np.ones_like(X), y),
        "zeros": nn.Dataset(np.zeros_like(X), y),
        "huge inputs": nn.Dataset(X * np.float32(1e38), y),
        "tiny inputs": nn.Dataset(X * np.float32(1e-42), y),
        "one class only": nn.Dataset(X, np.zeros_like(y)),
        "one sample": nn.Dataset(X[:, :1], y[:1]),
        "duplicated samples": nn.Dataset(np.repeat(X[:, :1], 16, axis=1), y),
        "fewer samples than classes": nn.Dataset(X[:, :2], y[:2]),
    }


def trained(count: int, folder: Path, seed: int) -> str:  # noqa: ARG001
    """Train `count` of all combinations for a few epochs."""
    cases = list(itertools.product(data_sets().items(), RATES, OPTIMIZERS, NETWORKS, BATCHES))
    chosen = cases if count >= len(cases) else random.Random(seed).sample(cases, count)
    diverged = 0
    for (name, data), rate, optimizer, (activation, output), batch in chosen:
        params = nn.init((12, 7, 3), activation=activation, output=output)
        try:
            for epoch in nn.train(params, data, learning_rate=rate, optimizer=optimizer, batch=batch, epochs=6):
                assert all(np.isfinite(x).all() for x in tree.leaves(epoch.params)), (name, rate, optimizer, batch)
                assert np.isfinite(epoch.cost), (name, rate, optimizer, batch)
                with np.errstate(over="ignore", invalid="ignore"):
                    assert np.isfinite(nn.probabilities(epoch.params, data.X)).all()
        except nn.DivergedError as error:
            diverged += 1
            finite = all(np.isfinite(x).all() for x in tree.leaves(error.params))
            said = finite and 1 <= error.epoch <= 6 and error.step >= 1
            if not said:
                raise AssertionError((name, rate, optimizer, batch)) from error
    return f"{len(chosen):,} trainings on odd data at rates of 1e-30 to 3e38: {diverged:,} diverged and said so"
