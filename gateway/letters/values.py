"""What a template may say of a mail, as plain values, each of them bounded."""

from collections.abc import Sequence

from gateway.desk.decision import Content, Reply
from gateway.desk.ticket import Ticket
from gateway.letters.enclosures import File
from gateway.letters.occasion import Occasion
from gateway.letters.subject import words
from gateway.templates import Value
from gateway.templates.values import offered

# Below what a template may come to (gateway/templates/sandbox.py), also where it is quoted.
LONGEST_TEXT = 64 * 1024
_LONGEST_VALUE = 500
_MOST_VALUES = 100


def values(
    about: Occasion, ticket: Ticket | None, reply: Reply, files: Sequence[File]
) -> dict[str, Value]:
    """Give what the reply's template may say."""
    content, subject = reply.content, words(about, ticket, reply)
    everything: dict[str, Value] = {
        "desk": {"title": about.desk.title, "address": about.desk.address},
        "ticket": _ticket(ticket),
        "subject": subject,
        "person": {"name": _short(reply.to.name)},
        "text": content.text[:LONGEST_TEXT].rstrip(),
        "cut": int(len(content.text) > LONGEST_TEXT),
        "files": tuple(
            {"name": file.name, "size": _size(file.size), "url": file.url}
            for file in files[:_MOST_VALUES]
        ),
        "defects": _defects(ticket),
        "other": content.other,
        "author": _short(content.author),
        "held": {
            "reason": content.reason,
            "author": _short(content.author),
            "subject": subject,
        },
        **_lists(content),
    }
    return dict(offered(reply.template, everything))


def _ticket(ticket: Ticket | None) -> dict[str, Value]:
    fields = ("number", "status", "severity", "type", "subject", "assignee", "organisation")
    found = {name: _short(getattr(ticket, name)) if ticket else "" for name in fields}
    return {**found, "phase": ticket.phase.value if ticket else ""}


def _defects(ticket: Ticket | None) -> tuple[Value, ...]:
    found = ticket.defects if ticket else ()
    return tuple(
        {"number": _short(defect.number), "url": _short(defect.url)}
        for defect in found[:_MOST_VALUES]
    )


def _lists(content: Content) -> dict[str, Value]:
    return {
        "facts": tuple(
            {"name": _short(fact.name), "value": _short(fact.value)}
            for fact in content.facts[:_MOST_VALUES]
        ),
        "addresses": tuple(_short(address) for address in content.addresses[:_MOST_VALUES]),
        "lines": tuple(
            {"command": _short(one.command), "outcome": one.outcome, "value": _short(one.value)}
            for one in content.lines[:_MOST_VALUES]
        ),
        "proposals": tuple(
            {"number": one.number, "subject": _short(one.subject), "why": _short(one.why)}
            for one in content.proposals[:_MOST_VALUES]
        ),
    }


def _short(text: str) -> str:
    """Give a value of one line, cut where it is very long."""
    text = " ".join(text[: 2 * _LONGEST_VALUE].split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _size(count: int) -> str:
    """Write a number of bytes for people."""
    kilobytes = -(-count // 1024)
    return f"{kilobytes} KB" if kilobytes < 1024 else f"{-(-kilobytes // 1024)} MB"
