"""Create training data larger than memory: digits of the embedded subset, drawn at random, shifted and noisy.

    python scripts/make_large.py FOLDER [--samples 2000000]

Writes the files that `nnfunc.load_mapped` maps: x_train.npy (samples×784, uint8: 1.6 GB) and y_train.npy, and the
embedded test images unchanged. Every sample is an image drawn with a fixed seed, shifted by up to two pixels, with
noise. Only a few samples are in memory at a time.
"""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

import nnfunc as nn

NAMES = ("x_train", "y_train", "x_test", "y_test")
SEED = 0
AT_A_TIME = 10_000
SHIFT = 2
"""The largest shift of an image along each axis, in pixels."""

NOISE = 32
"""Gray levels that are added to a pixel: 0 … 31, but at most to 255."""


def pieces(data: nn.Dataset, samples: int) -> Iterator[tuple[nn.Array, nn.Array]]:
    """Yield images (m×784) and their labels, a few at a time, `samples` in all."""
    rng = np.random.default_rng(SEED)
    padded = np.pad(data.X.T.reshape(-1, 28, 28), ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (28, 28), axis=(1, 2))
    for start in range(0, samples, AT_A_TIME):
        m = min(AT_A_TIME, samples - start)
        chosen = rng.integers(0, data.m, m)
        down, right = rng.integers(0, 2 * SHIFT + 1, (2, m))
        images = windows[chosen, down, right].reshape(m, 784)
        noise = rng.integers(0, NOISE, images.shape, np.uint8)
        yield images + np.minimum(noise, 255 - images), data.y[chosen]


def main(folder: Path, samples: int) -> None:
    """Write the four files, and rename them when they are complete: another process may have mapped an old one."""
    training, test = nn.load_mnist()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        parts = [folder / f"{name}.part" for name in NAMES]
        x_train, y_train, x_test, y_test = (stack.enter_context(part.open("wb")) for part in parts)
        np.save(x_test, test.X.T)
        np.save(y_test, test.y)
        for file, shape in ((x_train, (samples, 784)), (y_train, (samples,))):
            header = {"descr": "|u1", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
        for images, labels in pieces(training, samples):
            x_train.write(images.data)
            y_train.write(labels.data)
    for part in parts:
        part.replace(part.with_suffix(".npy"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--samples", type=int, default=2_000_000)
    arguments = parser.parse_args()
    main(arguments.folder, arguments.samples)
