"""`casepost outbox`: outgoing mail that was not sent."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway import maillog
from gateway.cli.options import MOST_ID, ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import complain, on_one_line, print_json, screen
from gateway.cli.writing import writing
from gateway.config.load import load_settings
from gateway.maillog import Verb
from gateway.store.unsent import Unsent, try_again
from gateway.store.unsent import unsent as find_unsent

outbox = typer.Typer(
    name="outbox", add_completion=False, help="List outgoing mail that was not sent, and try it."
)


@outbox.command("list")
def list_unsent(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List outgoing mails that wait, failed, or whose fate nobody knows, oldest first.

    Example: casepost outbox list --json
    """
    with reading(load_settings(config)) as connection:
        found = find_unsent(connection)
    if as_json:
        print_json([_plain(one) for one in found])
    elif found:
        screen().print(_table(found))
    else:
        screen().print("All outgoing mail was sent.")


@outbox.command("retry")
def retry(
    ids: Annotated[
        list[int],
        typer.Argument(metavar="ID...", help="Outgoing mails' ids.", min=1, max=MOST_ID),
    ],
    config: ConfigOption,
) -> None:
    """Try outgoing mails at once; one whose state is "uncertain" may arrive twice.

    Example: casepost outbox retry 17 18
    """
    with writing(load_settings(config)) as connection:
        refused = try_again(connection, ids, datetime.now(UTC))
    tried = [one for one in dict.fromkeys(ids) if one not in refused]
    for one in tried:
        maillog.event(Verb.RETRIED, outbox=one)
    count = len(tried)
    typer.echo(f"{count} mail is tried again" if count == 1 else f"{count} mails are tried again")
    for sentence in refused.values():
        complain(sentence)
    if refused:
        raise typer.Exit(1)


def _plain(one: Unsent) -> dict[str, object]:
    return {
        "id": one.id,
        "state": one.state.value,
        "template": one.template,
        "to": one.recipient,
        "case": one.number,
        "queued_at": one.queued_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "attempts": one.attempts,
        "last_reply": one.last_reply,
    }


def _table(found: tuple[Unsent, ...]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("Id", justify="right", no_wrap=True)
    for name in ("State", "Next try"):
        table.add_column(name, no_wrap=True)
    for name in ("To", "Mail", "Case", "Last reply"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for one in found:
        due = f"{one.due_at:%Y-%m-%d %H:%M}" if one.due_at else "none"
        cells = (one.recipient, one.template, one.number, one.last_reply)
        table.add_row(
            str(one.id), one.state.value, due, *(Text(on_one_line(cell)) for cell in cells)
        )
    return table
