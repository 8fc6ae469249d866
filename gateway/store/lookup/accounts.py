"""Whose orders say what support a mail may expect, and who the author's partners are."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.desk.account_name import AccountName
from gateway.desk.cells import address_in
from gateway.desk.entitled import Account, FoundBy, Order
from gateway.desk.named import named_in, told_apart
from gateway.desk.person import Person
from gateway.desk.ticket import Ticket
from gateway.store import account_names, directory, orders
from gateway.store.lookup.people import People
from gateway.store.lookup.question import Question
from gateway.store.lookup.threads import Threads

_MOST_TICKETS = 20
_MOST_PERSONS = 100


@dataclass(frozen=True, slots=True)
class Accounts:
    """What was read of accounts for a whole batch: by addresses, and by what mails name.

    `named` is what each mail names, by its spool id, and `owners` whose accounts are called so.
    """

    persons: dict[str, Person]
    orders: dict[str, tuple[Order, ...]]
    named: dict[int, frozenset[AccountName]]
    owners: dict[AccountName, tuple[str, ...]]

    def of(self, question: Question, tickets: Sequence[Ticket]) -> tuple[Account, ...]:
        """Give the accounts that may count for a mail: people's own, the tickets', named ones."""
        if not question.needs.accounts:
            return ()
        own = ((address, FoundBy.ADDRESS) for address in _authors(question))
        of_tickets = ((address, FoundBy.TICKET) for address in _of_tickets(tickets))
        wanted = dict.fromkeys((*own, *of_tickets))
        found = (self._account(address, by) for address, by in wanted)
        accounts = {(one.person.address, one.found_by): one for one in found if one}
        return (*accounts.values(), *self._named_by(question))

    def partners(self, question: Question) -> tuple[Person, ...]:
        """Give the people whose addresses stand in the columns that rules copy to."""
        people = [self.persons[a] for a in _authors(question) if a in self.persons]
        found = [self.persons.get(a) for a in _partners(people, question.needs.columns)]
        return tuple({one.address: one for one in found if one is not None}.values())

    def _account(self, address: str, by: FoundBy) -> Account | None:
        person = self.persons.get(address)
        return Account(person, self.orders.get(person.address, ()), by) if person else None

    def _named_by(self, question: Question) -> Iterator[Account]:
        """Give what a text names; of a kind by which it names two that differ, nothing."""
        named = self.named.get(question.spool_id, frozenset())
        for found_by, people in _one_account(question, named, self.owners, self.persons):
            yield from (Account(p, self.orders.get(p.address, ()), found_by) for p in people)


def read_accounts(
    connection: Connection,
    questions: Sequence[Question],
    threads: Threads,
    people: People,
    sent: Callable[[Sequence[Ticket]], Sequence[str]],
) -> Accounts:
    """Read what the desks of a batch's mails have use for; nothing for those that have none.

    `sent` gives the texts that we sent on tickets before.
    """
    tickets = {q.spool_id: threads.tickets_of(q) for q in questions if q.needs.accounts}
    named = {
        q.spool_id: named_in(q.searched, sent(tickets[q.spool_id]))
        for q in questions
        if q.needs.accounts and q.searched and _asks_text(q, people, tickets[q.spool_id])
    }
    owners = account_names.owners(connection, {name for some in named.values() for name in some})
    authors = {q.spool_id: _known(people, _authors(q)) for q in questions}
    wanted = {address for some in owners.values() for address in some}
    wanted |= {a for q in questions for a in _partners(authors[q.spool_id], q.needs.columns)}
    persons = {**people.persons, **directory.find(connection, wanted - people.persons.keys())}
    # Whoever names many accounts means none: nobody's orders are read for that.
    buyers = {
        person.address
        for q in questions
        for _, people_named in _one_account(q, named.get(q.spool_id, ()), owners, persons)
        for person in people_named
    }
    for q in questions:
        if q.needs.accounts:
            on_tickets = _known(people, _of_tickets(tickets[q.spool_id]))
            buyers |= {person.address for person in (*authors[q.spool_id], *on_tickets)}
    return Accounts(persons, orders.of_persons(connection, buyers), named, owners)


def _asks_text(question: Question, people: People, tickets: Sequence[Ticket]) -> bool:
    """Say whether the text is asked: of somebody unknown, on no ticket whose account is known."""
    author = question.original or question.author
    if people.person(author) is not None:
        return False
    return not tickets or not all(_known(people, _of_tickets([ticket])) for ticket in tickets)


def _known(people: People, addresses: Collection[str]) -> list[Person]:
    return [person for a in addresses if (person := people.person(a)) is not None]


def _one_account(
    question: Question,
    named: Collection[AccountName],
    owners: Mapping[AccountName, Sequence[str]],
    persons: Mapping[str, Person],
) -> Iterator[tuple[FoundBy, list[Person]]]:
    """Give whom a text names by each kind of name, where they are one account."""
    for kind in question.needs.find_by:
        found_by = FoundBy(kind)
        known = (n for n in named if n.kind is found_by and n in owners)
        names = told_apart(sorted(known, key=lambda one: one.name))
        addresses = dict.fromkeys(a for name in names for a in owners[name])
        people = [persons[a] for a in sorted(addresses) if a in persons]
        if len(people) <= _MOST_PERSONS and _is_one_account(people):
            yield found_by, people


def _is_one_account(people: Sequence[Person]) -> bool:
    """Say whether people are one account: one person, or all of one organisation."""
    organisations = {person.organisation.casefold() for person in people}
    return len(people) == 1 or (len(organisations) == 1 and "" not in organisations)


def _authors(question: Question) -> tuple[str, ...]:
    return tuple(address for address in (question.author, question.original) if address)


def _of_tickets(tickets: Sequence[Ticket]) -> tuple[str, ...]:
    return tuple(who for t in tickets[:_MOST_TICKETS] if (who := t.account or t.requester))


def _partners(people: Sequence[Person], columns: Collection[str]) -> dict[str, None]:
    found = (address_in(person.fact(column)) for person in people for column in columns)
    return dict.fromkeys(address for address in found if address)
