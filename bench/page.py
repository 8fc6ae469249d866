"""The tables of `docs/performance.md`, written from `bench/latest.json`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.machine import ROOT

LATEST = ROOT / "bench" / "latest.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures, from bench/latest.json -->", "<!-- end of figures -->"

_RATES = (
    ("accepted durably, small mails", "accept.small"),
    ("accepted durably, mails of 200 kB", "accept.large"),
    ("accepted durably, the mix", "accept.mix"),
    ("aiosmtpd that throws them away, small mails", "accept_bare.small"),
    ("aiosmtpd, mails of 200 kB", "accept_bare.large"),
    ("aiosmtpd, the mix", "accept_bare.mix"),
    ("end to end, SQLite", "end_to_end.sqlite"),
    ("end to end, PostgreSQL", "end_to_end.postgresql"),
    ("end to end, SQLite, and two agents are told of each mail", "end_to_end.sqlite_with_agents"),
    ("django-helpdesk at its best", "peers.django_helpdesk_best"),
    ("django-helpdesk as installed", "peers.django_helpdesk_installed"),
    ("Roundup", "peers.roundup"),
    ("bare limit: parse and commit the same bytes", "limit"),
    ("filed by one worker, SQLite", "filed.sqlite_1"),
    ("filed by two workers, SQLite", "filed.sqlite_2"),
    ("filed by one worker, PostgreSQL", "filed.postgresql_1"),
    ("filed by two workers, PostgreSQL", "filed.postgresql_2"),
    ("taken from a mailbox of Dovecot", "imap_rates.casepost"),
    ("only fetched from it", "imap_rates.fetch_only"),
    ("handed to smtp-sink by the courier", "courier"),
)


def write(figures: Mapping[str, Any], page: Path = PAGE) -> None:
    """Put the figures between the page's markers."""
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{tables(figures)}{END}{after}")


def tables(figures: Mapping[str, Any]) -> str:
    """Give the figures as Markdown: what they hold for, the goals, the rates."""
    machine, versions = figures["machine"], figures["versions"]
    lines = [
        (
            f"Measured {figures['date'][:10]} at `{figures['commit']}`: {machine['cores']} cores "
            f"({machine['processor']}), {machine['memory_gb']} GB, Python {versions['python']}, "
            f"SQLite {versions['sqlite']}; medians of {figures['rounds']} interleaved rounds."
        ),
        "",
        "| goal | bound | measured | |",
        "|---|---|---|---|",
    ]
    for goal in figures["goals"]:
        met = "met" if goal["met"] else "**missed**"
        lines.append(f"| {goal['goal']} | {goal['bound']} | {goal['measured']:g} | {met} |")
    second = found(figures, "processors.second")
    if second is not None:
        lines += [
            "",
            f"Two processes that only compute get {second:.2f} times what one gets there.",
        ]
    lines += ["", "| mails a second | |", "|---|---|"]
    for name, key in _RATES:
        figure = found(figures, key)
        if figure is not None:
            lines.append(f"| {name} | {figure:,.0f} |")
    return "\n".join([*lines, "", ""])


def found(figures: Mapping[str, Any], key: str) -> float | None:
    """Give a figure by its name, such as `accept.small`; None where it was not measured."""
    place: Any = figures
    for part in key.split("."):
        if not isinstance(place, Mapping) or part not in place:
            return None
        place = place[part]
    return float(place)
