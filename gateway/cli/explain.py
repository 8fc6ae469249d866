"""`casepost explain`: every stage's value and why, for mails in files or in the spool."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.explained import Explainer, Plain
from gateway.cli.options import MOST_ID, ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import complain, on_one_line, plain, print_json, screen
from gateway.config.desk import Desk
from gateway.config.load import Configuration, load, look
from gateway.config.toml_file import did_you_mean
from gateway.errors import Misused
from gateway.store.archive import explained
from gateway.store.claims import load_one

_SHOWN_LINES = 12


def explain(
    config: ConfigOption,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Raw mails, with any ending.")
    ] = None,
    mail: Annotated[
        int | None,
        typer.Option(metavar="ID", min=1, max=MOST_ID, help="A received mail, by its spool id."),
    ] = None,
    desk: Annotated[
        str, typer.Option(metavar="DESK", help="The desk, where no recipient says which.")
    ] = "",
    *,
    body: Annotated[
        bool, typer.Option("--body", help="The files are bare bodies, text or HTML.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Explain what becomes of a mail, stage by stage, and why.

    Files are looked at as if they were the first mail ever: that needs no database, no daemon and
    no DNS, and writes nothing. With --mail it shows what was decided, and why, at the time. With
    --json each mail is an object on a line of its own.

    Example: casepost explain --desk NAME letter.eml
    """
    if bool(files) == (mail is not None):
        raise Misused("explain needs FILE... or --mail ID, one of the two")
    # What was decided is written down, whatever is wrong with the desk by now.
    configuration = load(config) if mail is None else look(config).configuration
    explainer = Explainer(configuration, _desk(configuration, desk))
    if mail is not None:
        found: Iterator[Plain] = iter([stored(configuration, explainer, mail)])
    else:
        found = (explainer.file(path, body=body) for path in files or ())
    for one in found:
        if as_json:
            print_json(one)
        else:
            print_stages(screen(), one)


def _desk(configuration: Configuration, name: str) -> Desk | None:
    if not name:
        return None
    try:
        return configuration.desk(name)
    except KeyError:
        known = tuple(desk.name for desk in configuration.desks)
        raise Misused(f'there is no desk "{name}"{did_you_mean(name, known)}') from None


def stored(configuration: Configuration, explainer: Explainer, spool_id: int) -> Plain:
    """Explain a received mail; where there is none, say so and end with exit code 1."""
    settings = configuration.settings
    with reading(settings) as connection:
        kept = explained(connection, spool_id)
        mail = load_one(connection, spool_id, settings.data) if kept else None
    if kept is None or mail is None:
        complain(f"there is no mail {spool_id}")
        raise typer.Exit(1)
    return explainer.stored(mail.content, mail.envelope, kept)


def print_stages(console: Console, one: Plain) -> None:
    """Print what is to be said of a mail, stage by stage."""
    console.print(Text(on_one_line(one["path"]), "bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(one):
        if value:
            table.add_row(Text(name, "dim"), Text(plain(value)))
    console.print(table)
    console.print()


def _rows(one: Plain) -> Iterator[tuple[str, str]]:
    """Give every stage with what it came to and why."""
    sender, clues, choice = (_table(one[key]) for key in ("sender", "clues", "choice"))
    authenticity, decision = _table(one["authenticity"]), _table(one["decision"])
    bounce, forwarded = _table(one["bounce"]), _table(one["forwarded"])
    yield "problem", str(one["problem"])
    yield "received", " ".join(str(one.get(key, "")) for key in ("received_at", "source")).strip()
    yield "from", str(one["from"])
    yield "subject", on_one_line(one["subject"])
    yield "text", _beginning(str(one["reply_text"]))
    for kind, lines in _folded(str(one["text"]), _list(one["folds"])):
        yield "folded", f"{lines} {'line' if lines == 1 else 'lines'} of {kind}"
    yield "language", f"{one['language']}: {one['language_why']}" if one["language"] else ""
    for attachment in _list(one["attachments"]):
        yield "attached", on_one_line("{name}, {type}, {size:,} bytes".format(**_table(attachment)))
    yield "desk", str(one["desk"]) or "none"
    yield "kind", _with_reasons(one["kind"], _list(one["reasons"]))
    yield "forwards", "{message_id} {from}".format(**forwarded).strip() if forwarded else ""
    for failed in (_table(one) for one in _list(bounce.get("recipients"))):
        lasting = "for good" if failed["permanent"] else "for now"
        yield "did not reach", f"{failed['address']}, {lasting}: {failed['status'] or 'no status'}"
    yield "authentic", f"{authenticity['verdict']}: {authenticity['why']}"
    for name, label in (("issued", "ours"), ("references", "answers"), ("numbers", "names case")):
        yield label, "\n".join(str(clue) for clue in _list(clues[name]))
    yield "sender", f"{sender['role']}: {sender['why']}"
    yield "spam", str(one["spam"])
    yield "commands", "\n".join(on_one_line(command) for command in _list(one["commands"]))
    yield "admitted by", str(one["admitted_by"])
    yield "ticket", _with_reasons(one["ticket"] or "none", _list(choice["why"]))
    yield from _rows_of_policy(_table(one["support"]), _list(one["rules"]), _list(one["missing"]))
    yield from _rows_of_decision(decision)


def _rows_of_policy(
    support: Mapping[str, object], rules: list[object], missing: list[object]
) -> Iterator[tuple[str, str]]:
    """Give the level of support, each rule that was asked, and what the mail lacks."""
    if support.get("level"):
        yield "support", f"{support['level']}: {support['why']}"
    for rule in map(_table, rules):
        yield "hits" if rule["hit"] else "misses", _verdict(rule)
    yield "asks for", "\n".join(str(one) for one in missing)


def _verdict(rule: Mapping[str, object]) -> str:
    why = on_one_line(rule["why"])
    return f"{rule['rule']}: {why}" if why else str(rule["rule"])


def _rows_of_decision(decision: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give what was decided, and what it leads to."""
    yield "decision", f"{decision['outcome']}: {decision['reason']}"
    if decision["duplicate_of"]:
        yield "same as", f"mail {decision['duplicate_of']}"
    yield "events", "\n".join(str(event) for event in _list(decision["events"]))
    for reply in _list(decision["replies"]):
        yield "sends", "{mail} to {to} ({language})".format(**_table(reply))
    for withheld in _list(decision["withheld"]):
        yield "sends not", str(withheld)
    for other in (_table(one) for one in _list(decision.get("others"))):
        yield "on", _with_reasons(other["ticket"] or "a new ticket", _list(other["events"]))
    for consequence in _list(decision.get("consequences")):
        yield "leads to", str(consequence)


def _folded(text: str, folds: list[object]) -> Iterator[tuple[object, int]]:
    for fold in map(_table, folds):
        piece = text[int(str(fold["start"])) : int(str(fold["end"]))]
        yield fold["kind"], len(piece.strip("\n").splitlines())


def _with_reasons(value: object, reasons: list[object]) -> str:
    return "\n".join([str(value), *(f"  {reason}" for reason in reasons)])


def _beginning(text: str) -> str:
    lines = text.splitlines()
    more = len(lines) - _SHOWN_LINES
    return "\n".join([*lines[:_SHOWN_LINES], *([f"... and {more} more lines"] if more > 0 else [])])


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
