"""`make corpus`: read a folder of labelled mail and print how it was read.

Exit code 0: all is as it should be, or there is no such folder. 1: something is not, and the last
lines say what. 2: wrong use.
"""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from corpus import machine, printed, reasons
from corpus.checks import CHECKS
from corpus.labels import Format, NoLabels, load
from corpus.outcome import outcome
from corpus.seen import Broken, see, whole
from corpus.speed import measure

_REASONS = Path(__file__).with_name("reasons.toml")


def main() -> int:
    """Print the table of a folder."""
    asked = _asked()
    console = Console(width=None if sys.stdout.isatty() else 120)
    folder: Path = asked.folder
    if not folder.is_dir():
        console.print(f"There is no folder {folder}: nothing was compared.", highlight=False)
        return 0
    try:
        if asked.show:
            return _show(console, folder, asked.show)
        known = () if asked.no_reasons else reasons.load(asked.reasons)
        return _table(console, asked, known)
    except (NoLabels, ValueError, KeyError) as error:
        console.print(f"{type(error).__name__}: {error}", soft_wrap=True, highlight=False)
        return 2


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="corpus", description=__doc__)
    parser.add_argument("folder", type=Path, help="mails, with or without a labels.jsonl")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=list(CHECKS),
        metavar="CHECK",
        help=f"compare this only, and no speed: {', '.join(CHECKS)}",
    )
    parser.add_argument("--show", metavar="PATH", help="show what is seen of one mail")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=3, help="of the measuring of speed; 0: none")
    parser.add_argument("--reasons", type=Path, default=_REASONS, help="why mails may differ")
    parser.add_argument("--no-reasons", action="store_true", help="list every disagreement")
    return parser.parse_args()


def _table(console: Console, asked: argparse.Namespace, known: tuple[reasons.Reason, ...]) -> int:
    found = outcome(asked.folder, known, asked.only)
    mails = [(whole(one), seen) for one, seen in found.swept.mails if one.format is Format.MAIL]
    rounds = 0 if asked.only else asked.rounds
    speed = measure(mails, rounds) if rounds and mails else None
    if asked.json:
        print(json.dumps(machine.plain(found, speed)))  # noqa: T201  for programs to read
    else:
        printed.print_outcome(console, found, speed)
    return 1 if found.failures() else 0


def _show(console: Console, folder: Path, path: str) -> int:
    for one in load(folder):
        if one.name == path:
            seen = see(one)
            if isinstance(seen, Broken):
                console.print(seen.why, soft_wrap=True, highlight=False)
                return 1
            printed.print_mail(console, one, seen)
            return 0
    console.print(f"There is no mail {path}.", highlight=False)
    return 2


if __name__ == "__main__":
    sys.exit(main())
