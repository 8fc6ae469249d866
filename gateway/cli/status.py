"""`casepost status`: does everything work, do the books balance."""

from dataclasses import asdict, dataclass

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.readiness import is_ready
from gateway.cli.reading import reading
from gateway.cli.screen import on_one_line, print_json, screen
from gateway.config.load import load
from gateway.store import books, outbox
from gateway.store.books import Account, SourceHealth

_SPOOL = ("received", "waiting", "filed", "duplicate", "held", "failed")


@dataclass(frozen=True, slots=True)
class _Status:
    """How things stand: read on one snapshot, but for `ready`, which asks the daemon."""

    ready: bool
    accounts: tuple[Account, ...]
    outbox: dict[str, int]
    sources: tuple[SourceHealth, ...]

    def spool(self) -> dict[str, int]:
        """Add up what was received and where it stands."""
        return {key: sum(getattr(a, key) for a in self.accounts) for key in _SPOOL}

    def problems(self) -> list[str]:
        """Say what is wrong, a sentence each."""
        found = [
            f"the books of {a.source} on {a.day} differ by {a.difference} mails"
            for a in self.accounts
            if a.difference
        ]
        if failed := self.spool()["failed"]:
            found.append(f"{failed} received mails failed and wait for a person")
        if failed := self.outbox["failed"]:
            found.append(f"{failed} outgoing mails cannot be delivered")
        return found + [f"{s.name} does not work: {s.last_error}" for s in self.sources if _ill(s)]


def _ill(source: SourceHealth) -> bool:
    """Say whether a source's last attempt went wrong."""
    if source.last_error_at is None:
        return False
    return source.last_success_at is None or source.last_success_at < source.last_error_at


def status(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """Say whether the daemon takes mail, what became of all mail, and what is wrong.

    Exit code 1 when something is wrong. Example: casepost status --json
    """
    settings = load(config).settings
    with reading(settings) as connection:
        accounts = books.accounts(connection)
        sources = books.health(connection)
        queued = outbox.counts(connection)
    found = _Status(is_ready(settings, sources), accounts, queued, sources)
    if as_json:
        print_json(_plain(found))
    else:
        _print(screen(), found)
    if found.problems():
        raise typer.Exit(1)


def _plain(found: _Status) -> dict[str, object]:
    return {
        "ready": found.ready,
        "balanced": not any(account.difference for account in found.accounts),
        "spool": found.spool(),
        "outbox": found.outbox,
        "accounts": [{**asdict(a), "difference": a.difference} for a in found.accounts],
        "sources": [
            {
                "name": source.name,
                "last_success_at": source.last_success_at and source.last_success_at.isoformat(),
                "last_error_at": source.last_error_at and source.last_error_at.isoformat(),
                "last_error": source.last_error,
            }
            for source in found.sources
        ],
        "problems": found.problems(),
    }


def _print(console: Console, found: _Status) -> None:
    daemon = "takes mail" if found.ready else "does not run, or does not take mail"
    console.print(Text(f"The daemon {daemon}.", "green" if found.ready else "yellow"))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("day and source")
    for name in (*_SPOOL, "difference"):
        table.add_column(name, justify="right")
    for account in found.accounts:
        cells = [getattr(account, name) for name in (*_SPOOL, "difference")]
        table.add_row(f"{account.day} {account.source}", *(str(cell) for cell in cells))
    totals = [*found.spool().values(), sum(a.difference for a in found.accounts)]
    table.add_row("all", *(str(total) for total in totals), style="bold")
    console.print(table)
    sent = ", ".join(f"{count} {state}" for state, count in found.outbox.items())
    console.print(Text(f"Outgoing: {sent}"))
    for source in found.sources:
        last = source.last_success_at
        when = f"{last:%Y-%m-%d %H:%M:%S} UTC" if last else "never"
        console.print(Text(f"{on_one_line(source.name)}: last success {when}"))
    for problem in found.problems():
        console.print(Text(on_one_line(problem), "bold red"))
    if not found.problems():
        console.print(Text("The books balance; nothing is wrong.", "green"))
