"""Data sets and the files they come from."""

from nnfunc.data.dataset import Dataset as Dataset
from nnfunc.data.dataset import batches as batches
from nnfunc.data.dataset import split as split
from nnfunc.data.dataset import steps_per_epoch as steps_per_epoch
from nnfunc.data.folders import read_images as read_images
from nnfunc.data.frames import from_frame as from_frame
from nnfunc.data.idx import read_idx as read_idx
from nnfunc.data.mapped import load_mapped as load_mapped
from nnfunc.data.mnist import load_mnist as load_mnist
from nnfunc.data.photos import read_photo as read_photo
from nnfunc.data.table import read_csv as read_csv
