"""What a condition may speak of: every variable, and where it may.

`functions.py` lists what it may call; `docs/rules.md` has tables made of both.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway.config.policy import Moment


class Place(StrEnum):
    """Where a condition stands: in a rule, in a level of support, in a detail."""

    RULE = "rule"
    LEVEL = "level"
    DETAIL = "detail"


class Use(StrEnum):
    """What a condition is asked of."""

    NEW = "rule/new"
    REPLY = "rule/reply"
    NOTE = "rule/note"
    TIME = "rule/time"
    LEVEL = "level"
    DETAIL = "detail"

    @property
    def place(self) -> Place:
        """Give where conditions of this use stand."""
        return Place(self.value.split("/")[0])


USE_AT = {
    Moment.NEW: Use.NEW,
    Moment.REPLY: Use.REPLY,
    Moment.NOTE: Use.NOTE,
    Moment.TIME: Use.TIME,
}
"""What a rule is asked of, by its moment."""


class Type(StrEnum):
    """The type of a variable, as CEL's documentation writes it."""

    STRING = "string"
    BOOL = "bool"
    INT = "int"
    TIMESTAMP = "timestamp"
    STRINGS = "list(string)"
    TABLE = "map(string, string)"


@dataclass(frozen=True, slots=True)
class Variable:
    """Something that a condition may ask; `meaning` is what it says, in one sentence."""

    name: str
    type: Type
    meaning: str
    uses: frozenset[Use]


MOST_TEXT = 32_768
"""So many characters of a mail's text does a condition see."""
MANY_DAYS = 99_999
"""Stands for a number of days that nobody knows."""

VALUES = {
    "mail.kind": (
        *("person", "automatic", "out-of-office", "bounce", "receipt", "list", "report", "loop"),
    ),
    "ticket.phase": ("open", "waiting", "closed"),
    "account.by": ("address", "ticket", "site", "order", "organisation", "name"),
}
"""All that these variables can be, "" beside."""


def _choice(name: str) -> str:
    return ", ".join(f"`{value}`" for value in VALUES[name])


_MAIL = frozenset({Use.NEW, Use.REPLY, Use.NOTE, Use.DETAIL})
_RULES = frozenset({Use.NEW, Use.REPLY, Use.NOTE, Use.TIME})
_TICKET = frozenset({Use.REPLY, Use.NOTE, Use.TIME})
_ALL = frozenset(Use)
_NOT_LEVEL = _ALL - {Use.LEVEL}
_LEVEL = frozenset({Use.LEVEL})


def _of(uses: frozenset[Use], prefix: str, *rows: tuple[str, Type, str]) -> tuple[Variable, ...]:
    return tuple(Variable(f"{prefix}{name}", type_, says, uses) for name, type_, says in rows)


_OF_MAIL = _of(
    _MAIL,
    "mail.",
    ("subject", Type.STRING, "The subject, decoded."),
    (
        "text",
        Type.STRING,
        f"What is new in it, without quotation and signature; its first {MOST_TEXT} characters.",
    ),
    ("from", Type.STRING, 'The author\'s address in lower case, "" if there is not exactly one.'),
    ("domain", Type.STRING, "The part of `mail.from` after the @."),
    ("to", Type.STRINGS, "The desk's addresses that it was written to."),
    ("copied", Type.STRINGS, "People whom it was written to as well: neither ours nor agents."),
    ("kind", Type.STRING, f"What made it: {_choice('mail.kind')}."),
    ("language", Type.STRING, "The language in which its author is answered."),
    ("authentic", Type.BOOL, "Whether the author's domain vouches for it."),
    ("attachments", Type.STRINGS, "The names of its attachments."),
    ("attachment_types", Type.STRINGS, "Their media types, such as `image/png`."),
    (
        "headers",
        Type.TABLE,
        "Its header fields by their names in lower case; the first of each name.",
    ),
    ("thanks", Type.BOOL, "Whether it says no more than thank you."),
    ("urgent", Type.BOOL, "Whether its sender marked it as urgent."),
    ("claims", Type.BOOL, "Whether it names a case that is not its author's."),
)

