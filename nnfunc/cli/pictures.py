"""Pictures in files."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nnfunc.errors import SettingError
from nnfunc.writing import check_writable, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = (".png", ".svg", ".pdf")


def check_picture(path: Path) -> None:
    """Refuse a path that no picture can have, before the work that is to be drawn.

    Raises:
        CheckpointError: it cannot be written.
        SettingError: its name is no picture's.
    """
    check_writable(path)
    if path.suffix not in KINDS:
        raise SettingError(f"{path}: must be a picture, {', '.join(KINDS)}; got another name. Name it {path.stem}.png?")


def save_picture(path: Path, axes: "Axes") -> None:
    """Write the figure of the axes.

    Raises:
        CheckpointError: it cannot be written.
    """
    figure, picture = cast("Any", axes.figure), io.BytesIO()
    figure.savefig(picture, format=path.suffix[1:], dpi=150)
    write_whole(path, picture.getvalue())
