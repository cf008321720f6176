"""Fuzzing of the file readers: they must raise only the library's errors, and do nothing else."""

import gzip
import io
import random
import re
import struct
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nnfunc as nn
from nnfunc.convert import read_safetensors, write_safetensors
from nnfunc.data.arrays import read_npz
from nnfunc.data.mapped import load_mapped
from nnfunc.files.archive import read_described, signed
from nnfunc.files.runs import read_settings
from nnfunc.training.epochs.history import rows_until

MEMORY = 200_000_000
"""Bytes of memory that reading may take, including the interpreter and NumPy."""

FORBIDDEN = ("os.", "subprocess.", "pickle.", "socket.", "shutil.", "ctypes.")
"""What must not happen while a file is read, by the names of Python's audit events, except for:"""

ALLOWED = ("os.listdir", "os.scandir", "os.fwalk", "ctypes.dlsym")

NUMBERS = (0, 1, 2, 127, 128, 255, 256, 784, 32767, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)
"""Sizes that are often handled wrong."""

WORDS = (
    *("nan", "inf", "-1", "1e999", "'", '"', ",", "\n", "\r", "\0", "{", "}", "[" * 500, "(" * 500, "9" * 400, "../"),
    *("/etc/passwd", "__import__('os').system('true')", "shape", "descr", "fortran_order", "True", "|O", "<f8", ">f4"),
    *("|V8", "|S0", "<U9", "data_offsets", "dtype", "BF16", "F32", "format", "train", "[train]", "epochs = ", "label"),
    *("1979-05-27", "🙂"),
)

ODD: tuple[Any, ...] = (
    *(None, -1, 2**70, 0.5, float("nan"), "", "relu", "{}", [], [1, 2], {}, {"a": 1}, True, [["tanh"]]),
    {"number": 1, "cost": "x", "since": 0},
)
"""Values to put into the description of a model."""

PICKLE = b"cos\nsystem\n(S'true'\ntR."
"""A pickle that runs a program when it is loaded."""

Change = Callable[[bytes, random.Random], bytes]


class Reader(NamedTuple):
    """A reader, the name of its file, contents that it reads, and a function that changes them."""

    read: Callable[[Path], object]
    name: str
    examples: list[bytes]
    change: Change


def readers(folder: Path) -> list[Reader]:
    """Return all readers of files."""
    rng = np.random.default_rng(0)
    pixels, y = rng.integers(0, 256, (6, 3, 3), np.uint8), (np.arange(6) % 3).astype(np.uint8)
    images = struct.pack(">IIII", 2051, 6, 3, 3) + pixels.tobytes()
    labels = struct.pack(">II", 2049, 6) + y.tobytes()
    rows = "\n".join(",".join(map(str, [label, *image.ravel()])) for image, label in zip(pixels, y, strict=True))
    named = "label," + ",".join(f"pixel{i}" for i in range(9))
    params = nn.init((9, 4, 3))
    data = nn.Dataset(nn.to_columns(pixels), y)
    *_, epoch = nn.train(params, data, learning_rate=0.1, epochs=1, batch=2, optimizer="adam")
    nn.save(folder / "model", params)
    nn.save_state(folder / "state", epoch.state)
    model, state = (folder / "model").read_bytes(), (folder / "state").read_bytes()
    write_safetensors(folder / "tensors", {"weight": np.ones((3, 2), np.float32), "bias": np.arange(3)})
    settings = b"format = 1\n[versions]\nnumpy = '2'\n[train]\nepochs = 3\nhidden = [3]\nbalanced = true\nl2 = 1e-4"

    four = _npz(x_train=pixels, y_train=y, x_test=pixels, y_test=y)

    def csv(path: Path) -> object:
        return nn.read_csv(path, pixels=9)

    def known(path: Path) -> object:
        return read_settings(path, {"epochs", "hidden", "balanced", "l2"})

    def history(path: Path) -> object:
        return rows_until(path, 5)

    return [
        Reader(nn.read_idx, "images.idx", [images, labels], mutated),
        Reader(nn.read_idx, "images.idx.gz", [gzip.compress(images), gzip.compress(bytes(10**6))], mutated),
        Reader(csv, "table.csv", [f"{named}\n{rows}\n".encode(), rows.encode()], mutated),
        Reader(csv, "table.csv.gz", [gzip.compress(rows.encode())], mutated),
        Reader(read_npz, "data.npz", [_npz(X=data.X, y=y), four], rezipped),
        Reader(_mapped, "x_train.npy", [_npy(pixels), _npy(pixels.reshape(6, 9).astype(np.float32))], mutated),
        Reader(nn.load, "model.npz", [model, state], rezipped),
        Reader(nn.load, "signed.npz", [model], resigned),
        Reader(nn.load_state, "checkpoint.npz", [state, model], rezipped),
        Reader(nn.load_state, "signed-state.npz", [state], resigned),
        Reader(read_safetensors, "tensors.safetensors", [(folder / "tensors").read_bytes()], mutated),
        Reader(known, "settings.toml", [settings], mutated),
        Reader(history, "history.csv", [b"epoch,steps,cost\n1,3,0.5\n2,3,0.25\n"], mutated),
    ]


