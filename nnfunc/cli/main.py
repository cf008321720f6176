"""The command `nnfunc`: one line per error, and an exit code that says which kind it was."""

import sys
import traceback
from collections.abc import Sequence

import nnfunc
from nnfunc.errors import DivergedError, NnfuncError

DONE, BAD_INPUT, DIVERGED, INTERRUPTED = 0, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 bad input or arguments, 3 diverged, 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:
        print(f"nnfunc {nnfunc.__version__}")
        return DONE
    try:
        from nnfunc.cli.commands import parse
    except ModuleNotFoundError as error:
        print(f"nnfunc: the commands need {error.name}. pip install 'nnfunc[cli]'", file=sys.stderr)
        return BAD_INPUT
    command = parse(arguments)
    try:
        command.run()
    except NnfuncError as error:
        if command.debug:
            traceback.print_exc()
        print(f"nnfunc: {error}", file=sys.stderr)
        return DIVERGED if isinstance(error, DivergedError) else BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    return DONE
