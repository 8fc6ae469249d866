"""What conditions are told: the values of their variables for a mail, a timer, or an order.

Only what a condition speaks of is worked out. All of it is bounded, whoever wrote the mail.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from gateway.config.desk import Desk
from gateway.config.vocabulary import MANY_DAYS, MOST_TEXT
from gateway.desk.calendar import hours
from gateway.desk.case import Case
from gateway.desk.entitled import Order
from gateway.desk.known import Role
from gateway.desk.person import Fact, Person
from gateway.desk.targets import ClockState, clocks
from gateway.desk.ticket import Ticket
from gateway.mail.model import Mail
from gateway.mail.thanks import is_thanks

_MOST_VALUES = 200
_LONGEST_VALUE = 1000

Values = Mapping[str, Callable[[], object]]
"""How each variable is worked out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket's fields as the rules so far have set them; of a mail that opens one, its start."""

    type: str
    severity: str
    status: str
    assignee: str = ""
    group: str = ""
    tags: tuple[str, ...] = ()
    product: str = ""

    @classmethod
    def of(cls, desk: Desk, ticket: Ticket | None, product: str = "") -> "Standing":
        """Give how a ticket stands, or how one begins that is about `product`."""
        if ticket is None:
            return cls(desk.type, desk.severity, desk.lifecycle.start, product=product)
        return cls(
            ticket.type,
            ticket.severity,
            ticket.status,
            ticket.assignee,
            ticket.group,
            ticket.tags,
            ticket.product,
        )


def worked_out(values: Values, names: Iterable[str]) -> dict[str, object]:
    """Give the values of these variables, as far as there are any."""
    return {name: values[name]() for name in names if name in values}


def of_mail(case: Case) -> Values:
    """Say how the facts about a mail are worked out."""
    mail = case.mail
    author = mail.author.address if mail.author else case.sender.address
    # Of an agent's mail, what is surely theirs.
    said = case.authored.text if case.sender.role is Role.AGENT else case.reply_text
    return {
        "mail.subject": lambda: mail.subject[:_LONGEST_VALUE],
        "mail.text": lambda: said[:MOST_TEXT],
        "mail.from": lambda: author,
        "mail.domain": lambda: author.rpartition("@")[2],
        "mail.to": lambda: _list(case.written_to),
        "mail.copied": lambda: _list(case.copied),
        "mail.kind": lambda: case.kind.kind.value,
        "mail.language": lambda: case.spoken.language,
        "mail.authentic": lambda: case.sender.authentic,
        "mail.attachments": lambda: _list(one.name for one in mail.attachments),
        "mail.attachment_types": lambda: _list(one.media_type for one in mail.attachments),
        "mail.headers": lambda: _headers(mail),
        "mail.thanks": lambda: is_thanks(case.reply_text, _names(case)),
        "mail.urgent": lambda: _urgent(mail),
        "mail.claims": lambda: bool(case.choice.claims),
        "account.found": lambda: case.entitled.account is not None,
        "account.by": lambda: case.entitled.account.found_by.value if case.entitled.account else "",
        "support.level": lambda: case.entitled.level,
        "sender.answers": lambda: _list(case.known.canned),
    }


def of_customer(person: Person | None, orders: int, today: date) -> Values:
    """Say how the facts about a person of the directory are worked out; None is nobody."""
    known = person or Person("")
    contract = days_until(known.fact("contract_until"), today)
    bought = days_until(known.fact("purchased_on"), today)
    evaluating = known.fact("evaluating_since")
    since = days_until(evaluating, today)
    return {
        "customer.known": lambda: person is not None,
        "customer.name": lambda: known.name,
        "customer.organisation": lambda: known.organisation,
        "customer.language": lambda: known.language,
        "customer.plan": lambda: known.fact("plan"),
        "customer.product": lambda: known.fact("product"),
        "customer.version": lambda: known.fact("version"),
        "customer.registered": lambda: bool(known.fact("registered")),
        "customer.reseller": lambda: known.fact("reseller").lower(),
        "customer.site": lambda: known.fact("site"),
        "customer.has_contract": lambda: contract is not None and contract >= 0,
        "customer.contract_days": lambda: -MANY_DAYS if contract is None else contract,
        "customer.purchase_days": lambda: MANY_DAYS if bought is None else -bought,
        "customer.evaluating": lambda: bool(evaluating),
        "customer.evaluation_days": lambda: -1 if since is None else max(-since, 0),
        "customer.columns": lambda: _columns(known),
        "customer.orders": lambda: orders,
    }


