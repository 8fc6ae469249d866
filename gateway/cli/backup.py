"""`casepost backup`: a copy of everything, made while the daemon runs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.backup import archive, copying, manifest, verifying
from gateway.backup.copying import Source
from gateway.backup.manifest import Manifest
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.owner import require_owner
from gateway.cli.screen import complain, print_json, shown, steps
from gateway.config.load import load_settings

_TELL = "It has the keys of the house and all mail: keep it as secret as a password file."


ToArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DIR|FILE", help="A folder that is not there yet, or a file `NAME.tar`."
    ),
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Make nothing: say whether the backup there is whole.")
]
WithObjectsOption = Annotated[
    bool,
    typer.Option(
        "--with-objects", help="Copy large mails out of the object store, too, if there is one."
    ),
]


def backup(
    to: ToArgument,
    config: ConfigOption,
    *,
    verify: VerifyOption = False,
    with_objects: WithObjectsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Copy database, large mails, keys, configuration and templates while the daemon runs.

    The copy is checked afterwards; exit code 1 where something in it is wrong.

    Example: casepost backup /srv/backup/monday
    """
    if verify:
        with steps() as told, archive.unpacked(to) as folder:
            made = manifest.read(folder)
            found = verifying.faults(folder, made, told)
    else:
        source = Source(config.resolve(), load_settings(config))
        made, found = _make(source, to, with_objects=with_objects)
    if as_json:
        print_json({**_plain(made), "path": str(to), "faults": list(found)})
    else:
        _print(made, to, found, is_new=not verify)
        for one in found:
            complain(one)
    if found:
        raise typer.Exit(1)


def _make(source: Source, to: Path, *, with_objects: bool) -> tuple[Manifest, tuple[str, ...]]:
    require_owner(source.settings.data)
    if to.suffix == archive.ENDING:
        with archive.packed(to) as folder:
            return _made(source, folder, with_objects=with_objects)
    return _made(source, to, with_objects=with_objects)


def _made(source: Source, folder: Path, *, with_objects: bool) -> tuple[Manifest, tuple[str, ...]]:
    with steps() as told:
        now = datetime.now(UTC)
        made = copying.make(source, folder, now, told, with_objects=with_objects)
        # A large mail was linked, or copied a moment ago: its bytes are not read once more.
        return made, verifying.faults(folder, made, told, thorough=False)


def _plain(made: Manifest) -> dict[str, object]:
    return {
        "made_at": made.made_at.isoformat(),
        "version": made.version,
        "schema": made.revision,
        "database": made.kind,
        "rows": dict(made.rows),
        "files": len(made.files),
        "large_mails": made.large,
        "large_bytes": made.large_bytes,
        "has_large_mails": made.has_large,
        "left_out": list(made.left_out),
    }


def _print(made: Manifest, to: Path, found: tuple[str, ...], *, is_new: bool) -> None:
    mails, tickets = made.rows.get("spool", 0), made.rows.get("tickets", 0)
    typer.echo(
        f"{shown(to)}: {made.made_at:%Y-%m-%d %H:%M:%S} UTC, {mails} mails, {tickets} tickets, "
        f"{made.large} large mails of {made.large_bytes} bytes, {len(made.files)} other files"
    )
    if not made.has_large:
        typer.echo("Large mails are left in the object store; `--with-objects` copies them.")
    for one in made.left_out if is_new else ():
        typer.echo(f"left out: {one}")
    if is_new:
        typer.echo(_TELL)
    if not found:
        typer.echo("It is whole.")
