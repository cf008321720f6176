"""What several tests share."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import nnfunc as nn
from nnfunc.recording import by_numpy
from tests.places import ROOT

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background, and its children, would ignore it

MNIST = ROOT.parent / "shared" / "data" / "mnist"


@pytest.fixture
def in_python() -> Iterator[None]:
    """For tests that look at bits."""
    with by_numpy():
        yield


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """The folder of the whole of MNIST; tests that need it are skipped where it is absent."""
    if not MNIST.is_dir():
        pytest.skip(f"the whole of MNIST is not in {MNIST}")
    return MNIST


@pytest.fixture(scope="session")
def subset() -> tuple[nn.Dataset, nn.Dataset]:
    """The embedded training and test images."""
    return nn.load_mnist()
