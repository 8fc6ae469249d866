"""`casepost status`: does everything work, do the books balance."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.edited import edited
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.readiness import is_ready
from gateway.cli.reading import reading
from gateway.cli.screen import on_one_line, print_json, screen
from gateway.config.load import load, load_settings
from gateway.config.settings import Settings
from gateway.errors import Finding, Misconfigured
from gateway.listener.disk import lack_of_room
from gateway.store import aside, books, leases, limits, outbox, retention
from gateway.store.books import Account, SourceHealth
from gateway.store.retention import Run
from gateway.templates import load as load_templates
from gateway.templates import shipped_folder

_SPOOL = ("received", "waiting", "filed", "duplicate", "held", "failed")
_LONGEST_LAG = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Status:
    """How things stand: read on one snapshot, but for `ready`, which asks the daemon.

    `wrong` are the findings of the configuration as it stands in its files, `refused` those of
    templates that are left out, `lag` the age of the oldest mail
    that waits, `without_ticket` how many mails are filed that belong to no ticket. `alarms` say
    what stopped automatic mail in the last hour. `readers` are the nodes that read mailboxes.
    """

    ready: bool
    listens: bool
    lag: timedelta
    without_ticket: int
    wrong: tuple[Finding, ...]
    refused: tuple[Finding, ...]
    accounts: tuple[Account, ...]
    outbox: dict[str, int]
    sources: tuple[SourceHealth, ...]
    readers: dict[str, str]
    alarms: tuple[str, ...]
    retained: tuple[Run, ...]

    def spool(self) -> dict[str, int]:
        """Add up what was received and where it stands."""
        return {key: sum(getattr(a, key) for a in self.accounts) for key in _SPOOL}

    def problems(self) -> list[str]:
        """Say what is wrong, a sentence each."""
        found = []
        if self.listens and not self.ready:
            found.append("the daemon does not run, or does not take mail")
        if self.lag > _LONGEST_LAG:
            found.append(f"a mail has been waiting for {_age(self.lag)}")
        found += [
            f"the books of {a.source} on {a.day} differ by {a.difference} mails"
            for a in self.accounts
            if a.difference
        ]
        if failed := self.spool()["failed"]:
            found.append(f"{failed} received mails failed and wait for a person")
        if failed := self.outbox["failed"]:
            found.append(f"{failed} outgoing mails cannot be delivered")
        found += self.alarms
        for what, findings in (("the configuration", self.wrong), ("templates", self.refused)):
            if findings:
                places = ", ".join(dict.fromkeys(finding.path for finding in findings))
                count = f"{len(findings)} finding{'s' * (len(findings) > 1)}"
                found.append(f"{count} in {what}: {places}")
        return found + [f"{s.name} does not work: {s.last_error}" for s in self.sources if _ill(s)]


def _ill(source: SourceHealth) -> bool:
    """Say whether a source's last attempt went wrong."""
    if source.last_error_at is None:
        return False
    return source.last_success_at is None or source.last_success_at < source.last_error_at


def _age(lag: timedelta) -> str:
    """Write an age without fractions of a second."""
    return str(timedelta(seconds=int(lag.total_seconds())))


def status(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """Say whether the daemon takes mail, what became of all mail, and what is wrong.

    Exit code 1 when something is wrong. Example: casepost status --json
    """
    settings, wrong, refused = _read(config)
    with reading(settings) as connection:
        now = datetime.now(UTC)
        lag = now - (aside.waits_since(connection) or now)
        without_ticket = aside.without_ticket(connection)
        accounts = books.accounts(connection)
        sources = books.health(connection)
        readers = leases.holders(connection, now)
        queued = outbox.counts(connection)
        alarms = limits.raised(connection, now)
        retained = retention.runs(connection)
    found = _Status(
        ready=is_ready(settings, sources),
        listens=bool(settings.listener),
        lag=lag,
        without_ticket=without_ticket,
        wrong=wrong,
        refused=refused,
        accounts=accounts,
        outbox=queued,
        sources=sources,
        readers=readers,
        alarms=(*alarms, *lack_of_room(settings.data, settings.limits)),
        retained=retained,
    )
    if as_json:
        print_json(_plain(found))
    else:
        _print(screen(), found)
    if found.problems():
        raise typer.Exit(1)


def _read(config: Path) -> tuple[Settings, tuple[Finding, ...], tuple[Finding, ...]]:
    """Give the settings, and what is wrong in the configuration or else in the templates.

    A daemon goes on while a desk file is wrong, and so does its status.
    """
    try:
        configuration = load(config)
    except Misconfigured as refused:
        return load_settings(config), refused.findings, ()
    settings = configuration.settings
    folders = (settings.templates, shipped_folder())
    _, findings = load_templates(
        *folders, configuration.desks, settings.data, keep=False, edited=edited(settings)
    )
    return settings, (), tuple(findings)


def _plain(found: _Status) -> dict[str, object]:
    return {
        "ready": found.ready,
        "balanced": not any(account.difference for account in found.accounts),
        "spool": found.spool(),
        "lag_seconds": int(found.lag.total_seconds()),
        "without_ticket": found.without_ticket,
        "outbox": found.outbox,
        "accounts": [{**asdict(a), "difference": a.difference} for a in found.accounts],
        "sources": [
            {
                "name": source.name,
                "last_success_at": source.last_success_at and source.last_success_at.isoformat(),
                "last_error_at": source.last_error_at and source.last_error_at.isoformat(),
                "last_error": source.last_error,
                "node": found.readers.get(source.name),
            }
            for source in found.sources
        ],
        "alarms": list(found.alarms),
        "retention": [
            {"what": run.what, "at": run.at and run.at.isoformat(), "erased": run.erased}
            for run in found.retained
        ],
        "configuration": [str(finding) for finding in found.wrong],
        "templates": [str(finding) for finding in found.refused],
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
    console.print(Text(f"Oldest waiting mail: {_age(found.lag)}"))
    console.print(
        Text(f"Filed without a ticket, since they belong to none: {found.without_ticket}")
    )
    sent = ", ".join(f"{count} {state}" for state, count in found.outbox.items())
    console.print(Text(f"Outgoing: {sent}"))
    for source in found.sources:
        last = source.last_success_at
        when = f"{last:%Y-%m-%d %H:%M:%S} UTC" if last else "never"
        node = found.readers.get(source.name, "no node")
        console.print(
            Text(f"{on_one_line(source.name)}: last success {when}, read by {on_one_line(node)}")
        )
    for run in found.retained:
        looked = f"{run.at:%Y-%m-%d %H:%M:%S} UTC" if run.at else "never"
        console.print(Text(f"Kept long enough, {run.what}: {run.erased} erased; looked {looked}"))
    for problem in found.problems():
        console.print(Text(on_one_line(problem), "bold red"))
    if not found.problems():
        console.print(Text("The books balance; nothing is wrong.", "green"))
