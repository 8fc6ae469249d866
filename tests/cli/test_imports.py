"""A command imports what it needs, and not what the others need."""

import os
import subprocess
import sys
from pathlib import Path

from gateway.cli.commands import MODULES
from lib.workbench import Workbench

ROOT = Path(__file__).resolve().parents[2]
# They read mail, and bring tables up to date.
OTHERS_NEED = {
    "alembic",
    "flufl",
    "inscriptis",
    "lxml",
    "mailparser",
    "nh3",
    "py3langid",
    "quotequail",
    "selectolax",
}
PROGRAM = """
import sys
from gateway.cli import execute
execute(["status", "--json", "--config", "house/casepost.toml"])
print(*sys.modules, sep="\\n")
"""


def test_status_needs_little(bench: Workbench, tmp_path: Path) -> None:
    """Its process has neither another command in it nor a library that it has no use for."""
    del bench
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        check=True,
    )
    answer, *modules = ended.stdout.splitlines()
    assert answer.startswith('{"ready": false')
    assert {"gateway.cli.status"} == set(MODULES.values()) & set(modules)
    assert set() == OTHERS_NEED & {name.partition(".")[0] for name in modules}
