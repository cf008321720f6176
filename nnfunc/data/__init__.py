"""Data sets, and the readers of the files they come from."""

from nnfunc.data.dataset import Dataset, batches, split, steps_per_epoch
from nnfunc.data.frames import from_frame
from nnfunc.data.idx import read_idx
from nnfunc.data.image_folders import read_images
from nnfunc.data.mapped import load_mapped
from nnfunc.data.mnist import load_mnist
from nnfunc.data.photos import read_photo
from nnfunc.data.table import read_csv

__all__ = [
    "Dataset",
    "batches",
    "from_frame",
    "load_mapped",
    "load_mnist",
    "read_csv",
    "read_idx",
    "read_images",
    "read_photo",
    "split",
    "steps_per_epoch",
]
