"""What support a customer is entitled to, as values.

All addresses are canonical.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.desk.person import Fact, Person


class FoundBy(StrEnum):
    """How an account was found: by the sender's address, on the ticket, or by what a text names."""

    ADDRESS = "address"
    TICKET = "ticket"
    SITE = "site"
    ORDER = "order"
    ORGANISATION = "organisation"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Order:
    """Something that a person of the directory bought or tries out; what is unknown is empty.

    `facts` are further columns, in the order of their names.
    """

    number: str
    address: str
    site: str = ""
    product: str = ""
    version: str = ""
    purchased_on: date | None = None
    plan: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the directory with all that they ordered, and how they were found."""

    person: Person
    orders: tuple[Order, ...]
    found_by: FoundBy


@dataclass(frozen=True, slots=True)
class Entitled:
    """The level of support that holds for a mail, and why.

    `account` is whose it is, None if no account was found. One that a text names gives its level
    and nothing else: the sender does not become part of it.
    """

    level: str
    why: str
    account: Account | None = None
    order: Order | None = None


NOT_ENTITLED = Entitled("", "nobody has asked yet")
"""What is known before the account is looked at."""