def of_order(order: Order, today: date) -> Values:
    """Say how the facts about an order are worked out."""
    bought = order.purchased_on
    return {
        "order.number": lambda: order.number,
        "order.site": lambda: order.site,
        "order.product": lambda: order.product,
        "order.version": lambda: order.version,
        "order.plan": lambda: order.plan,
        "order.age_days": lambda: MANY_DAYS if bought is None else (today - bought).days,
        "order.columns": lambda: _table(order.facts),
    }


def of_ticket(desk: Desk, ticket: Ticket | None, author: str, now: datetime) -> Values:
    """Say how what cannot change while rules are asked is worked out of a ticket."""
    if ticket is None:
        return {}
    return {
        "ticket.number": lambda: ticket.number,
        "ticket.answers": lambda: _list(ticket.canned),
        "ticket.defects": lambda: _list(one.number for one in ticket.defects),
        "ticket.days_open": lambda: (now - ticket.opened_at).days,
        "ticket.overdue": lambda: _overdue(desk, ticket, now),
        "ticket.reporter_is_requester": lambda: bool(author) and author == ticket.requester,
    }


def of_standing(desk: Desk, standing: Standing) -> Values:
    """Say how a ticket stands."""
    return {
        "ticket.type": lambda: standing.type,
        "ticket.severity": lambda: standing.severity,
        "ticket.status": lambda: standing.status,
        "ticket.phase": lambda: desk.phase_of(standing.status).value,
        "ticket.tags": lambda: _list(standing.tags),
        "ticket.assignee": lambda: standing.assignee,
        "ticket.group": lambda: standing.group,
        "ticket.product": lambda: standing.product[:_LONGEST_VALUE],
    }


class Clock:
    """The present time, where the desk is."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        """Look at the clock of this desk; `now` is aware."""
        self.now = now
        self._desk = desk

    @cached_property
    def local(self) -> datetime:
        """Give the present time in the desk's timezone."""
        return self.now.astimezone(ZoneInfo(self._desk.timezone))

    @property
    def today(self) -> date:
        """Give the day that it is there."""
        return self.local.date()

    def values(self) -> Values:
        """Say how the facts about the time are worked out."""
        return {
            "now": lambda: self.now,
            "clock.hour": lambda: self.local.hour,
            "clock.weekday": lambda: self.local.isoweekday(),  # noqa: PLW0108  worked out when it is asked
            "clock.open": lambda: hours(self._desk, self._desk.opening_hours).is_open(self.now),
        }


def days_until(written: str, today: date) -> int | None:
    """Give the days until a date of the directory; None where there is none."""
    try:
        return (date.fromisoformat(written[:10]) - today).days
    except ValueError:
        return None


def _overdue(desk: Desk, ticket: Ticket, now: datetime) -> list[str]:
    found = clocks(ticket, desk, now)
    return [clock.target.name for clock in found if clock.state is ClockState.MISSED]


def _list(values: Iterable[str]) -> list[str]:
    return [value[:_LONGEST_VALUE] for value, _ in zip(values, range(_MOST_VALUES), strict=False)]


def _headers(mail: Mail) -> dict[str, str]:
    table: dict[str, str] = {}
    for header in mail.headers[:_MOST_VALUES]:
        table.setdefault(header.name, header.value[:_LONGEST_VALUE])
    return table


def _table(facts: Iterable[Fact]) -> dict[str, str]:
    return {fact.name: fact.value for fact in facts}


def _columns(person: Person) -> dict[str, str]:
    named = {
        "address": person.address,
        "name": person.name,
        "organisation": person.organisation,
        "language": person.language,
    }
    return {name: value for name, value in (named | _table(person.facts)).items() if value}


def _names(case: Case) -> tuple[str, ...]:
    """Give the names that a thank-you may bear: its author's, and those of the desk's agents."""
    return (case.sender.name, case.desk.title, *(agent.name for agent in case.desk.agent))


def _urgent(mail: Mail) -> bool:
    """Say whether the sender marked a mail as urgent (RFC 2156, and what mail programs write)."""
    priority = mail.header("x-priority").strip()[:1]
    return (
        mail.header("importance").strip().lower() == "high"
        or mail.header("priority").strip().lower() == "urgent"
        or priority in ("1", "2")
    )
