"""A file of any format that is not there, or is a folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

import nnfunc as nn
from nnfunc.data.arrays import read_npz
from nnfunc.data.images import read_image
from tests.data.files import message_of


@pytest.mark.parametrize("read", [nn.read_idx, nn.read_csv, read_npz, read_image])
def test_a_missing_file_is_named(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "nowhere" / "x"
    assert message_of(lambda: read(path)) == f"{path}: file must exist; got nothing there. Is the path right?"


@pytest.mark.parametrize("read", [nn.read_idx, nn.read_csv, read_npz])
def test_a_folder_is_no_file(tmp_path: Path, read: Callable[[Path], object]) -> None:
    assert message_of(lambda: read(tmp_path)) == f"{tmp_path}: must be a readable file; got Is a directory."