def _npy(x: nn.Array) -> bytes:
    content = io.BytesIO()
    np.save(content, x)
    return content.getvalue()


def _npz(**arrays: nn.Array) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def _mapped(path: Path) -> object:
    folder = path.parent
    for name in ("x_test.npy", "y_train.npy", "y_test.npy"):
        if not (folder / name).exists():
            np.save(folder / name, np.zeros((6, 9), np.uint8) if name[0] == "x" else np.zeros(6, int))
    return load_mapped(folder)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return the content with one to four random changes."""
    found = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        i, j = sorted(rng.randrange(len(found) + 1) for _ in range(2))
        match rng.randrange(8):
            case 0 if found:
                found[min(i, len(found) - 1)] ^= 1 << rng.randrange(8)
            case 1 if found:
                found[min(i, len(found) - 1)] = rng.randrange(256)
            case 2:
                del found[i : min(j, i + 64)]
            case 3:
                found[i:i] = found[i : min(j, i + 64)] * rng.randint(1, 4)
            case 4:
                del found[i:]
            case 5:
                width, order = rng.choice([1, 2, 4, 8]), rng.choice(["little", "big"])
                value = rng.choice(NUMBERS) % 256**width
                found[i : i + width] = value.to_bytes(width, "little" if order == "little" else "big")
            case 6:
                found[i : i + rng.choice([0, 0, 4])] = rng.choice(WORDS).encode()
            case _:
                found[i:i] = rng.randbytes(rng.randint(1, 16))
    return bytes(found)


def rezipped(content: bytes, rng: random.Random) -> bytes:
    """Return a changed .npz, or one of changed members with valid checksums, perhaps compressed or renamed."""
    if rng.random() < 0.4:
        return mutated(content, rng)
    changed = io.BytesIO()
    method = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", method) as new:
        for name in old.namelist():
            member = old.read(name)
            member = mutated(member, rng) if rng.random() < 0.5 else member
            member = bytes(10**7) if rng.random() < 0.02 else PICKLE if rng.random() < 0.02 else member
            new.writestr(f"../{name}" if rng.random() < 0.1 else name, member)
    return changed.getvalue()


def resigned(content: bytes, rng: random.Random) -> bytes:
    """Return a model with other contents and their SHA-256, which never arises by accident."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.npz")
        path.write_bytes(content)
        description, arrays = read_described(path)
        parts: list[Any] = [description, description.get("state", description), arrays]
        for _ in range(rng.randint(1, 3)):
            part = rng.choice(parts)
            name = rng.choice([*part, "more"])
            if part is arrays:
                kind = rng.choice(["<f4", "<f8", "|u1", "<U3", "<c16", "|b1"])
                part[name] = np.ones([rng.choice([0, 1, 3, 4, 9]) for _ in range(rng.randint(0, 3))]).astype(kind)
            else:
                part[name] = rng.choice(ODD)
        return signed(description, arrays)


class Guard:
    """A context that records forbidden events, and files opened in other places."""

    def __init__(self, folder: Path) -> None:
        self.places = tuple(str(place) for place in (folder, sys.prefix, sys.base_prefix, Path(nn.__file__).parent))
        self.watching, self.seen = False, list[str]()
        sys.addaudithook(self._heard)

    def __enter__(self) -> None:
        self.watching = True

    def __exit__(self, *_: object) -> None:
        self.watching = False

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.watching:
            return
        opened = str(arguments[0]) if event == "open" else ""
        outside = opened.startswith("/") and not opened.startswith((*self.places, "/proc/", "/sys/"))
        if outside or (event.startswith(FORBIDDEN) and event not in ALLOWED):
            self.seen.append(f"{event} {arguments}"[:200])


def fuzzed(count: int, folder: Path, seed: int) -> str:
    """Read `count` inputs, which are examples with changes."""
    rng, all_readers = random.Random(seed), readers(folder)
    for reader in all_readers:  # late imports happen now
        for example in reader.examples:
            _read(reader, folder, example)
    warnings.simplefilter("error")
    guard, refused = Guard(folder), 0
    for i in range(count):
        reader = all_readers[i % len(all_readers)]
        content = reader.change(rng.choice(reader.examples), rng)
        try:
            refused += _read(reader, folder, content, guard)
        except BaseException:
            Path(f"fuzzed-{reader.name}").write_bytes(content)
            raise
        assert not guard.seen, (reader.name, guard.seen)
    status = Path("/proc/self/status").read_text()  # getrusage would include the parent process
    most = 1024 * int(re.findall(r"VmHWM:\s+(\d+)", status)[0])
    assert most < MEMORY, f"{most / 1e6:.0f} MB"
    return f"{count:,} inputs of {len(all_readers)} readers, {refused:,} refused: {most / 1e6:.0f} MB at most"


def _read(reader: Reader, folder: Path, content: bytes, guard: Guard | None = None) -> bool:
    """Return whether a content is refused; any other error is raised."""
    path = folder / "in" / reader.name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    try:
        with guard or nullcontext():
            reader.read(path)
    except nn.NnfuncError:
        return True
    return False
