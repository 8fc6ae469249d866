"""`casepost run` with workers that mails can harm, and with a promise broken if that is asked for.

Run as `python -P -m soak.wrapped [--broken NAME] run --config FILE`.
"""

import sys
from functools import partial
from pathlib import Path

from crash.broken import BREAKAGES
from gateway import cli, daemon
from gateway.worker.supervisor import Supervisor

_DEADLY = Path(__file__).resolve().parents[1] / "lib" / "deadly_worker.py"


def _main(arguments: list[str]) -> int:
    if arguments[0] == "--broken":
        BREAKAGES[arguments[1]].change()
        arguments = arguments[2:]
    program = (sys.executable, str(_DEADLY))
    deadly = partial(Supervisor, program=program)
    daemon.Supervisor = deadly  # type: ignore[assignment, attr-defined]
    return cli.execute(arguments)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
