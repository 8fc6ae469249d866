"""What a template may say of a mail, as plain values, each of them bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.config.desk import Desk
from gateway.desk.decision import Content, Reply
from gateway.desk.ticket import Ticket
from gateway.letters.enclosures import File
from gateway.letters.occasion import Occasion
from gateway.letters.service_time import of_time
from gateway.letters.subject import words
from gateway.mail.case_link import without_links
from gateway.mail.feedback_link import without_secrets
from gateway.mail.model import Mailbox
from gateway.templates import Value
from gateway.templates.values import offered

# Below what a template may come to (gateway/templates/sandbox.py), also where it is quoted.
LONGEST_TEXT = 64 * 1024
_LONGEST_EARLIER = 8 * 1024
_LONGEST_VALUE = 500
_MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Pages:
    """Where our own pages are, "" if nowhere, and the links to them that a mail may bear."""

    base_url: str = ""
    feedback_url: str = ""
    case_url: str = ""


NO_PAGES = Pages()


def values(
    about: Occasion,
    ticket: Ticket | None,
    reply: Reply,
    files: Sequence[File],
    pages: Pages = NO_PAGES,
) -> dict[str, Value]:
    """Give what the reply's template may say."""
    content, subject = reply.content, words(about, ticket, reply)
    everything: dict[str, Value] = {
        "desk": {"title": about.desk.title, "address": about.desk.address},
        "ticket": _ticket(ticket, _status(about.desk, ticket, reply)),
        "subject": subject,
        "person": {"name": _short(reply.to.name)},
        "text": _without_ours(content.text[:LONGEST_TEXT]),
        "cut": int(len(content.text) > LONGEST_TEXT),
        "files": tuple(
            {"name": file.name, "size": written_size(file.size), "url": file.url}
            for file in files[:_MOST_VALUES]
        ),
        "defects": _defects(ticket),
        "other": content.other,
        "level": _short(content.level or (ticket.level if ticket else "")),
        "partner": _mailbox(content.partner),
        "author": _short(content.author),
        "held": {
            "reason": content.reason,
            "author": _short(content.author),
            "subject": subject,
        },
        "articles": _articles(about.desk, content, pages.base_url),
        "defect": _defect(content),
        "stars": content.stars or "",
        "feedback_url": pages.feedback_url,
        "case_url": pages.case_url,
        **of_time(about.desk, ticket, reply),
        **_lists(content),
    }
    return dict(offered(reply.template, everything))


def _ticket(ticket: Ticket | None, status: str) -> dict[str, Value]:
    """Give a ticket's fields; times, counts and lists stay what they are."""
    if ticket is None:
        return {}
    names = ("number", "severity", "type", "subject", "assignee", "organisation")
    found: dict[str, Value] = {
        name: _short(getattr(ticket, name)) for name in (*names, "group", "resolution", "product")
    }
    return {
        **found,
        "status": _short(status),
        "phase": ticket.phase.value,
        "opened_at": ticket.opened_at,
        "since": ticket.since,
        "tags": tuple(_short(tag) for tag in ticket.tags[:_MOST_VALUES]),
        "time_spent": timedelta(seconds=ticket.time_spent),
    }


def _status(desk: Desk, ticket: Ticket | None, reply: Reply) -> str:
    """Give a ticket's status as its reader knows it: customers by its label, agents by its name."""
    if ticket is None or reply.to_agent:
        return ticket.status if ticket else ""
    labels = next((one.labels for one in desk.status if one.name == ticket.status), {})
    return labels.get(reply.language) or ticket.status


def _articles(desk: Desk, content: Content, pages: str) -> tuple[Value, ...]:
    """Give suggested articles; where clicks are counted, their links lead over our own pages."""
    counted = desk.knowledge.count_clicks and bool(pages)
    return tuple(
        {
            "title": _short(one.title),
            "url": f"{pages}/articles/{one.id}" if counted and one.url else _short(one.url),
        }
        for one in content.articles[:_MOST_VALUES]
    )


def _mailbox(one: Mailbox | None) -> Value:
    return {"name": _short(one.name), "address": one.address} if one else {}


def _defects(ticket: Ticket | None) -> tuple[Value, ...]:
    found = ticket.defects if ticket else ()
    return tuple(
        {"number": _short(defect.number), "url": _short(defect.url)}
        for defect in found[:_MOST_VALUES]
    )


def _defect(content: Content) -> Value:
    one = content.defect
    if one is None:
        return {}
    version = _short(content.version)
    return {"number": _short(one.number), "url": _short(one.url), "version": version}


def _lists(content: Content) -> dict[str, Value]:
    return {
        "facts": tuple(
            {"name": _short(fact.name), "value": _short(fact.value)}
            for fact in content.facts[:_MOST_VALUES]
        ),
        "missing": tuple(_short(one) for one in content.missing[:_MOST_VALUES]),
        "history": tuple(
            {
                "author": one.author,
                "at": one.at,
                "text": _without_ours(one.text[:_LONGEST_EARLIER]),
            }
            for one in content.earlier[:_MOST_VALUES]
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


def _without_ours(text: str) -> str:
    """Give what somebody wrote without the secrets of links that are their own."""
    return without_links(without_secrets(text)).rstrip()


def _short(text: str) -> str:
    """Give a value of one line, cut where it is very long."""
    text = " ".join(text[: 2 * _LONGEST_VALUE].split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def written_size(count: int) -> str:
    """Write a number of bytes for people."""
    kilobytes = -(-count // 1024)
    return f"{kilobytes} KB" if kilobytes < 1024 else f"{-(-kilobytes // 1024)} MB"
