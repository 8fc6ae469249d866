"""`casepost tickets`: all tickets, one a line."""

from datetime import UTC, datetime

from rich.table import Table
from rich.text import Text

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading, sound_desks
from gateway.cli.screen import on_one_line, print_json_list, screen
from gateway.config.load import load_settings
from gateway.store.archive import Listed, each_ticket, list_tickets
from gateway.store.plain import listed


def tickets(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List all tickets, in order of opening.

    Example: casepost tickets --json
    """
    settings = load_settings(config)
    if as_json:
        with reading(settings) as connection:
            desks, now = sound_desks(config), datetime.now(UTC)
            print_json_list(
                listed(one, desks.get(one.ticket.desk), now) for one in each_ticket(connection)
            )
        return
    with reading(settings) as connection:
        found = list_tickets(connection)
    if found:
        screen().print(_table(found))
    else:
        screen().print("No tickets yet.")


def _table(found: tuple[Listed, ...]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    numbers = max(len(one.ticket.number) for one in found)
    table.add_column("Number", no_wrap=True, min_width=numbers)
    for name in ("Desk", "Status"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    # Whatever is left of a line is the subject's; its words are not what a ticket is known by.
    table.add_column("Subject", no_wrap=True, overflow="ellipsis", ratio=1, min_width=10)
    for name in ("Severity", "Requester", "Assignee"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    table.add_column("Updated", no_wrap=True, min_width=len("2026-03-02 09:00"))
    table.add_column("Entries", justify="right", no_wrap=True)
    for one in found:
        ticket = one.ticket
        cells = (
            ticket.number,
            ticket.desk,
            ticket.status,
            ticket.subject,
            ticket.severity,
            ticket.requester,
            ticket.assignee or ticket.group,
            f"{ticket.updated_at:%Y-%m-%d %H:%M}",
            one.entries,
        )
        table.add_row(*(Text(on_one_line(cell)) for cell in cells))
    return table
