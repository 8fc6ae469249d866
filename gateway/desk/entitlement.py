"""What support somebody may expect: the best level that any order of their account gives."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from gateway.config.condition import Facts, answer_to, variables_of
from gateway.config.desk import Desk
from gateway.config.vocabulary import Place
from gateway.desk.dates import date_of
from gateway.desk.entitled import Account, Entitled, FoundBy, Order
from gateway.desk.facts import Clock, of_customer, of_order, worked_out
from gateway.desk.known import Known, Sender
from gateway.desk.person import Person
from gateway.desk.ticket import Ticket

_MOST_TRIED = 1000

_HOW = {
    FoundBy.ADDRESS: "by their address",
    FoundBy.TICKET: "by the case",
    FoundBy.SITE: "by a site that the text names",
    FoundBy.ORDER: "by an order that the text names",
    FoundBy.ORGANISATION: "by an organisation that the text names",
    FoundBy.NAME: "by a name in the text",
}


def entitle(
    desk: Desk, known: Known, sender: Sender, ticket: Ticket | None, now: datetime
) -> Entitled:
    """Say which level of support holds for a mail of a sender, on a ticket or on none yet.

    Each level is asked of each order of the account, and of the person's own row as if it were one;
    the best counts. Days are those of the desk's calendar. A level whose condition fails does not
    hold, and `why` says so. The text of a mail is asked only for somebody whom the directory does
    not have, and an account that it names gives its level and nothing else.
    """
    rules = desk.entitlement
    otherwise = rules.otherwise if rules.level else ""
    accounts = _account_of(known, sender, ticket)
    if not accounts:
        return Entitled(otherwise, "no account was found")
    if not rules.level:
        return Entitled("", _explained(accounts[0], "the desk has no levels"), accounts[0])
    tried = list(islice(_tried(desk, accounts, now), _MOST_TRIED))
    failed: dict[str, str] = {}
    for level in rules.level:
        for account, order, facts in tried:
            answer = answer_to(level.when, facts)
            if answer.holds:
                why = f"{level.name}: {_named(account, order)}"
                return Entitled(level.name, _explained(account, why, failed), account, order)
            if answer.why:
                failed[level.name] = answer.why
    for_what = f"its {len(tried)} orders" if len(tried) > 1 else "it"
    why = _explained(accounts[0], f"no level holds for {for_what}", failed)
    return Entitled(otherwise, why, accounts[0])


def _account_of(known: Known, sender: Sender, ticket: Ticket | None) -> tuple[Account, ...]:
    """Give the account that counts for a mail, with all persons of it that were found; () if none.

    The sender's own comes first, unless their domain disowns the mail; then the ticket's; then what
    the text names, by the kind that the desk puts first.
    """
    if sender.person is not None and not sender.failed:
        own = sender.person.address
        found = _by(known, FoundBy.ADDRESS, own)
        return found or (Account(sender.person, (), FoundBy.ADDRESS),)
    if ticket is not None and (of_ticket := ticket.account or ticket.requester):
        found = _by(known, FoundBy.TICKET, of_ticket)
        if found:
            return found
    if sender.person is not None:
        return ()
    named = [a for a in known.accounts if a.found_by not in {FoundBy.ADDRESS, FoundBy.TICKET}]
    # The look-up has them in the desk's order, and of each kind no two that differ.
    return tuple(one for one in named if one.found_by is named[0].found_by)


def _by(known: Known, found_by: FoundBy, address: str) -> tuple[Account, ...]:
    return tuple(
        one
        for one in known.accounts
        if one.found_by is found_by and address in (one.person.address, *one.person.aliases)
    )[:1]


class OrderFacts:
    """What levels of support are asked of: a customer and each of their orders.

    What is the same for all of these is worked out once.
    """

    def __init__(
        self, levels: Iterable[str], desk: Desk, person: Person, orders: int, now: datetime
    ) -> None:
        """Take the customer, who has so many orders, for these levels' conditions."""
        clock = Clock(desk, now)
        self._today = clock.today
        self._names = variables_of(Place.LEVEL, levels)
        customer = of_customer(person, orders, self._today)
        self._fixed = worked_out({**customer, **clock.values()}, self._names)

    def of(self, order: Order) -> Facts:
        """Give the facts about one of the orders."""
        values = worked_out(of_order(order, self._today), self._names)
        return Facts(Place.LEVEL, self._fixed | values)


def _tried(
    desk: Desk, accounts: Iterable[Account], now: datetime
) -> Iterator[tuple[Account, Order, Facts]]:
    """Give each order of these accounts, with what levels are asked of."""
    levels = tuple(level.when for level in desk.entitlement.level)
    for account in accounts:
        facts = OrderFacts(levels, desk, account.person, len(account.orders), now)
        for order in (own_order(account.person), *account.orders):
            yield account, order, facts.of(order)


def own_order(person: Person) -> Order:
    """Give the order that a person's own row describes: it counts like one of the others.

    By having no number it can be told from those.
    """
    return Order(
        number="",
        address=person.address,
        site=person.fact("site"),
        product=person.fact("product"),
        version=person.fact("version"),
        purchased_on=date_of(person.fact("purchased_on")),
        plan=person.fact("plan"),
        facts=person.facts,
    )


def _named(account: Account, order: Order) -> str:
    if order == own_order(account.person):
        return "what the directory says of them"
    return f"order {order.number}"


def _explained(account: Account, why: str, failed: Mapping[str, str] | None = None) -> str:
    found = f"the account of {account.person.address} was found {_HOW[account.found_by]}"
    faults = (f"{level} could not be asked: {fault}" for level, fault in (failed or {}).items())
    return "; ".join((f"{found}: {why}", *faults))
