"""`casepost doctor`: does everything work that the configuration names."""

from datetime import UTC, datetime

import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.screen import on_one_line, print_json, screen
from gateway.config.load import load
from gateway.doctor.check import State
from gateway.doctor.examination import examine_house
from gateway.resolver import Resolver

_COLOURS = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "bold red"}


def doctor(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """Try the real things: database, disk, clocks, DNS, ports, MSA, mailboxes; change nothing.

    Each finding says what to do. For each mailbox it proposes whose Authentication-Results are
    worth trusting. Where large mails are kept it keeps a probe and removes it. Exit code 1 when
    something does not work. Example: casepost doctor --json
    """
    configuration = load(config)
    own = configuration.settings.authenticity
    resolver = Resolver(own.nameservers, own.dns_timeout)
    checks = list(examine_house(configuration, resolver, datetime.now(UTC)))
    works = all(check.state is not State.PROBLEM for check in checks)
    if as_json:
        shown = [{"name": c.name, "state": c.state.value, "message": c.message} for c in checks]
        print_json({"works": works, "checks": shown})
    else:
        table = Table(box=None, show_header=False, pad_edge=False)
        for check in checks:
            table.add_row(
                Text(check.state.value, _COLOURS[check.state]),
                Text(on_one_line(check.name)),
                Text(on_one_line(check.message)),
            )
        screen().print(table)
    if not works:
        raise typer.Exit(1)
