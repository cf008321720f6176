"""The command `python -m nnfunc`."""

import sys

from nnfunc.cli.main import main

sys.exit(main())
