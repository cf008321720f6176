"""The command `nnfunc`: one line per error, and an exit code for its kind."""

import io
import os
import sys
import traceback
from collections.abc import Sequence

import nnfunc
from nnfunc.base.errors import NnfuncError
from nnfunc.cli import BAD_INPUT, DIVERGED, DONE, INTERRUPTED
from nnfunc.training.steps.divergence import DivergedError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: done, a proof failed, bad input or arguments, diverged, interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:
        from nnfunc.recording.native.library import described

        print(f"nnfunc {nnfunc.__version__}, which replays recordings {described()}")
        return DONE
    for stream in (sys.stdout, sys.stderr):  # print ? for what the encoding lacks, such as ×, instead of failing
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: Sequence[str]) -> int:
    try:
        from nnfunc.cli.commands import parse
    except ModuleNotFoundError as error:
        print(f"nnfunc: the commands need {error.name}. pip install 'nnfunc[cli]'", file=sys.stderr)
        return BAD_INPUT
    try:
        return parse(arguments).run() or DONE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (NnfuncError, OSError, MemoryError) as error:
        if "--debug" in arguments:
            traceback.print_exc()
        print(f"nnfunc: {_sentence(error)}", file=sys.stderr)
        return DIVERGED if isinstance(error, DivergedError) else BAD_INPUT


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return (
            f"{error.filename or 'file'}: must be a path that can be used; got {error.strerror or error}. "
            f"Choose another path?"
        )
    if isinstance(error, MemoryError):
        return f"memory must hold all arrays; got too little. ({error}) Choose a smaller network or data set?"
    return str(error)
