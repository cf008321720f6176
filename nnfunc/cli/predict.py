"""The command `nnfunc predict`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from tyro.conf import Positional, arg

from nnfunc.base.array import Array
from nnfunc.base.errors import SettingError
from nnfunc.base.writing import check_writable, write_whole
from nnfunc.cli.common import ModelCommand
from nnfunc.cli.source import read_model, test_part
from nnfunc.data import dataset, idx, images, npy, read_photo, table
from nnfunc.data.digits import SIDE
from nnfunc.data.encoding import to_columns
from nnfunc.model import checks
from nnfunc.model.params import Params
from nnfunc.tiling.metrics import class_names
from nnfunc.tiling.prediction import answers


@dataclass(frozen=True, kw_only=True)
class PredictCommand(ModelCommand):
    """Predict which digits are on images."""

    images: Annotated[Positional[tuple[Path, ...]], arg(metavar="FILE …", help_behavior_hint="")]
    """Pictures of one digit each, .csv, .npy or IDX files, or a folder (its test part)."""
    out: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: print instead)")] = None
    """Write ImageId,Label to this file, as Kaggle's digit-recognizer expects it."""

    def run(self) -> None:
        """Predict, and print or write the labels."""
        if not self.images:
            raise SettingError("predict: FILE must name at least one file of images; got none.")
        if self.out is not None:
            if self.out.suffix != ".csv":
                raise SettingError(f"predict: --out must be a .csv; got {self.out}.")
            check_writable(self.out)
        params, digit = read_model(self.model)
        found = [(path, *_answers(params, path)) for path in self.images]
        if self.out is not None:
            labels = np.concatenate([classes for _, classes, _ in found])
            rows = "".join(f"{i},{label}\n" for i, label in enumerate(labels, start=1))
            write_whole(self.out, f"ImageId,Label\n{rows}".encode())
            self.say(f"wrote {len(labels)} labels to {self.out}", labels=len(labels), out=str(self.out))
            return
        for path, classes, ps in found:
            for i, (label, p) in enumerate(zip(classes, ps, strict=True), start=1):
                where = str(path) if len(classes) == 1 else f"{path} image {i}"
                answer = str(label) if digit is None else class_names(2, digit)[int(label)]
                text = f"{where}: {answer}" if np.isnan(p) else f"{where}: {answer} ({p:.1%})"
                self.say(text, file=str(path), image=i, label=int(label), probability=float(p))


def _read(path: Path, pixels: int) -> Array:
    """Read the images of a file or folder as columns of pixels."""
    if path.is_dir():
        return test_part(path, pixels).X
    name = path.name.removesuffix(".gz")
    if name.endswith(".csv"):
        return table.read_table(path, pixels=pixels)[0]
    if path.suffix == ".npy":
        X = npy.map_samples(path)
        dataset.check_finite(X)
        return X
    if "idx" in name:
        return to_columns(idx.map_idx(path, magic=idx.IMAGES))
    return read_photo(path) if pixels == SIDE**2 else images.read_image(path, pixels)


def _answers(params: Params, path: Path) -> tuple[Array, Array]:
    X = _read(path, params.sizes[0])
    checks.pixels_or_input("predict", params, X)
    return answers(params, X)
