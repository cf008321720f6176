"""What several tests share."""

from pathlib import Path

import pytest

import nnfunc as nn

MNIST = Path(__file__).parents[2] / "shared" / "data" / "mnist"


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
