"""The command `nnfunc report`."""

import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from nnfunc.base.writing import check_writable, write_whole
from nnfunc.cli.common import Command, err
from nnfunc.cli.run_folder import read_run
from nnfunc.files import runs
from nnfunc.report import page


@dataclass(frozen=True, kw_only=True)
class ReportCommand(Command):
    """Write one HTML page about a run: what it learned, what it confuses, and paper to draw a digit on."""

    run_folder: Annotated[Positional[Path], arg(metavar="RUN")]
    """Folder of a run."""
    out: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="(default: RUN/report.html)")] = None
    """File for the page, which needs no other file."""
    data: Annotated[Path | None, arg(metavar="PATH", help_behavior_hint="(default: where the run had them)")] = None
    """Where the data are now."""
    open: bool = False
    """Open it in a browser."""

    def run(self) -> None:
        """Write the page, and open it if requested."""
        out = self.out or self.run_folder / "report.html"
        run = read_run(self.run_folder, self.data)
        check_writable(out)
        content = page(
            run.params,
            run.test,
            title=self.run_folder.resolve().name,
            digit=run.digit,
            history=run.history,
            settings={name: value for name, value in run.settings.items() if value is not None}
            | {"training samples": run.data[0].m},
            versions=runs.read_versions(self.run_folder),
        ).encode()
        write_whole(out, content)
        self.say(f"wrote {out} ({len(content) / 1e6:.1f} MB)", report=str(out), bytes=len(content))
        if self.open and not webbrowser.open(out.resolve().as_uri()):
            err.print(f"no browser was found: open {out} yourself", soft_wrap=True)
