"""Who the people are that a mail is from, or that are on the tickets it names."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.desk.person import Person
from gateway.desk.ticket import Ticket
from gateway.store import directory
from gateway.store.lookup.question import Question
from gateway.store.portions import portions
from gateway.store.schema import absences, organisation_domains

_MOST_ON_A_TICKET = 100


@dataclass(frozen=True, slots=True)
class People:
    """What was read of people for a whole batch: by their addresses, domains, and as agents."""

    persons: dict[str, Person]
    organisations: dict[str, str]
    absences: dict[str, datetime]

    def person(self, address: str) -> Person | None:
        """Give whom an address belongs to."""
        return self.persons.get(address)

    def organisation_of(self, address: str) -> str:
        """Give the organisation that has an address's domain, or ""."""
        return self.organisations.get(_domain(address), "")

    def of(self, question: Question, tickets: Iterable[Ticket]) -> tuple[Person, ...]:
        """Give those who take part in tickets, and whom a mail's commands name, each once."""
        addresses = (*(one for t in tickets for one in _on(t)), *question.asked.addresses)
        found = (self.persons.get(address) for address in addresses)
        return tuple({person.address: person for person in found if person}.values())

    def away(self, question: Question) -> frozenset[str]:
        """Give the agents who are away when a mail comes."""
        return frozenset(
            agent
            for agent in question.agents
            if agent in self.absences and self.absences[agent] > question.received_at
        )


def read_people(
    connection: Connection, questions: Sequence[Question], tickets: Iterable[Ticket]
) -> People:
    """Read whom mails are from, who is on these tickets, and which agents are away."""
    everybody = {who for q in questions for who in (q.author, q.original) if who}
    tickets = tuple(tickets)
    everybody |= {address for ticket in tickets for address in _on(ticket)}
    everybody |= {ticket.account for ticket in tickets if ticket.account}
    everybody |= {address for q in questions for address in q.asked.addresses}
    return People(
        persons=directory.find(connection, everybody),
        organisations=_organisations(connection, {_domain(q.author) for q in questions} - {""}),
        absences=_absences(connection, {agent for q in questions for agent in q.agents}),
    )


def _on(ticket: Ticket) -> tuple[str, ...]:
    return ticket.everybody[:_MOST_ON_A_TICKET]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _organisations(connection: Connection, domains: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in portions(domains):
        rows = connection.execute(
            select(organisation_domains).where(organisation_domains.c.domain.in_(some))
        )
        found.update((row.domain, row.organisation) for row in rows)
    return found


def _absences(connection: Connection, agents: Collection[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for some in portions(agents):
        rows = connection.execute(select(absences).where(absences.c.agent.in_(some)))
        found.update((row.agent, row.until) for row in rows)
    return found
