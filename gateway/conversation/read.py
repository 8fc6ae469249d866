"""Golden conversations from TOML files, read as strictly as the configuration is."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from gateway.config import duration
from gateway.config.toml_file import did_you_mean
from gateway.config.toml_file import read as read_toml
from gateway.conversation import placeholders
from gateway.conversation.days_off import read_holidays
from gateway.conversation.model import Conversation, Rate, Step
from gateway.conversation.read_expected import read_expected
from gateway.conversation.read_people import read_orders, read_people
from gateway.conversation.table import Table
from gateway.desk.article import Page
from gateway.desk.defects import Fix
from gateway.desk.requested import MOST_STARS
from gateway.errors import Finding, Misconfigured

_KEYS = ("title", "desk", "start", "strict", "person", "order", "article", "holiday", "step")
_STEP_KEYS = (
    "mail",
    "from",
    "to",
    "authentic",
    "after",
    "at",
    "restart",
    "rate",
    "fixed",
    "expect",
)
_ARTICLE_KEYS = ("title", "language", "text", "url", "product", "tags")


def read(path: Path, desks: Collection[str]) -> Conversation:
    """Read a conversation with one of these desks.

    Raises Misconfigured with everything that is wrong in the file.
    """
    file = read_toml(path)
    findings: list[Finding] = []
    table = Table(file, (), file.tree, findings)
    table.has_only(_KEYS)
    start = table.moment("start")
    if "start" not in table.tree:
        table.wrong('the key "start" is missing')
    people = read_people(table)
    conversation = Conversation(
        path=path,
        title=table.needed_text("title"),
        desk=_desk(table, desks),
        start=start or _ANY_TIME,
        strict=table.flag("strict", default=True),
        people=people,
        orders=read_orders(table, people),
        articles=_articles(table),
        holidays=read_holidays(table),
        steps=_steps(table, start or _ANY_TIME),
    )
    if findings:
        findings.sort(key=lambda finding: finding.line)
        raise Misconfigured(tuple(dict.fromkeys(findings)))
    return conversation


# Stands in where the file says no start, which is a finding.
_ANY_TIME = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _desk(table: Table, desks: Collection[str]) -> str:
    name = table.needed_text("desk")
    if name and name not in desks:
        known = tuple(sorted(desks))
        table.wrong(f'there is no desk "{name}"{did_you_mean(name, known)}', "desk")
    return name


def _articles(table: Table) -> tuple[Page, ...]:
    """Read the knowledge base."""
    tables = table.tables("article", "must be written as [[article]]")
    return tuple(_article(article, place) for place, article in enumerate(tables, 1))


def _article(table: Table, place: int) -> Page:
    table.has_only(_ARTICLE_KEYS)
    return Page(
        path=str(place),
        title=table.needed_text("title"),
        language=table.text("language"),
        text=table.text("text"),
        url=table.text("url"),
        product=table.text("product"),
        tags=table.texts("tags") or (),
    )


def _steps(table: Table, start: datetime) -> tuple[Step, ...]:
    tables = table.tables("step", "must be written as [[step]]")
    if not tables:
        table.wrong("a conversation needs at least one [[step]]")
    steps: list[Step] = []
    moment = start
    for number, step in enumerate(tables, 1):
        steps.append(_step(step, number, moment))
        moment = steps[-1].moment
    return tuple(steps)


def _step(table: Table, number: int, before: datetime) -> Step:
    table.has_only(_STEP_KEYS)
    mail = table.text("mail") if "mail" in table.tree else None
    for key in ("from", "to", "authentic"):
        if key in table.tree and mail is None:
            table.wrong(f'"{key}" says something of a mail, and this step has no "mail"', key)
    for text in (mail or "", *(table.texts("to") or ())):
        for problem in placeholders.problems(text):
            table.wrong(problem, "mail")
    return Step(
        number=number,
        line=table.line,
        moment=_moment(table, before),
        restart=table.flag("restart", default=False),
        mail=mail,
        reverse_path=table.text("from") if "from" in table.tree else None,
        recipients=table.texts("to"),
        authentic=table.flag("authentic", default=True),
        expect=tuple(read_expected(one) for one in _expectations(table)),
        rate=_rate(table),
        fixed=_fixed(table),
    )


def _rate(step: Table) -> Rate | None:
    """Read how a customer rates, or None if nobody does."""
    table = step.table("rate")
    if table is None:
        return None
    if "mail" in step.tree:
        step.wrong('a step has "mail" or "rate", not both', "rate")
    table.has_only(("stars", "comment", "refused", "scanner"))
    stars = table.count("stars", 1)
    if "stars" not in table.tree:
        table.wrong('the key "stars" is missing')
    if stars and stars > MOST_STARS:
        table.wrong(f'"stars" must be at most {MOST_STARS}', "stars")
    refused, scanner = (table.flag(key, default=False) for key in ("refused", "scanner"))
    return Rate(stars or 1, table.text("comment"), refused, scanner)


def _fixed(step: Table) -> Fix | None:
    """Read which defect is said to be fixed, or None if none is."""
    table = step.table("fixed")
    if table is None:
        return None
    for key in ("mail", "rate"):
        if key in step.tree:
            step.wrong(f'a step has "{key}" or "fixed", not both', "fixed")
    table.has_only(("defect", "version", "note"))
    return Fix(table.needed_text("defect"), table.text("version"), table.text("note"))


def _expectations(table: Table) -> list[Table]:
    return table.tables("expect", "must be a list of tables: [{ ... }, { ... }]")


def _moment(table: Table, before: datetime) -> datetime:
    """Give a step's moment of virtual time, which never goes back."""
    if "after" in table.tree and "at" in table.tree:
        table.wrong('a step has "after" or "at", not both', "at")
    if "after" in table.tree:
        try:
            return before + duration.parse(table.text("after"))
        except ValueError as error:
            table.wrong(f'"after" {error}', "after")
        except OverflowError:
            table.wrong('"after" leads beyond the year 9999', "after")
    at = table.moment("at")
    if at is not None and at < before:
        table.wrong(f'"at" lies before the step before it, at {before.isoformat()}', "at")
    return at or before
