"""Print which check finds which shape bug: the tables of the guide.

    python scripts/shape_mutants.py [FOLDER]

FOLDER holds pyrefly and its stubs (`.ci/run` has the line that installs them); without it, that column is empty.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    os.environ["PYREFLY"] = sys.argv[1] if len(sys.argv) > 1 else ""
    from tests.mutants.table import tables

    print(tables())
