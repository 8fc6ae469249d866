"""What a desk decides by itself: rules, entitlement, groups, escalations, what a report lacks.

A condition is an expression in CEL; `docs/rules.md` lists what it may speak of.
"""

from dataclasses import field
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from gateway.config.kinds import STRICT

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Condition = Annotated[str, Field(min_length=1, max_length=8192)]
Texts = dict[str, str]
"""What is said in each language, by its two letters."""


class Moment(StrEnum):
    """When a rule is asked: of a mail that opens a ticket, of one on a ticket, of a due timer.

    Of what agents write it is asked of notes alone.
    """

    NEW = "new"
    REPLY = "reply"
    NOTE = "note"
    TIME = "time"


@dataclass(frozen=True, slots=True, config=STRICT)
class Setting:
    """What a rule sets on a ticket; what is empty stays as it is."""

    type: str = ""
    severity: str = ""
    status: str = ""
    language: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Copy:
    """A mail to a partner of the customer: whose address stands in `column` of the directory."""

    column: str
    mail: str


@dataclass(frozen=True, slots=True, config=STRICT)
class Often:
    """So often per sender within a time, and no more."""

    most: Annotated[int, Field(ge=1)]
    within: str = "24h"


@dataclass(frozen=True, slots=True, config=STRICT)
class Rule:
    """What is done when a condition holds.

    `reply` is a template that takes the place of the acknowledgement; where the ticket has had it
    already, the rule does not hit. `work` says whether agents are told of the case: where nothing
    is said, they are unless a rule replied. `assign` is an agent's address or a group. `notify` are
    further targets, told by `notify_with`: groups, agents' addresses, "agents", "managers" or
    "assignee". `escalate` is an escalation's name. `tag` marks the ticket, and `untag` takes a mark
    away. `hold` keeps the mail for a person to admit or drop; `refuse` does so, too, and sends its
    author a template. `keep` files the mail as an entry that neither reopens the ticket nor moves a
    clock; of a timer it lets all be as it is. `limit` says how often it hits per sender. `stop`
    ends the rules for this mail.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    when: Condition
    on: Annotated[tuple[Moment, ...], Field(min_length=1)] = (Moment.NEW,)
    set: Setting = Setting()
    reply: str = ""
    work: bool | None = None
    assign: str = ""
    notify: tuple[str, ...] = ()
    notify_with: str = "agent/new"
    copy: Copy | None = None
    escalate: str = ""
    tag: tuple[Name, ...] = ()
    untag: tuple[Name, ...] = ()
    hold: bool = False
    refuse: str = ""
    keep: bool = False
    limit: Often | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class Level:
    """A level of support, and the condition on a customer and one of their orders that gives it."""

    name: Name
    when: Condition


Found = Literal["site", "order", "organisation", "name"]


@dataclass(frozen=True, slots=True, config=STRICT)
class Entitlement:
    """Which support a customer may expect.

    `level` are the levels, the best first; `otherwise` is the name of having none of them. A sender
    whom the directory does not have may be found by what their text names, in the order of
    `find_by`: a licensed site, an order, an organisation, a person's name.
    """

    find_by: tuple[Found, ...] = ()
    otherwise: Name = "none"
    level: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Detail:
    """Something that a good report says: asked for where `known` does not hold of the mail.

    `ask` says it in each language; with `when` it matters only where that holds.
    """

    name: Name
    ask: Texts
    known: Condition
    when: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Group:
    """Agents by one name; cases are assigned to it, and it is told of things."""

    name: Name
    members: Annotated[tuple[str, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, config=STRICT)
class Escalation:
    """Who is told when a case is escalated, and what becomes of it.

    `to` are targets as in `Rule.notify`, nobody where something changes; `severity`, `status` and
    `assign` are set where they are not empty. With `raise_severity` the case gets the next higher
    severity, those of the desk being written from the highest to the lowest.
    """

    name: Name
    to: tuple[str, ...] = ()
    mail: str = "agent/escalated"
    severity: str = ""
    raise_severity: bool = False
    status: str = ""
    assign: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Notifications:
    """Who is told of a new case, and of a customer's answer, until the case is assigned."""

    new: tuple[str, ...] = ("agents",)
    reply: tuple[str, ...] = ("agents",)


@dataclass(frozen=True, slots=True, config=STRICT)
class Resolution:
    """A kind of solution that a case can end in; with `severities` for cases of these only."""

    name: Name
    severities: tuple[str, ...] = ()
    labels: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, config=STRICT)
class Feedback:
    """Whether customers are asked for feedback: 1 to 5 stars and a comment, when a case closes.

    A link is good for `expires`; nobody gets one more often than once in `not_within`, "" for one
    at every closing. A rating can be changed for `changeable`. Of one of at most `low` stars the
    targets `notify` are told, and with `reopen` it reopens the case.
    """

    ask: bool = False
    expires: str = "60d"
    not_within: str = "30d"
    changeable: str = "7d"
    low: Annotated[int, Field(ge=0, le=5)] = 2
    notify: tuple[str, ...] = ()
    reopen: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class Knowledge:
    """Which articles an acknowledgement suggests: at most `suggest`, that fit well enough.

    `threshold` is between 0, where anything fits, and 1. With `count_clicks` a link leads over our
    own pages, where clicks are counted by article and day, and nothing of the person.
    """

    suggest: Annotated[int, Field(ge=0, le=10)] = 0
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.3
    count_clicks: bool = False
