"""Compiles nnfunc/recording/native when a wheel is built or the project is installed; without a compiler it is pure.

`python scripts/compile_replay.py` compiles again into the checkout; flags, such as -fsanitize=address, are passed on.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = Path(__file__).parent.parent / "nnfunc" / "recording" / "native"
LIBRARY = SOURCES / "libreplay.so"

FLAGS = ["-std=gnu11", "-O3", "-fPIC", "-fno-math-errno", "-fno-trapping-math", "-Wall", "-Wextra"]
"""None of them changes what a sum is; and none may be given to the linker, which could switch off denormals."""

PROCESSORS = {
    "avx2": ["-mavx2", "-mfma"],
    "avx512": [
        *("-mavx2", "-mfma", "-mavx512f", "-mavx512vl", "-mavx512bw", "-mavx512dq"),
        "-mprefer-vector-width=512",
    ],
}


class ReplayHook(BuildHookInterface[Any]):
    """The build hook of pyproject.toml."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the library to a wheel, where it can be compiled; in place for an editable one."""
        self.folder = TemporaryDirectory()  # until the wheel is written
        library = LIBRARY if version == "editable" else Path(self.folder.name) / LIBRARY.name
        try:
            library.unlink(missing_ok=True)
            compile_replay(library)
        except (OSError, subprocess.CalledProcessError) as error:
            reason = str(getattr(error, "stderr", None) or error).strip()
            self.app.display_warning(f"nnfunc replays in Python, not in C: {reason}")
            return
        build_data["force_include"][str(library)] = str(LIBRARY.relative_to(self.root))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().translate(str.maketrans('-.', '__'))}"


def compile_replay(library: Path, extra: tuple[str, ...] = ()) -> None:
    """Compile for each kind of processor, then link.

    Raises:
        OSError: there is no compiler, or it is another platform than Linux on x86-64.
        CalledProcessError: the compiler fails.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise OSError(f"{platform.system()} on {platform.machine()} is not Linux on x86_64")
    compiler = shlex.split(os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or "")
    if not compiler:
        raise OSError("there is no C compiler, cc or gcc")
    try:
        _compile(compiler, library, "-DVECTOR_MATH", *extra)  # from glibc 2.35 on
    except subprocess.CalledProcessError:
        if "-Werror" in extra:
            raise
        _compile(compiler, library, *extra)


def _compile(compiler: list[str], library: Path, *extra: str) -> None:
    with TemporaryDirectory() as folder:
        objects = [Path(folder) / f"{name}.o" for name in (*PROCESSORS, "dispatch")]
        for name, made in zip(PROCESSORS, objects, strict=False):
            flags = [*FLAGS, *extra, *PROCESSORS[name], f"-DREPLAY=replay_{name}"]
            _run(*compiler, *flags, "-c", str(SOURCES / "replay.c"), "-o", str(made))
        _run(*compiler, *FLAGS, *extra, "-c", str(SOURCES / "dispatch.c"), "-o", str(objects[-1]))
        complete = [] if any("sanitize" in flag for flag in extra) else ["-Wl,-z,defs"]  # all functions must be found
        _run(*compiler, *extra, "-shared", *complete, "-o", str(library), *map(str, objects), "-lm")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


if __name__ == "__main__":
    try:
        compile_replay(LIBRARY, tuple(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(error.stderr)
