"""What a template may say: the values that each kind of mail offers, by example.

The examples are the declaration. A name that is not here is unknown to a template, and each
template is rendered with them when it is loaded: full, and with everything empty that may be. What
is for the desk's own eyes is offered to its mails to agents alone, so that no template can show it
to a customer.
"""

from collections.abc import Mapping
from typing import TypeAlias

Value: TypeAlias = str | int | tuple["Value", ...] | Mapping[str, "Value"]

_TO_AGENTS = "agent/"

# Every desk needs these in each of its languages, and those that its timers send. Agents whose
# language has no template get English.
REQUIRED = (
    "customer/acknowledge",
    "customer/answer",
    "customer/closed",
    "customer/merged",
    "customer/not-yours",
    "customer/participant",
    "customer/resolved",
)
# What a mail exists for: a body that does not say it is refused.
ESSENTIAL: Mapping[str, str] = {"customer/answer": "text"}

_TICKET: Mapping[str, Value] = {
    "number": "AC-000018",
    "status": "Open",
    "phase": "open",
    "severity": "high",
    "type": "question",
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
}

_AGENT: Mapping[str, Value] = {
    **_CUSTOMER,
    "ticket": {
        **_TICKET,
        "subject": "Rapport opent niet",
        "assignee": "anna@desk.example",
        "organisation": "Klant",
    },
    # Who wrote the text.
    "author": "Jan Jansen <jan@klant.example>",
    "facts": ({"name": "plan", "value": "gold"},),
    "addresses": ("piet@klant.example",),
    "proposals": ({"number": "AC-000026", "subject": "Rapport blijft wit", "why": "text"},),
    # What came of each command; docs/agents.md has the outcomes.
    "lines": ({"command": "#status Done", "outcome": "status-set", "value": "Done"},),
    "held": {"reason": "claims-a-case", "author": "jan@klant.example", "subject": "Rapport"},
}
_NO_AGENT: Mapping[str, Value] = {
    **_NO_CUSTOMER,
    "ticket": {**_NO_TICKET, "subject": "", "assignee": "", "organisation": ""},
    "author": "",
    "facts": (),
    "addresses": (),
    "proposals": (),
    "lines": (),
    "held": {"reason": "", "author": "", "subject": ""},
}


def samples(name: str) -> tuple[Mapping[str, Value], ...]:
    """Give the sets of example values for a template such as `customer/acknowledge`.

    The first is full; in the last everything that may be empty is, which for a customer's mail
    leaves the ticket.
    """
    if name.startswith(_TO_AGENTS):
        return (_AGENT, {**_NO_AGENT, "ticket": _AGENT["ticket"]}, _NO_AGENT)
    return (_CUSTOMER, {**_NO_CUSTOMER, "ticket": _TICKET})


def offered(name: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Give those of the values that a template of that name may say."""
    return {key: _part(value, values[key]) for key, value in samples(name)[0].items()}


def _part(declared: Value, value: Value) -> Value:
    if isinstance(declared, Mapping) and isinstance(value, Mapping):
        return {key: value[key] for key in declared}
    return value
