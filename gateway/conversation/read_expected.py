"""What a step of a golden conversation expects, from the tables of its `expect` list."""

import json
from collections.abc import Mapping
from datetime import datetime

from gateway.conversation import placeholders
from gateway.conversation.model import (
    CountExpected,
    Expected,
    MailExpected,
    SilenceExpected,
    TicketExpected,
)
from gateway.conversation.table import Table
from gateway.store.plain import TICKET_KEYS

_MAIL_KEYS = ("mail", "to", "from", "subject", "contains", "lacks", "headers", "language")
_NOTHING = "-"


def read_expected(table: Table) -> Expected:
    """Read one expectation; what is wrong with it is noted in the table's findings."""
    text = written(table.tree)
    for problem in placeholders.problems(text):
        table.wrong(problem)
    if "ticket" in table.tree:
        table.has_only(("ticket", *TICKET_KEYS))
        fields = {key: value for key, value in table.tree.items() if key != "ticket"}
        _check_times(table, fields)
        fields |= _rating(table)
        return TicketExpected(table.line, text, table.count("ticket", 1) or 1, fields)
    if table.tree.get("mail") == _NOTHING:
        table.has_only(("mail", "to"))
        return SilenceExpected(table.line, text, table.text("to"))
    if "mail" in table.tree:
        return _mail(table, text)
    if not {"tickets", "held"} & table.tree.keys():
        table.wrong('an expectation has one of the keys "ticket", "mail", "tickets" and "held"')
    table.has_only(("tickets", "held"))
    return CountExpected(table.line, text, table.count("tickets", 0), table.count("held", 0))


def _rating(table: Table) -> dict[str, object]:
    """Read a rating that says its comment, too, as the fields of a ticket that it stands for."""
    if not isinstance(table.tree.get("rating"), Mapping):
        return {}
    inner = table.table("rating")
    if inner is None:
        return {}
    inner.has_only(("stars", "comment"))
    fields = {"rating": "stars", "rating_comment": "comment"}
    return {name: inner.tree[key] for name, key in fields.items() if key in inner.tree}


def _mail(table: Table, text: str) -> MailExpected:
    table.has_only(_MAIL_KEYS)
    headers = table.table("headers")
    names = tuple(headers.tree) if headers else ()
    return MailExpected(
        line=table.line,
        text=text,
        template=table.needed_text("mail"),
        to=table.text("to"),
        sender=table.text("from"),
        subject=table.text("subject"),
        contains=table.texts("contains") or (),
        lacks=table.texts("lacks") or (),
        headers=tuple((name, headers.text(name)) for name in names) if headers else (),
        language=table.text("language"),
    )


def _check_times(table: Table, value: object, *where: str | int) -> None:
    """Note times that have no offset, wherever they stand."""
    if isinstance(value, datetime) and value.tzinfo is None:
        table.wrong("a time needs an offset, as in 2026-03-02T09:00:00+01:00", *where)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _check_times(table, inner, *where, key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_times(table, inner, *where, index)


def written(value: object) -> str:
    """Write a value as TOML has it inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(written(inner) for inner in value) + "]"
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)
