import errno
import io
import itertools
import json
import os
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, strategies as st

import nnfunc as nn
from nnfunc.activations import ACTIVATIONS, OUTPUTS, ActivationName, OutputName
from nnfunc.base.writing import check_writable, write_whole
from nnfunc.costs import CostName, costs_of
from nnfunc.files.archive import FORMAT
from nnfunc.files.models import load_model
from nnfunc.tracing import tree

DTYPES = ("float32", "float64")


def same(one: nn.Params, other: nn.Params) -> bool:
    return (
        [layer.activation.name for layer in one.layers] == [layer.activation.name for layer in other.layers]
        and one.cost == other.cost
        and one.dtype == other.dtype
        and all(a.tobytes() == b.tobytes() for a, b in zip(tree.leaves(one), tree.leaves(other), strict=True))
    )


def message_of(f: Callable[[], object]) -> str:
    with pytest.raises(nn.CheckpointError) as info:
        f()
    return str(info.value)


@pytest.fixture
def small() -> nn.Params:
    return nn.init((3, 2, 2), activation="tanh", seed=5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("activation", "output", "cost"),
    [
        (g, output, cost)
        for g, output in itertools.product(ACTIVATIONS, OUTPUTS)
        for cost in map(str, costs_of(OUTPUTS[output]))
    ],
)
def test_a_model_comes_back_bit_for_bit(
    tmp_path: Path, activation: ActivationName, output: OutputName, cost: CostName, dtype: str
) -> None:
    params = nn.init((5, 4, 3), activation=activation, output=output, cost=cost, dtype=dtype)
    nn.save(tmp_path / "model.npz", params)
    assert same(nn.load(tmp_path / "model.npz"), params)


@given(
    sizes=st.lists(st.integers(2, 6), min_size=2, max_size=5), seed=st.integers(0, 99), dtype=st.sampled_from(DTYPES)
)
def test_a_model_of_any_size_comes_back(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], seed: int, dtype: str
) -> None:
    path = tmp_path_factory.mktemp("model") / "model.npz"
    params = nn.init(sizes, seed=seed, dtype=dtype)
    nn.save(path, params)
    loaded = nn.load(path)
    assert same(loaded, params)
    assert loaded.sizes == tuple(sizes)


def test_loaded_arrays_are_read_only(tmp_path: Path, small: nn.Params) -> None:
    nn.save(tmp_path / "m", small)
    assert not any(x.flags.writeable for x in tree.leaves(nn.load(tmp_path / "m")))


def test_facts_are_kept(tmp_path: Path, small: nn.Params) -> None:
    nn.save(tmp_path / "m", small, about={"digit": 3, "who": "Åsa"})
    assert load_model(tmp_path / "m")[1] == {"digit": 3, "who": "Åsa"}


