"""`casepost bench`: throughput and latency on this machine."""

import json
import statistics
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gateway.bench.due import FEW, Costs, measure_among
from gateway.bench.measure import Figures, measure
from gateway.cli.options import JsonOption


def bench(
    as_json: JsonOption = False,
    mails: Annotated[int, typer.Option(min=20, help="Mails a round.")] = 1000,
    sessions: Annotated[int, typer.Option(min=1, max=400, help="SMTP sessions at once.")] = 50,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the figures are medians.")] = 3,
    database: Annotated[
        str, typer.Option(help="SQLAlchemy's URL of an empty database.")
    ] = "sqlite:///casepost.db",
    tickets: Annotated[
        int, typer.Option(min=2 * FEW, help="Tickets that wait, each with three timers.")
    ] = 100_000,
) -> None:
    """Measure how fast mail is accepted durably, filed and acknowledged, on this machine.

    Beside it, in the same rounds, runs aiosmtpd as released, which throws each mail away. After
    that, what timers cost where many tickets wait.

    Example: casepost bench --json
    """
    console = Console(stderr=True)
    with console.status("starting the servers") as status:
        figures = measure(
            mails, sessions, rounds, database, lambda text: status.update(f"sending, {text}")
        )
        status.update(f"opening {tickets} tickets")
        costs = measure_among(tickets, database)
    if as_json:
        typer.echo(json.dumps({**figures.plain(), "timers": costs.plain()}))
    else:
        Console().print(_table(figures))
        Console().print(_of_timers(costs, tickets))


def _table(figures: Figures) -> Table:
    title = f"{figures.mails} mails, {figures.sessions} sessions, {figures.database}"
    table = Table(title=title)
    table.add_column("")
    table.add_column("mails a second", justify="right")
    table.add_column("of the bare server", justify="right")
    for name, rate, ratio in (
        ("accepted durably", figures.accepted_per_second, figures.accepted_ratio),
        ("filed", figures.filed_per_second, figures.filed_ratio),
        ("acknowledged", figures.acknowledged_per_second, figures.acknowledged_ratio),
        ("bare aiosmtpd, mail thrown away", figures.bare_per_second, 1.0),
    ):
        table.add_row(name, f"{rate:,.0f}", f"{ratio:.2f}")
    table.caption = (
        f"from the final dot to 250: median {1000 * figures.latency_median:.1f} ms, "
        f"99 % within {1000 * figures.latency_p99:.1f} ms"
    )
    return table


def _of_timers(costs: Costs, tickets: int) -> Table:
    table = Table(title=f"{tickets} tickets that wait, each with three timers")
    table.add_column("")
    table.add_column("milliseconds", justify="right")
    for name, seconds in (
        ("finding what is due, 100 tickets", costs.found),
        ("a sweep, with 100 mails written", costs.swept),
        ("renewing a mail's timers", costs.renewed),
    ):
        table.add_row(name, f"{1000 * statistics.median(seconds):,.1f}")
    table.caption = f"a mail's timers cost {costs.ratio:.2f} times what they do among {FEW} tickets"
    return table
