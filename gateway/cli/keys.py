"""`casepost keys`: the keys that sign reply addresses."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.table import Table

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.owner import require_owner
from gateway.cli.screen import print_json, screen
from gateway.cli.writing import writing
from gateway.config.load import load_settings
from gateway.store import key_prints
from gateway.store.keys import REPLY_ADDRESS, key_file, ring_ids, rotate

keys = typer.Typer(
    name="keys", add_completion=False, help="List and renew the keys that sign reply addresses."
)


@dataclass(frozen=True, slots=True)
class _Key:
    id: int
    made_at: datetime
    signs: bool
    path: Path


@keys.command("list")
def list_keys(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List the keys that sign reply addresses, oldest first; the newest signs, all verify.

    Example: casepost keys list --json
    """
    found = _keys(load_settings(config).data)
    if as_json:
        print_json(
            [
                {
                    "id": key.id,
                    "made_at": key.made_at.isoformat(),
                    "signs": key.signs,
                    "file": str(key.path),
                }
                for key in found
            ]
        )
        return
    if not found:
        typer.echo("There are no keys yet; the first start makes one.")
        return
    table = Table("key", "made at", "", "file")
    for key in found:
        does = "signs and verifies" if key.signs else "verifies"
        table.add_row(str(key.id), f"{key.made_at:%Y-%m-%d %H:%M} UTC", does, str(key.path))
    screen().print(table)


@keys.command("rotate")
def rotate_keys(config: ConfigOption) -> None:
    """Make a new key, which signs from the daemon's next start on; the others go on verifying.

    Example: casepost keys rotate
    """
    data = load_settings(config).data
    require_owner(data)
    new = rotate(data, REPLY_ADDRESS, os.urandom)
    typer.echo(f"Key {new} signs reply addresses from the next start of the daemon on.")


@keys.command("accept")
def accept_keys(config: ConfigOption) -> None:
    """Take the keys in this data folder for those of the house, which nobody else has any more.

    What other keys have signed is believed no more: answers to older mails may open new cases.

    Example: casepost keys accept
    """
    settings = load_settings(config)
    with writing(settings) as connection:
        names = key_prints.accept(connection, settings.data, datetime.now(UTC))
    typer.echo(f"The keys of this house are {', '.join(names)} in {settings.data / 'keys'}.")


def _keys(data: Path) -> list[_Key]:
    ids = ring_ids(data, REPLY_ADDRESS)
    found = []
    for key_id in ids:
        path = key_file(data, f"{REPLY_ADDRESS}.{key_id}")
        made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found.append(_Key(key_id, made_at, key_id == ids[-1], path))
    return found
