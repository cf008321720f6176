"""Create the embedded subset of MNIST, nnfunc/data/mnist, from a folder of all of it.

    python scripts/make_mnist_subset.py ../shared/data/mnist

It holds 10,000 of the 60,000 training images and 2,000 of the 10,000 test images, drawn with a fixed seed and kept in
their order. The same input gives the same bytes, except for one that some versions of Python write into gzip's header.
"""

import gzip
import struct
import sys
from pathlib import Path

import numpy as np

import nnfunc as nn
from nnfunc.data.idx import IMAGES, LABELS
from nnfunc.data.mnist import EMBEDDED

SEED = 0
SIZES = {"train": 10_000, "t10k": 2_000}


def idx_bytes(magic: int, x: nn.Array) -> bytes:
    """Return an IDX file of these bytes, gzipped without a name or a time."""
    content = struct.pack(f">{1 + x.ndim}I", magic, *x.shape) + x.tobytes()
    return gzip.compress(content, compresslevel=9, mtime=0)


def main(source: Path) -> None:
    """Write the four files."""
    for part, size in SIZES.items():
        images = nn.read_idx(source / f"{part}-images-idx3-ubyte.gz", magic=IMAGES)
        labels = nn.read_idx(source / f"{part}-labels-idx1-ubyte.gz", magic=LABELS)
        chosen = np.sort(np.random.default_rng(SEED).permutation(len(labels))[:size])
        (EMBEDDED / f"{part}-images-idx3-ubyte.gz").write_bytes(idx_bytes(IMAGES, images[chosen]))
        (EMBEDDED / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx_bytes(LABELS, labels[chosen]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
