"""`casepost simulate FILE...`: golden conversations, played in virtual time."""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from gateway.cli.edited import edited
from gateway.cli.options import ConfigOption, FilesOnlyOption, JsonOption
from gateway.cli.scratch import scratch
from gateway.cli.screen import on_one_line, plain, print_json, progress, screen, shown
from gateway.config.load import load
from gateway.conversation import Arrived, Fired, Moment, Played, SentMail, play, prepare, read
from gateway.errors import Finding, Misconfigured


def simulate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Conversations (TOML).")],
    config: ConfigOption,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="An empty database, in place of a SQLite file."),
    ] = None,
    *,
    files_only: FilesOnlyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Play golden conversations in virtual time and compare what comes of them.

    Each has an empty house of its own with the configured desks and templates; nothing is sent
    and nothing is kept. Exit code 1 if anything goes otherwise than expected.

    Example: casepost simulate config/desks/*/conversations/*.toml
    """
    if database is not None and len(files) > 1:
        raise typer.BadParameter("it serves one conversation", param_hint="--database")
    configuration = load(config)
    _read_all(files, [desk.name for desk in configuration.desks])
    played: list[Played] = []
    with scratch() as common:
        written = edited(configuration.settings, files_only=files_only)
        prepared = prepare(configuration, common, written)
        for path in progress(files, len(files), "conversations"):
            with scratch() as folder:
                played.append(play(path, configuration, folder, database, prepared=prepared))
            if not as_json:
                _print(screen(), played[-1])
    if as_json:
        print_json([_plain(one) for one in played])
    else:
        _summarise(screen(), played)
    if any(one.differences for one in played):
        raise typer.Exit(1)


def _read_all(files: list[Path], desks: list[str]) -> None:
    """See what is wrong in any of the files before the first is played."""
    findings: list[Finding] = []
    for path in files:
        try:
            read(path, desks)
        except Misconfigured as refused:
            findings += refused.findings
    if findings:
        raise Misconfigured(tuple(findings))


def _print(console: Console, played: Played) -> None:
    tree = Tree(Text(f"{plain(played.title)}  ({shown(played.path)})", "bold"), guide_style="dim")
    for moment in played.timeline:
        branch = tree.add(Text(f"{moment.at:%a %Y-%m-%d %H:%M:%S} UTC", "cyan"))
        for line in _lines(moment):
            branch.add(line)
    console.print(tree)
    for difference in played.differences:
        short = dataclasses.replace(difference, path=Path(shown(difference.path)))
        console.print(Text(plain(short), "red"), soft_wrap=True)
    console.print()


def _lines(moment: Moment) -> Iterator[Text]:
    """Give what happened on the way to a moment and at it, a line each."""
    if moment.restarted:
        yield Text("restarted", "yellow")
    on_the_way = [sent for sent in moment.sent if sent.at < moment.at]
    happened = [(fired.at, _fired(fired, moment)) for fired in moment.fired]
    happened += [(sent.at, _sent(sent, moment)) for sent in on_the_way]
    # Of one time, what fired stands before what it sent.
    yield from (line for _, line in sorted(happened, key=lambda one: one[0]))
    for arrived in moment.arrived:
        yield _arrived(arrived)
    if moment.done:
        yield Text(on_one_line(moment.done), "yellow")
    for ticket in moment.tickets:
        yield Text(f"ticket {_ticket(ticket)}", "magenta")
    yield from (_sent(sent, moment) for sent in moment.sent if sent.at >= moment.at)
    if moment.arrived and not moment.sent:
        yield Text("nothing is sent", "dim")


def _fired(fired: Fired, moment: Moment) -> Text:
    status = f" → {fired.status}" if fired.status else ""
    when = _when(fired.at, moment)
    return Text(f"⏲ {fired.case_number}  {on_one_line(fired.why)}{status}{when}", "yellow")


def _sent(sent: SentMail, moment: Moment) -> Text:
    said = on_one_line(sent.mail.subject)
    when = _when(sent.at, moment)
    return Text(f"← {sent.recipient}  {sent.template}{when}  {said}", "green")


def _when(at: datetime, moment: Moment) -> str:
    return "" if at == moment.at else f" at {at:%Y-%m-%d %H:%M:%S}"


def _arrived(arrived: Arrived) -> Text:
    forged = "" if arrived.authentic else " (not authentic)"
    became = " ".join(part for part in (arrived.state, arrived.reason, arrived.case_number) if part)
    said = f"{arrived.author or 'nobody'}{forged} to {arrived.recipient}  {arrived.subject}"
    return Text(f"→ {on_one_line(said)}  [{became}]")


def _ticket(ticket: Mapping[str, object]) -> str:
    entries = ticket["entries"]
    count = len(entries) if isinstance(entries, list) else 0
    return f"{ticket['number']}  {ticket['status']} ({ticket['phase']}), {count} entries"


def _summarise(console: Console, played: list[Played]) -> None:
    differing = sum(1 for one in played if one.differences)
    count = f"{len(played)} conversation{'s' if len(played) != 1 else ''}"
    if differing:
        console.print(Text(f"{count}, {differing} went otherwise than expected", "bold red"))
    else:
        console.print(Text(f"{count}, all as expected", "bold green"))


def _plain(played: Played) -> dict[str, object]:
    return {
        "path": str(played.path),
        "title": played.title,
        "desk": played.desk,
        "passed": not played.differences,
        "differences": [
            {"line": d.line, "step": d.step, "sentence": d.sentence, "details": list(d.details)}
            for d in played.differences
        ],
        "timeline": [_plain_moment(moment) for moment in played.timeline],
    }


def _plain_moment(moment: Moment) -> dict[str, object]:
    return {
        "step": moment.step,
        "at": moment.at.isoformat(),
        "restarted": moment.restarted,
        "done": moment.done or None,
        "fired": [_plain_fired(fired) for fired in moment.fired],
        "arrived": [_plain_arrived(arrived) for arrived in moment.arrived],
        "tickets": [dict(ticket) for ticket in moment.tickets],
        "sent": [_plain_sent(sent) for sent in moment.sent],
    }


def _plain_fired(fired: Fired) -> dict[str, object]:
    return {
        "at": fired.at.isoformat(),
        "number": fired.case_number,
        "timer": fired.timer,
        "why": fired.why,
        "status": fired.status or None,
    }


def _plain_sent(sent: SentMail) -> dict[str, object]:
    return {
        "at": sent.at.isoformat(),
        "mail": sent.template,
        "to": sent.recipient,
        "language": sent.language,
        "subject": sent.mail.subject,
        "text": sent.mail.text,
    }


def _plain_arrived(arrived: Arrived) -> dict[str, object]:
    return {
        "from": arrived.author,
        "to": arrived.recipient,
        "subject": arrived.subject,
        "authentic": arrived.authentic,
        "state": arrived.state,
        "reason": arrived.reason,
        "number": arrived.case_number,
    }
