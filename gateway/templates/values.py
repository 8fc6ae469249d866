"""What a template may say: the values that each kind of mail offers, by example.

The examples are the declaration. A name that is not here is unknown to a template, and each
template is rendered with them when it is loaded: full, and with everything empty that may be. What
is for the desk's own eyes is offered to its mails to agents alone, so that no template can show it
to a customer.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Plain: TypeAlias = str | int | float | datetime | timedelta
Value: TypeAlias = Plain | tuple["Value", ...] | Mapping[str, "Value"]
"""What a template is given. Times are aware; one that is not known is an empty text."""

_TO_AGENTS = "agent/"
_TO_PARTNERS = "partner/"

# Every desk needs these in each of its languages, and those that its timers send. Agents whose
# language has no template get English.
REQUIRED = (
    "customer/acknowledge",
    "customer/answer",
    "customer/closed",
    "customer/defect-fixed",
    "customer/merged",
    "customer/not-yours",
    "customer/participant",
    "customer/resolved",
)
# What a mail exists for: a body that does not say it is refused.
ESSENTIAL: Mapping[str, str] = {"customer/answer": "text", "customer/feedback": "feedback_url"}

_TICKET: Mapping[str, Value] = {
    "number": "AC-000018",
    "status": "Open",
    "phase": "open",
    "severity": "high",
    "type": "question",
    "opened_at": datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    # Since when it has its status.
    "since": datetime(2026, 3, 9, 14, 0, tzinfo=UTC),
}
_NO_TICKET: Mapping[str, Value] = dict.fromkeys(_TICKET, "")
_DESK: Mapping[str, Value] = {"title": "Support", "address": "support@desk.example"}

_CUSTOMER: Mapping[str, Value] = {
    "desk": _DESK,
    "ticket": _TICKET,
    # Empty unless the sender's domain vouches for the mail: strangers' words are not repeated.
    "subject": "Rapport opent niet",
    "person": {"name": "Jan Jansen"},
    # What is passed on, of an agent's answer for example; `cut` if it goes on in an attached file.
    "text": "Please try it once more.",
    "cut": 1,
    # What is too large to be attached; `url` may be empty.
    "files": ({"name": "log.zip", "size": "23 MB", "url": "https://desk.example/files/1-2"},),
    "defects": ({"number": "4711", "url": "https://desk.example/defects/4711"},),
    # The number of a further case: of the one that was merged into this.
    "other": "AC-000026",
    # What may help already, the best first; and what a good report would say beside.
    "articles": ({"title": "A report does not open", "url": "https://desk.example/articles/7"},),
    "missing": ("which browser you use",),
    # The customer's level of support, and their partner, such as a reseller.
    "level": "active",
    "partner": {"name": "Reseller", "address": "support@reseller.example"},
    # What the customer may rely on, soonest first; all of it empty where the desk says nothing.
    "promises": (
        {
            "name": "response",
            "label": "first answer",
            "due": datetime(2026, 3, 3, 12, 0, tzinfo=UTC),
        },
    ),
    "open": 0,
    "opens_at": datetime(2026, 3, 3, 8, 0, tzinfo=UTC),
    "holiday": "Founders' Day",
    # When the case closes by itself if nobody writes.
    "closes_at": datetime(2026, 3, 16, 14, 0, tzinfo=UTC),
    # The defect that the mail is about, and the version in which it is fixed.
    "defect": {"number": "4711", "url": "https://desk.example/defects/4711", "version": "6.2"},
}
_NO_CUSTOMER: Mapping[str, Value] = {
    "desk": _DESK,
    "ticket": _NO_TICKET,
    "subject": "",
    "person": {"name": ""},
    "text": "",
    "cut": 0,
    "files": (),
    "defects": (),
    "other": "",
    "articles": (),
    "missing": (),
    "level": "",
    "partner": {"name": "", "address": ""},
    "promises": (),
    "open": "",
    "opens_at": "",
    "holiday": "",
    "closes_at": "",
    "defect": {"number": "", "url": "", "version": ""},
}

# Where a customer says how content they are, which is for nobody else to say or see.
_ASKED: Mapping[str, Value] = {
    "feedback_url": "https://desk.example/feedback/1",
    # Where they can look at their case.
    "case_url": "https://desk.example/case/1-1",
}
_NOT_ASKED: Mapping[str, Value] = {"feedback_url": "", "case_url": ""}

_PARTNER: Mapping[str, Value] = {
    **_CUSTOMER,
    # Who wrote the text.
    "author": "Jan Jansen <jan@klant.example>",
}
_NO_PARTNER: Mapping[str, Value] = {**_NO_CUSTOMER, "author": ""}

_AGENT: Mapping[str, Value] = {
    **_CUSTOMER,
    "ticket": {
        **_TICKET,
        "subject": "Rapport opent niet",
        "assignee": "anna@desk.example",
        "organisation": "Klant",
        "group": "second-level",
        "resolution": "workaround",
        "product": "shop",
        "tags": ("printing",),
        "time_spent": timedelta(hours=1, minutes=30),
    },
    # Who wrote the text.
    "author": "Jan Jansen <jan@klant.example>",
    "facts": ({"name": "plan", "value": "gold"},),
    "addresses": ("piet@klant.example",),
    "proposals": ({"number": "AC-000026", "subject": "Rapport blijft wit", "why": "text"},),
    # What came of each command; docs/agents.md has the outcomes.
    "lines": ({"command": "#status Done", "outcome": "status-set", "value": "Done"},),
    "held": {"reason": "claims-a-case", "author": "jan@klant.example", "subject": "Rapport"},
    # What was said on the ticket before, oldest first.
    "history": (
        {
            "author": "Jan Jansen <jan@klant.example>",
            "at": datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
            "text": "The report does not open.",
        },
    ),
    # The timer that has fired, and the target that it watches.
    "timer": "answer soon",
    "target": {
        "name": "response",
        "label": "first answer",
        "due": datetime(2026, 3, 3, 12, 0, tzinfo=UTC),
    },
    # How many stars a customer gave, of 5; and the first and the last day of a report.
    "stars": 5,
    "period": {
        "begin": datetime(2026, 2, 1, tzinfo=UTC),
        "end": datetime(2026, 2, 28, tzinfo=UTC),
    },
}
_NO_AGENT: Mapping[str, Value] = {
    **_NO_CUSTOMER,
    "ticket": {
        **_NO_TICKET,
        **dict.fromkeys(("subject", "assignee", "organisation"), ""),
        **dict.fromkeys(("group", "resolution", "product"), ""),
        "tags": (),
        "time_spent": timedelta(),
    },
    "author": "",
    "facts": (),
    "addresses": (),
    "proposals": (),
    "lines": (),
    "held": {"reason": "", "author": "", "subject": ""},
    "history": (),
    "timer": "",
    "target": {"name": "", "label": "", "due": ""},
    "stars": "",
    "period": {"begin": "", "end": ""},
}


def samples(name: str) -> tuple[Mapping[str, Value], ...]:
    """Give the sets of example values for a template such as `customer/acknowledge`.

    The first is full; in the last everything that may be empty is, which for a customer's mail
    leaves the ticket.
    """
    if name.startswith(_TO_AGENTS):
        return (_AGENT, {**_NO_AGENT, "ticket": _AGENT["ticket"]}, _NO_AGENT)
    if name.startswith(_TO_PARTNERS):
        return (_PARTNER, {**_NO_PARTNER, "ticket": _TICKET})
    nothing = {**_NO_CUSTOMER, **_NOT_ASKED, "ticket": _TICKET}
    return ({**_CUSTOMER, **_ASKED}, nothing)


def offered(name: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Give what a template of that name may say; what `values` do not have is empty."""
    declared = samples(name)[0]
    return {
        key: _part(one, values[key]) if key in values else _empty(one)
        for key, one in declared.items()
    }


def _part(declared: Value, value: Value) -> Value:
    if isinstance(declared, Mapping) and isinstance(value, Mapping):
        return {key: value[key] if key in value else _empty(one) for key, one in declared.items()}
    return value


def _empty(declared: Value) -> Value:
    if isinstance(declared, Mapping):
        return {key: _empty(one) for key, one in declared.items()}
    return () if isinstance(declared, tuple) else ""
