"""`casepost show NUMBER`: one ticket with all that was said and all that happened."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading, sound_desks
from gateway.cli.screen import complain, on_one_line, plain, print_json, screen
from gateway.config.desk import Desk
from gateway.config.load import load_settings
from gateway.desk.requested import MOST_STARS, Rating
from gateway.desk.targets import clocks
from gateway.desk.ticket import Ticket
from gateway.desk.time_spent import by_type
from gateway.desk.timers import timers
from gateway.store import archive
from gateway.store.archive import KeptEntry, Whole
from gateway.store.plain import shown


def show(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="A case number.")],
    config: ConfigOption,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Quotations and signatures, too, not folded.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one ticket whole: its fields, entries, events and links, and its timers to come.

    Of each entry the new text is shown; what it quotes, and signatures, are a line that says how
    much of it there is. With --json all of the text is there.

    Example: casepost show AC-000018
    """
    with reading(load_settings(config)) as connection:
        whole = archive.whole(connection, number.strip("[] "))
    if whole is None:
        complain(f"there is no ticket {number}")
        raise typer.Exit(1)
    desk = sound_desks(config).get(whole.ticket.desk)
    if as_json:
        print_json(shown(whole, desk, datetime.now(UTC)))
    else:
        _print(screen(), whole, desk, full=full)


def _print(console: Console, whole: Whole, desk: Desk | None, *, full: bool) -> None:
    ticket = whole.ticket
    console.print(Text(f"{ticket.number}  {on_one_line(ticket.subject)}", "bold"))
    console.print(_fields(whole, desk))
    for entry in whole.entries:
        _print_entry(console, entry, full=full)
    happened = ((e.at, (e.kind.value, e.actor, e.why)) for e in whole.events)
    _print_rows(console, "Events", happened)
    coming = timers(ticket, desk) if desk else ()
    _print_rows(console, "To come", ((due.at, (due.timer,)) for due in coming))


def _print_rows(
    console: Console, title: str, rows: Iterable[tuple[datetime, Sequence[str]]]
) -> None:
    """Print what happens when, a line each; nothing at all where there is nothing."""
    table = Table.grid(padding=(0, 2))
    for at, cells in rows:
        moment = Text(f"{at:%Y-%m-%d %H:%M:%S}", "dim")
        table.add_row(moment, *(Text(on_one_line(cell)) for cell in cells))
    if table.rows:
        console.print(Rule(title, align="left", style="dim"))
        console.print(table)


def _fields(whole: Whole, desk: Desk | None) -> Table:
    """Give the fields of a ticket that say something."""
    ticket = whole.ticket
    fields = Table.grid(padding=(0, 2))
    for name, value in (
        ("desk", ticket.desk),
        ("status", f"{ticket.status} ({ticket.phase.value})"),
        ("type", ticket.type),
        ("severity", ticket.severity),
        ("requester", ticket.requester),
        ("organisation", ticket.organisation),
        ("participants", ", ".join(ticket.participants)),
        ("assignee", ticket.assignee),
        ("group", ticket.group),
        ("tags", ", ".join(ticket.tags)),
        ("level", ticket.level),
        ("account", ticket.account),
        ("canned answers", ", ".join(ticket.canned)),
        ("work", "" if ticket.is_work else "no: agents were not told of it"),
        ("language", ticket.language),
        ("product", ticket.product),
        ("time zone", ticket.timezone),
        ("opened", _minute(ticket.opened_at)),
        ("updated", _minute(ticket.updated_at)),
        ("answered", _answered(ticket)),
        ("targets", "; ".join(_targets(ticket, desk))),
        ("resolution", ticket.resolution),
        ("rating", _rating(whole.rating)),
        ("on hold until", _minute(ticket.hold_until)),
        ("time spent", ", ".join(_spent(whole, desk))),
        ("defects", ", ".join(f"{one.number} {one.url}".strip() for one in ticket.defects)),
        ("duplicate of", whole.merged_into),
        ("report of", whole.parent),
        ("linked", ", ".join(f"{other} ({why})" for other, why in whole.links)),
    ):
        if value:
            fields.add_row(Text(name, "dim"), Text(on_one_line(value)))
    return fields


def _answered(ticket: Ticket) -> str:
    if not ticket.answered_by:
        return ""
    return f"by {ticket.answered_by} {_minute(ticket.answered_at)}".rstrip()


def _targets(ticket: Ticket, desk: Desk | None) -> Iterator[str]:
    """Give how a ticket stands with each of its targets."""
    for clock in clocks(ticket, desk, datetime.now(UTC)) if desk else ():
        due = f", due {_minute(clock.due)}" if clock.due else ""
        met = f", met {_minute(clock.met_at)}" if clock.met_at else ""
        yield f"{clock.target.name} {clock.state.value}{due}{met}"


def _spent(whole: Whole, desk: Desk | None) -> Iterator[str]:
    """Give the time that was spent on a ticket, by the types that it had."""
    for name, seconds in by_type(whole.events).items():
        chargeable = desk is not None and name in desk.chargeable_types
        charged = ", chargeable" if chargeable else ""
        yield f"{timedelta(seconds=seconds)} ({name or 'no type'}{charged})"


def _rating(rating: Rating | None) -> str:
    if rating is None:
        return ""
    stars = f"{rating.stars} of {MOST_STARS} stars"
    return f"{stars}: {rating.comment}" if rating.comment else stars


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _print_entry(console: Console, entry: KeptEntry, *, full: bool) -> None:
    arrow = "→" if entry.direction == "in" else "←"
    kind = f"{entry.kind}, internal" if entry.internal else entry.kind
    title = f"{arrow} {entry.at:%Y-%m-%d %H:%M} {on_one_line(entry.author)} ({kind})"
    console.print(Rule(Text(title), align="left", style="dim"))
    text = Text(plain(entry.text)) if full else _folded(entry)
    console.print(Padding(text, (0, 2)))
    for kept in entry.attachments:
        what = f"attached: {on_one_line(kept.name)} ({kept.media_type}, {kept.size:,} bytes)"
        console.print(Padding(Text(what, "dim"), (0, 2)))
    for address, why in entry.undelivered:
        what = f"did not reach {on_one_line(address)}: {on_one_line(why)}"
        console.print(Padding(Text(what, "bold"), (0, 2)))


def _folded(entry: KeptEntry) -> Text:
    """Give an entry's text with a line in place of each piece that is not new."""
    shown: list[Text] = []
    position = 0
    for fold in entry.folds:
        shown.append(Text(plain(entry.text[position : fold.start]).strip("\n")))
        lines = len(entry.text[fold.start : fold.end].strip("\n").splitlines())
        shown.append(Text(f"[{lines} {'line' if lines == 1 else 'lines'} of {fold.kind}]", "dim"))
        position = fold.end
    shown.append(Text(plain(entry.text[position:]).strip("\n")))
    return Text("\n").join([piece for piece in shown if piece.plain.strip()])
