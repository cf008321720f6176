"""What several tests share."""

import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import nnfunc as nn
from nnfunc.descent import step
from nnfunc.gradients import add_tile
from nnfunc.recording import Step

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background, and its children, would ignore it

MNIST = Path(__file__).parents[2] / "shared" / "data" / "mnist"


@contextmanager
def replays_in_python() -> Generator[None]:
    """Within, recordings are replayed by NumPy itself, bit for bit, whether there is a replay in C or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnfunc.recording.recorder.native", lambda: "a test")
        patch.setattr("nnfunc.minibatches.STEP", Step(step))
        patch.setattr("nnfunc.gradients.ADD_TILE", Step(add_tile))
        yield


@pytest.fixture
def in_python() -> Iterator[None]:
    """For tests that look at bits."""
    with replays_in_python():
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
