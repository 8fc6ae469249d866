"""`casepost restore`: a backup put back into an empty folder."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.backup import archive, restoring
from gateway.backup.manifest import Manifest
from gateway.backup.restoring import Wanted
from gateway.cli.options import JsonOption
from gateway.cli.screen import print_json, shown, steps
from gateway.store.restored import Settled

_AUTOMATIC = -1


BackupArgument = Annotated[
    Path, typer.Argument(metavar="DIR|FILE", help="A backup that `casepost backup` made.")
]
ToOption = Annotated[
    Path, typer.Option(metavar="DATA", help="The data folder: one that is empty or not there.")
]
DatabaseOption = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="Of a backup of PostgreSQL: an empty database; PGPASSFILE has its password.",
    ),
]
SkipOption = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=_AUTOMATIC,
        help="Pass over so many case numbers, which may have been given since the backup; "
        "without it twice as many as the busiest day had for each day since.",
        show_default=False,
    ),
]
SendOption = Annotated[
    bool, typer.Option("--send", help="Let mail go out that was on its way then; it may go twice.")
]


def restore(
    backup: BackupArgument,
    to: ToOption,
    *,
    database: DatabaseOption = "",
    skip_numbers: SkipOption = _AUTOMATIC,
    send: SendOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, for a daemon to go on from there; nothing that exists is overwritten.

    Example: casepost restore /srv/backup/monday --to /var/lib/casepost
    """
    skip = None if skip_numbers == _AUTOMATIC else skip_numbers
    wanted = Wanted(to.resolve(), database, skip, send)
    with steps() as told, archive.unpacked(backup) as folder:
        made, settled = restoring.restore(folder, wanted, datetime.now(UTC), told)
    if as_json:
        print_json(
            {
                "made_at": made.made_at.isoformat(),
                "data": str(wanted.data),
                "kept_back": settled.kept_back,
                "skipped_numbers": settled.skipped,
            }
        )
    else:
        _print(backup, to, made, settled)


def _print(backup: Path, to: Path, made: Manifest, settled: Settled) -> None:
    typer.echo(f"{shown(to)} is as of {made.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    typer.echo(f"The next {settled.skipped} case numbers are passed over.")
    if settled.kept_back:
        typer.echo(
            f"{settled.kept_back} outgoing mails are kept back, for they may have gone out since: "
            "`casepost outbox list` shows them, `casepost outbox retry` sends them."
        )
    if made.has_large:
        typer.echo(
            f"Large mails are in {shown(to / 'large')}: without a `folder` and a `store` in [raw] "
            "they are found there; whoever names others moves them there before the start."
        )
    typer.echo(
        f"Configuration and templates are in {shown(backup)}; `data` has to name {shown(to)}. "
        "Who was erased since has to be erased again."
    )
