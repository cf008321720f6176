"""MNIST: the subset embedded in the package, a folder of its files, or a download of all of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from nnfunc.base.errors import DataError
from nnfunc.data.dataset import Dataset
from nnfunc.data.idx import read_pair

EMBEDDED = Path(__file__).parent / "mnist"
"""10,000 training and 2,000 test images; the README.md there says where they come from."""

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)

TIMEOUT = 30
"""Seconds without an answer before the next mirror is tried."""

SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}


def load_mnist(path: str | Path | None = None) -> tuple[Dataset, Dataset]:
    """Load training and test images as columns of pixels 0..255 (784×m), with their labels 0..9.

    Args:
        path: a folder of the four IDX files, .gz or not; by default the subset embedded in the package.

    Raises:
        DataError: the folder or a file is missing or broken, or the numbers of images and labels differ.
    """
    folder = EMBEDDED if path is None else Path(path)
    return read_pair(folder, "train"), read_pair(folder, "t10k")


def download_mnist(
    folder: Path | None = None,
    *,
    progress: bool = False,
    mirrors: Sequence[str] = MIRRORS,
    sha256: Mapping[str, str] = SHA256,
) -> Path:
    """Download all of MNIST, 11 MB, unless it exists already, and return its folder.

    Args:
        folder: the destination; by default the folder `nnfunc/mnist` in the user's cache folder.
        progress: whether to show a progress bar for each file.
        mirrors: addresses to try, in order.
        sha256: the SHA-256 of each file.

    Raises:
        DataError: pooch is not installed, or no mirror served a file with the right SHA-256.
    """
    try:
        import pooch
    except ImportError as error:
        raise DataError(
            "data mnist: pooch must be installed to download; got none. pip install 'nnfunc[data]'"
        ) from error
    target = pooch.os_cache("nnfunc") / "mnist" if folder is None else folder
    if target.exists() and not target.is_dir():
        raise DataError(f"{target}: must be a folder for the files; got a file. Choose another path?")
    for name, known in sha256.items():
        failures: list[str] = []
        for mirror in mirrors:
            try:
                pooch.retrieve(
                    mirror + name,
                    f"sha256:{known}",
                    name,
                    target,
                    downloader=pooch.HTTPDownloader(progressbar=progress, timeout=TIMEOUT),
                )
                break
            except (OSError, ValueError) as error:
                failures.append(f"{type(error).__name__} from {mirror}")
        else:
            raise DataError(
                f"data mnist: {name} must come whole from a mirror; got {'; '.join(failures)}. Are you online?"
            )
    return target