_OF_CUSTOMER = _of(
    _ALL,
    "customer.",
    ("known", Type.BOOL, "Whether the directory has the author (on note and time: the requester)."),
    ("name", Type.STRING, "Their name."),
    ("organisation", Type.STRING, "What they belong to."),
    ("language", Type.STRING, "The language that the directory says."),
    ("plan", Type.STRING, "Column `plan`."),
    ("product", Type.STRING, "Column `product`."),
    ("version", Type.STRING, "Column `version`."),
    ("registered", Type.BOOL, "Whether the column `registered` is filled in."),
    ("reseller", Type.STRING, 'The address in the column `reseller`, or "".'),
    ("site", Type.STRING, "Column `site`."),
    (
        "has_contract",
        Type.BOOL,
        "Whether `contract_until` is today or later, in the desk's timezone.",
    ),
    (
        "contract_days",
        Type.INT,
        f"Days until `contract_until`; negative when it is over, -{MANY_DAYS} if nobody knows.",
    ),
    ("purchase_days", Type.INT, f"Days since `purchased_on`; {MANY_DAYS} if nobody knows."),
    ("evaluating", Type.BOOL, "Whether `evaluating_since` is filled in."),
    ("evaluation_days", Type.INT, "Days since `evaluating_since`; -1 when not evaluating."),
    ("columns", Type.TABLE, "All columns of the directory that are filled in, by their names."),
    ("orders", Type.INT, "How many orders they have."),
)

_OF_ACCOUNT = _of(
    _NOT_LEVEL,
    "account.",
    ("found", Type.BOOL, "Whether it is known by whose account the mail may expect support."),
    (
        "by",
        Type.STRING,
        f'What it was found by: {_choice("account.by")}, or "".',
    ),
)

_OF_SUPPORT = _of(
    _NOT_LEVEL, "support.", ("level", Type.STRING, "The level of support, as [entitlement] names.")
)

_OF_ORDER = _of(
    _LEVEL,
    "order.",
    ("number", Type.STRING, "The order's number; \"\" for what the person's own row says."),
    ("site", Type.STRING, "The licensed site."),
    ("product", Type.STRING, "The product."),
    ("version", Type.STRING, "The version that was bought."),
    ("plan", Type.STRING, "The plan."),
    ("age_days", Type.INT, f"Days since it was bought; {MANY_DAYS} if nobody knows."),
    ("columns", Type.TABLE, "Further columns that are filled in, by their names."),
)

_OF_ANY_TICKET = _of(
    _NOT_LEVEL,
    "ticket.",
    ("type", Type.STRING, "Its type; like the seven below, as the rules above have set it."),
    ("severity", Type.STRING, "Its severity."),
    ("status", Type.STRING, "Its status."),
    ("phase", Type.STRING, f"What the status means: {_choice('ticket.phase')}."),
    ("tags", Type.STRINGS, "Its tags."),
    ("assignee", Type.STRING, 'The address of the agent whose it is, or "".'),
    ("group", Type.STRING, 'The group whose it is, or "".'),
    ("product", Type.STRING, 'What it is about, or "".'),
)

_OF_TICKET = _of(
    _TICKET,
    "ticket.",
    ("number", Type.STRING, "Its case number."),
    ("answers", Type.STRINGS, "The canned answers that it has had, by their templates."),
    ("defects", Type.STRINGS, "The numbers of the defects that it is about."),
    ("days_open", Type.INT, "Whole days since it was opened."),
    ("overdue", Type.STRINGS, "The names of its targets that are due and not met."),
)

_OTHERS = (
    *_of(
        frozenset({Use.REPLY}),
        "ticket.",
        ("reporter_is_requester", Type.BOOL, "Whether the mail is from the ticket's requester."),
    ),
    *_of(
        frozenset({Use.NEW, Use.REPLY}),
        "sender.",
        ("answers", Type.STRINGS, "The canned answers that the author got lately, on any ticket."),
    ),
    *_of(frozenset({Use.TIME}), "", ("timer", Type.STRING, "The name of the timer that is due.")),
    *_of(_ALL, "", ("now", Type.TIMESTAMP, "The present time.")),
    *_of(
        _ALL,
        "clock.",
        ("hour", Type.INT, "The present hour in the desk's timezone, 0 to 23."),
        ("weekday", Type.INT, "The day of the week there: 1 is Monday, 7 Sunday."),
        ("open", Type.BOOL, "Whether somebody works now, by the calendar in `opening_hours`."),
    ),
)

VARIABLES = (
    *_OF_MAIL,
    *_OF_CUSTOMER,
    *_OF_ACCOUNT,
    *_OF_SUPPORT,
    *_OF_ORDER,
    *_OF_ANY_TICKET,
    *_OF_TICKET,
    *_OTHERS,
)
"""Every variable."""

BY_NAME = {variable.name: variable for variable in VARIABLES}
"""Every variable, by its name."""
