"""The command `nnfunc export`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from nnfunc.base.errors import SettingError
from nnfunc.base.writing import check_writable, write_whole
from nnfunc.cli.common import ModelCommand
from nnfunc.cli.source import read_model
from nnfunc.export.models import OPSET, to_onnx


@dataclass(frozen=True, kw_only=True)
class ExportCommand(ModelCommand):
    """Export a model as ONNX, to run wherever ONNX runs (extra "onnx")."""

    out: Annotated[Positional[Path], arg(metavar="FILE.onnx")]
    """File to write."""

    def run(self) -> None:
        """Export, and print how to use the file."""
        if self.out.suffix != ".onnx":
            raise SettingError(f"export: FILE must be an .onnx; got {self.out}.")
        check_writable(self.out)
        params, _ = read_model(self.model)
        write_whole(self.out, to_onnx(params).SerializeToString())
        n_in, n_out = params.sizes[0], params.sizes[-1]
        self.say(
            f"wrote {self.out}: X (m×{n_in}, float32) → A (m×{n_out}), operators of version {OPSET}",
            out=str(self.out),
            opset=OPSET,
        )
