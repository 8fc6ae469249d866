"""What support somebody may expect: the best level that any order of their account gives."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from gateway.config.desk import Desk
from gateway.config.policy import Level
from gateway.desk.customer import customer_facts, order_facts, own_order
from gateway.desk.entitled import Account, Entitled, FoundBy, Order
from gateway.desk.known import Known, Sender
from gateway.desk.ticket import Ticket

Holds = Callable[[Level, Mapping[str, object]], bool]
"""Says whether a level's condition holds of these facts, by the names that conditions use.

One that fails does not hold.
"""

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
    desk: Desk, known: Known, sender: Sender, ticket: Ticket | None, today: date, holds: Holds
) -> Entitled:
    """Say which level of support holds for a mail of a sender, on a ticket or on none yet.

    `today` is the day at the desk. Each level is asked of each order of the account, and of the
    person's own row as if it were one; the best counts. The text of a mail is asked only for
    somebody whom the directory does not have, and an account that it names gives its level and
    nothing else.
    """
    rules = desk.entitlement
    otherwise = rules.otherwise if rules.level else ""
    accounts = account_of(known, sender, ticket)
    if not accounts:
        return Entitled(otherwise, "no account was found")
    tried = [(account, order) for account in accounts for order in _orders(account)][:_MOST_TRIED]
    asked = [(account, order, _facts(account, order, today)) for account, order in tried]
    for level in rules.level:
        for account, order, facts in asked:
            if holds(level, facts):
                why = f"{level.name}: {_named(account, order)}"
                return Entitled(level.name, _explained(account, why), account, order)
    count = f"its {len(asked)} orders" if len(asked) > 1 else "it"
    why = f"no level holds for {count}" if rules.level else "the desk has no levels"
    return Entitled(otherwise, _explained(accounts[0], why), accounts[0])


def account_of(known: Known, sender: Sender, ticket: Ticket | None) -> tuple[Account, ...]:
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


def _orders(account: Account) -> Iterator[Order]:
    yield own_order(account.person)
    yield from account.orders


def _facts(account: Account, order: Order, today: date) -> dict[str, object]:
    customer = customer_facts(account.person, len(account.orders), today)
    return {**customer, **order_facts(order, today)}


def _named(account: Account, order: Order) -> str:
    if order == own_order(account.person):
        return "what the directory says of them"
    return f"order {order.number}"


def _explained(account: Account, why: str) -> str:
    return f"the account of {account.person.address} was found {_HOW[account.found_by]}: {why}"
