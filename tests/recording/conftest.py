"""What tests of the recorder share."""

from collections.abc import Iterator

import pytest

from nnfunc.recording import by_numpy


@pytest.fixture(scope="module")
def in_python() -> Iterator[None]:
    """For tests that look at bits; once for all of a file, as Hypothesis wants it."""
    with by_numpy():
        yield
