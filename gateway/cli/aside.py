"""`casepost held` and `casepost failed`: the mails that wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from gateway import maillog
from gateway.cli.explain import print_stages, stored
from gateway.cli.options import MOST_ID, ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import complain, on_one_line, plain, print_json, screen
from gateway.cli.writing import writing
from gateway.config.load import load_settings, look
from gateway.desk.decision import Release
from gateway.desk.known import OPERATOR
from gateway.errors import Transient
from gateway.explanation import Explainer
from gateway.mail.parse import parse
from gateway.store import archive, claims
from gateway.store.aside import Aside, KeptAside, kept_aside
from gateway.store.consequences import release
from gateway.store.large_places import large_mails_of

held = typer.Typer(
    name="held",
    add_completion=False,
    help="List, show, admit and drop mails that are held for a person.",
)
failed = typer.Typer(
    name="failed",
    add_completion=False,
    help="List, show and retry mails with which nothing could be done.",
)

IdArgument = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=MOST_ID, help="A mail's spool id.")
]
IdsArgument = Annotated[
    list[int], typer.Argument(metavar="ID...", min=1, max=MOST_ID, help="Mails' spool ids.")
]

# A header block is seldom longer, and the rest of a mail has nothing for a list.
_HEAD = 65536


@dataclass(frozen=True, slots=True)
class _Line:
    """A mail of a list, with what its header fields say."""

    kept: KeptAside
    author: str
    subject: str


@held.command("list")
def list_held(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List the mails that are held, oldest first.

    Example: casepost held list --json
    """
    _list(config, Aside.HELD, as_json=as_json)


@held.command("show")
def show_held(spool_id: IdArgument, config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """Show a held mail, and why it is held.

    Example: casepost held show 17
    """
    _show(config, spool_id, Aside.HELD, as_json=as_json)


@held.command("admit")
def admit(spool_ids: IdsArgument, config: ConfigOption) -> None:
    """Let held mails in: they are decided on again, and not held for the same reason.

    Example: casepost held admit 17 18
    """
    _release(config, spool_ids, admitted=True)


@held.command("drop")
def drop(spool_ids: IdsArgument, config: ConfigOption) -> None:
    """Drop held mails: they stay in the spool, lead to no ticket, and nobody is told.

    Example: casepost held drop 17
    """
    _release(config, spool_ids, admitted=False)


@failed.command("list")
def list_failed(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List the mails that failed, oldest first.

    Example: casepost failed list --json
    """
    _list(config, Aside.FAILED, as_json=as_json)


@failed.command("show")
def show_failed(spool_id: IdArgument, config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """Show a failed mail, and why it failed.

    Example: casepost failed show 17
    """
    _show(config, spool_id, Aside.FAILED, as_json=as_json)


@failed.command("retry")
def retry(
    spool_ids: IdsArgument,
    config: ConfigOption,
) -> None:
    """Let failed mails be taken in again, as if for the first time.

    Example: casepost failed retry 17 18
    """
    with writing(load_settings(config)) as connection:
        refused = _not(connection, spool_ids, Aside.FAILED)
        count = claims.retry(connection, spool_ids)
    typer.echo(f"{count} mail waits again" if count == 1 else f"{count} mails wait again")
    _refuse(refused)


def _release(config: Path, spool_ids: Sequence[int], *, admitted: bool) -> None:
    wanted = [Release(spool_id, OPERATOR, admitted) for spool_id in dict.fromkeys(spool_ids)]
    with writing(load_settings(config)) as connection:
        refused = _not(connection, spool_ids, Aside.HELD)
        done = release(connection, wanted, datetime.now(UTC))
    for one in done:
        maillog.released(one.spool, one.by, admitted=one.admit)
    count = "1 mail is" if len(done) == 1 else f"{len(done)} mails are"
    typer.echo(f"{count} {'admitted' if admitted else 'dropped'}")
    _refuse(refused)


def _not(connection: Connection, spool_ids: Sequence[int], state: Aside) -> list[str]:
    """Say of each mail that does not stand so how it stands."""
    refused = []
    for spool_id in dict.fromkeys(spool_ids):
        kept = archive.explained(connection, spool_id)
        if kept is None:
            refused.append(f"there is no mail {spool_id}")
        elif kept.state != state:
            refused.append(f"mail {spool_id} is {kept.state}, not {state}")
    return refused


def _refuse(sentences: Sequence[str]) -> None:
    """Say what could not be done; that is a finding."""
    for sentence in sentences:
        complain(sentence)
    if sentences:
        raise typer.Exit(1)


def _list(config: Path, state: Aside, *, as_json: bool) -> None:
    settings = load_settings(config)
    large = large_mails_of(settings)
    with reading(settings) as connection:
        lines = []
        for kept in kept_aside(connection, state):
            try:
                mail = claims.load_one(connection, kept.spool_id, large)
            except Transient:
                mail = None  # It stands in the list all the same.
            head = parse(mail.content[:_HEAD] if mail else b"")
            author = head.author or head.claimed_author
            lines.append(
                _Line(kept, author.address if author else kept.reverse_path or "", head.subject)
            )
    if as_json:
        print_json([_plain(line) for line in lines])
    elif lines:
        screen().print(_table(lines))
    else:
        screen().print(f"No mail is {state}.")


def _plain(line: _Line) -> dict[str, object]:
    return {
        "id": line.kept.spool_id,
        "received_at": line.kept.received_at.isoformat(),
        "source": line.kept.source,
        "from": line.author,
        "to": line.kept.recipient,
        "subject": line.subject,
        "desk": line.kept.desk,
        "reason": line.kept.reason,
        "attempts": line.kept.attempts,
    }


def _table(lines: list[_Line]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("Id", justify="right", no_wrap=True)
    table.add_column("Received", no_wrap=True)
    for name in ("From", "Subject", "Reason"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for line in lines:
        kept = line.kept
        cells = (f"{kept.received_at:%Y-%m-%d %H:%M}", line.author, line.subject, kept.reason)
        table.add_row(str(kept.spool_id), *(Text(on_one_line(cell)) for cell in cells))
    return table


def _show(config: Path, spool_id: int, state: Aside, *, as_json: bool) -> None:
    configuration = look(config).configuration
    one = stored(configuration, Explainer(configuration, None), spool_id)
    if one["state"] != state:
        complain(f"mail {spool_id} is {one['state']}, not {state}")
        raise typer.Exit(1)
    if as_json:
        print_json(one)
        return
    console: Console = screen()
    print_stages(console, one)
    console.print(Text("The mail", "dim"))
    console.print(Text(plain(one["text"])))