def test_a_model_holds_no_pickle(tmp_path: Path, small: nn.Params) -> None:
    nn.save(tmp_path / "m.npz", small)
    with np.load(tmp_path / "m.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["description", *(f"params.layers[{l}].{x}" for l in (0, 1) for x in "Wb")]
        assert not any(arrays[name].dtype.hasobject for name in arrays)


def test_the_name_is_used_as_it_is(tmp_path: Path, small: nn.Params) -> None:
    nn.save(tmp_path / "model.of.me", small)
    assert [path.name for path in tmp_path.iterdir()] == ["model.of.me"]


def test_the_same_model_gives_the_same_file(tmp_path: Path, small: nn.Params) -> None:
    for name in "ab":
        nn.save(tmp_path / name, small)
    with zipfile.ZipFile(tmp_path / "a") as a, zipfile.ZipFile(tmp_path / "b") as b:
        assert {name: a.read(name) for name in a.namelist()} == {name: b.read(name) for name in b.namelist()}


# damage


def loads_the_same_or_refuses(path: Path, content: bytes | bytearray, params: nn.Params) -> bool:
    """Whether it was refused. Any other error fails the test."""
    path.write_bytes(content)
    try:
        assert same(nn.load(path), params)
    except nn.CheckpointError:
        return True
    return False


def test_a_truncated_model_is_refused(tmp_path: Path, small: nn.Params) -> None:
    path = tmp_path / "m"
    nn.save(path, small)
    content = path.read_bytes()
    for length in range(0, len(content), 17):
        assert loads_the_same_or_refuses(path, content[:length], small), length


def test_one_flipped_bit_never_gives_another_model(tmp_path: Path, small: nn.Params) -> None:
    path = tmp_path / "m"
    nn.save(path, small)
    content = path.read_bytes()
    bits = np.random.default_rng(0).permutation(8 * len(content))[:300]
    refused = 0
    for bit in bits.tolist():
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        refused += loads_the_same_or_refuses(path, damaged, small)
    assert refused > 100


Change = Callable[[dict[str, Any], dict[str, nn.Array]], object]


def rewritten(path: Path, change: Change) -> None:
    """Change the description or the arrays of a model, and leave its sum as it was."""
    with np.load(path) as file:
        arrays = dict(file)
    description = json.loads(str(arrays.pop("description")))
    change(description, arrays)
    with path.open("wb") as out:
        np.savez(out, description=np.array(json.dumps(description)), **cast("Any", arrays))


FIRST = "params.layers[0].W"

CHANGES: dict[str, Change] = {
    "cost": lambda description, _: description["trees"]["params"]["Params"].update(cost={"Cost": "squared_error"}),
    "facts": lambda description, _: description.update(about={"digit": 4}),
    "values": lambda _, arrays: arrays.update({FIRST: -arrays[FIRST]}),
    "one more": lambda _, arrays: arrays.update(more=np.zeros(1)),
    "one fewer": lambda _, arrays: arrays.pop("params.layers[1].b"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_model_is_refused(tmp_path: Path, small: nn.Params, change: Change) -> None:
    nn.save(tmp_path / "m", small)
    rewritten(tmp_path / "m", change)
    assert message_of(lambda: nn.load(tmp_path / "m")) == (
        "m: SHA-256 must be that of its content; got another. Is it damaged?"
    )


def test_a_newer_format_is_refused(tmp_path: Path, small: nn.Params) -> None:
    nn.save(tmp_path / "m", small)
    rewritten(tmp_path / "m", lambda description, _: description.update(format=FORMAT + 1))
    assert message_of(lambda: nn.load(tmp_path / "m")) == (
        f"m: format must be {FORMAT} or below; got {FORMAT + 1}, of a newer nnfunc. Upgrade nnfunc?"
    )


# other files


class Bomb:
    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.remove, ("nowhere",)


def npz_of(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(f"{name}.npy", member)
    return content.getvalue()


def npy(header: str, content: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1) + header.encode() + b"\n" + content


def saved(**arrays: nn.Array) -> bytes:
    content = io.BytesIO()
    np.savez(content, **cast("Any", arrays))
    return content.getvalue()


PLAIN = "m: must be an .npz of plain arrays; got"
HUGE = "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 784)}"


@pytest.mark.parametrize(
    ("content", "start"),
    [
        pytest.param(b"", f"{PLAIN} something else (", id="empty"),
        pytest.param(b"hello\n" * 100, f"{PLAIN} something else (", id="text"),
        pytest.param(pickle.dumps(Bomb()), f"{PLAIN} a pickle (", id="pickle"),
        pytest.param(npz_of(W1=pickle.dumps(Bomb())), f"{PLAIN} a damaged one (", id="pickle inside"),
        pytest.param(saved(a=np.array([Bomb()], object)), f"{PLAIN} a damaged one (it holds Python objects)",
                     id="objects"),
        pytest.param(saved(a=np.zeros(2)), "m: must be an nnfunc model or checkpoint; got another file (", id="arrays"),
        pytest.param(saved(), "m: must be an nnfunc model or checkpoint; got another file (", id="no arrays"),
        pytest.param(saved(description=np.array("[1]")), "m: must be an nnfunc model or checkpoint; got another file (",
                     id="description"),
        pytest.param(npz_of(W1=npy(HUGE, bytes(16))), f"{PLAIN} a damaged one (", id="huge shape"),
        pytest.param(npz_of(W1=npy("{'descr': '<f4', (")), f"{PLAIN} a damaged one (", id="header"),
        pytest.param(npz_of(W1=npy("(" * 5000)), f"{PLAIN} a damaged one (", id="deep header"),
        pytest.param(npz_of(W1=b""), f"{PLAIN} a damaged one (", id="empty member"),
    ],
)  # fmt: skip
def test_another_file_is_refused(tmp_path: Path, content: bytes, start: str) -> None:
    (tmp_path / "m").write_bytes(content)
    assert message_of(lambda: nn.load(tmp_path / "m")).startswith(start)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_model_that_unpacks_to_more_than_itself_is_refused(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "m", "w", method) as archive:
        archive.writestr("W1.npy", bytes(10**6))
    assert message_of(lambda: nn.load(tmp_path / "m")).startswith("m: its arrays must not exceed ")


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m"
    assert message_of(lambda: nn.load(path)) == f"{path}: file must exist; got nothing there. Is the path right?"


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert message_of(lambda: nn.load(tmp_path)) == f"{tmp_path}: must be a readable file; got Is a directory."


# writing


def test_saving_needs_a_folder(tmp_path: Path, small: nn.Params) -> None:
    path = tmp_path / "nowhere" / "m"
    assert message_of(lambda: nn.save(path, small)) == (
        f"{path}: must be a place that can be written to; got No such file or directory. Choose another path?"
    )
    assert message_of(lambda: check_writable(path)) == (
        f"{path}: must be a file in a folder that can be written to; got no such folder. Choose another path?"
    )
    assert list(tmp_path.iterdir()) == []


def test_saving_over_a_folder_leaves_nothing_behind(tmp_path: Path, small: nn.Params) -> None:
    path = tmp_path / "m"
    path.mkdir()
    assert message_of(lambda: nn.save(path, small)) == (
        f"{path}: must be a place that can be written to; got Is a directory. Choose another path?"
    )
    assert message_of(lambda: check_writable(path)) == (
        f"{path}: must be a file in a folder that can be written to; got a folder. Choose another path?"
    )
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_keeps_the_old_file(
    tmp_path: Path, small: nn.Params, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    path = tmp_path / "m"
    nn.save(path, small)
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises((nn.CheckpointError, KeyboardInterrupt)) as info:
        nn.save(path, nn.init((3, 2)))
    if isinstance(error, OSError):
        assert str(info.value) == (
            f"{path}: must be a place that can be written to; got No space left on device. Choose another path?"
        )
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "circle"])
def test_what_no_file_can_be_called_is_refused(tmp_path: Path, small: nn.Params, name: str) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    path = tmp_path / name
    assert "must be a place that can be written to; got " in message_of(lambda: nn.save(path, small))
    for read in (partial(nn.load, path), partial(nn.load_state, path)):
        assert "must be " in message_of(read)
    for other in (nn.read_idx, nn.read_csv):
        with pytest.raises(nn.DataError):
            other(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no devices")
def test_a_device_has_no_end(small: nn.Params) -> None:
    assert message_of(lambda: nn.load("/dev/zero")) == "/dev/zero: must be a readable file; got Is a device."
    with pytest.raises(nn.DataError, match="/dev/zero: must be a readable file; got Is a device"):
        nn.read_csv("/dev/zero")
    assert message_of(lambda: nn.save("/dev/null", small)) == (
        "/dev/null: must be a place that can be written to; got Is a device. Choose another path?"
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_is_not_unpacked_beyond_what_it_states(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "m", "w", method) as archive:
        archive.writestr("W1.npy", bytes(3 * 10**7))
    content = (tmp_path / "m").read_bytes()
    lying = content.replace(struct.pack("<I", 3 * 10**7), struct.pack("<I", 100))
    assert lying.count(struct.pack("<I", 100)) >= 2
    (tmp_path / "m").write_bytes(lying + bytes(200))
    tracemalloc.start()
    message_of(lambda: nn.load(tmp_path / "m"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 10**6


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_file_has_the_usual_permissions(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"a")
    (tmp_path / "b").write_bytes(b"b")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode
    (tmp_path / "a").chmod(0o600)
    write_whole(tmp_path / "a", b"c")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600  # or those that it had
