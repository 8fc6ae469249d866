"""`python -m faults [--only WORDS] [--all]`: every fault, a table, a line of JSON.

Ends with 1 if what must hold did not, or, with `--all`, if a fault could not be tried here.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Any

from faults import broken, clock, disk, mailbox, msa, outgoing, postgresql, room, surroundings
from faults.fault import Group, Held, Row
from faults.tabled import summary, table
from faults.trying import try_all

_GROUPS: tuple[Group[Any], ...] = (
    postgresql.GROUP,
    msa.GROUP,
    clock.GROUP,
    mailbox.GROUP,
    disk.GROUP,
    surroundings.GROUP,
    room.GROUP,
    outgoing.FILES,
    outgoing.TLS,
    broken.GROUP,
)
_AT_ONCE = 2


def main(arguments: Sequence[str]) -> int:
    """Try the faults that are asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="faults", description="Try faults on real daemons.")
    parser.add_argument("--only", default="", metavar="WORDS", help="of a group or a fault")
    parser.add_argument("--all", action="store_true", help="fail if one can't be tried here")
    parser.add_argument("--list", action="store_true", help="name the faults")
    asked = parser.parse_args(arguments)
    if asked.list:
        for group in _GROUPS:
            sys.stdout.writelines(f"{group.name}: {f.name}\n" for f in group.chosen(asked.only))
        return 0
    began = time.monotonic()
    rows = try_all(_GROUPS, asked.only, _AT_ONCE, _tell)
    sys.stderr.write("\r\033[K" if sys.stderr.isatty() else "")
    sys.stdout.write(f"{table(rows)}\n{summary(rows, time.monotonic() - began)}\n")
    if not rows:
        sys.stderr.write(f"no fault has the words {asked.only!r}; --list names all\n")
        return 2
    bad = {Held.BROKEN, Held.NOT_RUN} if asked.all else {Held.BROKEN}
    return 1 if any(row.held in bad for row in rows) else 0


def _tell(row: Row) -> None:
    """Show progress to whoever watches; what is broken is said at once to anybody."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{row.held}: {row.fault}"[:110])
    elif row.held is Held.BROKEN:
        sys.stderr.write(f"{row.held}: {row.fault}: {row.said}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
