"""What the store knows about mails that are to be decided: the one read of a mail's way.

A handful of queries for a whole batch, on one snapshot, each by an index. Each part reads for the
batch at once, and then says what of it is about one mail.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from gateway.desk.alike import NOTHING_ALIKE, Likenesses
from gateway.desk.known import Known, Suggestion
from gateway.desk.ticket import Ticket
from gateway.store.lookup.accounts import Accounts, read_accounts
from gateway.store.lookup.alike import read_alike
from gateway.store.lookup.commanded import Commanded, read_commanded
from gateway.store.lookup.given import read_given
from gateway.store.lookup.people import People, read_people
from gateway.store.lookup.question import Question
from gateway.store.lookup.said import (
    answered_on,
    newest,
    said_before,
    sent_on,
    told,
    told_to,
)
from gateway.store.lookup.spooled import Spooled, read_spooled
from gateway.store.lookup.suggested import read_suggested
from gateway.store.lookup.threads import Threads, read_threads, ticket_of

__all__ = ["Question", "look_up", "ticket_of"]


def look_up(connection: Connection, questions: Sequence[Question]) -> tuple[Known, ...]:
    """Answer the questions, in their order."""
    threads = read_threads(connection, questions)
    said = _Said(connection, threads, questions)
    people = read_people(connection, questions, threads.tickets.values())
    spooled = read_spooled(connection, questions, threads.replied.values())
    commanded = read_commanded(connection, questions, threads)
    accounts = read_accounts(connection, questions, threads, people, said.sent)
    alike = read_alike(connection, questions, threads, people)
    suggested = read_suggested(connection, questions, people)
    knowns = (
        _with_accounts(q, _known(q, threads, said, people, spooled, commanded), accounts)
        for q in questions
    )
    likened = [
        _likened(q, known, alike.get(q.spool_id, NOTHING_ALIKE), suggested.get(q.spool_id, ()))
        for q, known in zip(questions, knowns, strict=True)
    ]
    return _with_given(connection, questions, likened)


def _with_given(
    connection: Connection, questions: Sequence[Question], knowns: Sequence[Known]
) -> tuple[Known, ...]:
    """Add which mails the people have to whom an agent may write."""
    asking = {
        q.spool_id: (*known.tickets, *known.children)
        for q, known in zip(questions, knowns, strict=True)
        if q.of_agent
    }
    ids = {ticket.id for tickets in asking.values() for ticket in tickets}
    if not ids:
        return tuple(knowns)
    found = read_given(connection, ids)
    return tuple(
        replace(
            known,
            given=tuple(one for t in asking[q.spool_id] for one in found.get(t.id, ())),
        )
        if q.spool_id in asking
        else known
        for q, known in zip(questions, knowns, strict=True)
    )


def _with_accounts(question: Question, known: Known, accounts: Accounts) -> Known:
    """Add whose support counts, and who the author's partners are."""
    if not question.needs.accounts and not question.needs.columns:
        return known
    found = accounts.of(question, known.tickets)
    return replace(known, accounts=found, partners=accounts.partners(question))


def _likened(
    question: Question, known: Known, alike: Likenesses, suggested: tuple[Suggestion, ...]
) -> Known:
    """Add what is alike, and which articles fit; what a command may merge into counts as named."""
    tickets = known.tickets
    if question.asked.merges:
        named = {t.id: t for t in (*tickets, *(one.ticket for one in alike.duplicates))}
        tickets = tuple(named.values())
    return replace(known, tickets=tickets, alike=alike, suggested=suggested)


class _Said:
    """What we said on the tickets of a batch, and told agents."""

    def __init__(
        self, connection: Connection, threads: Threads, questions: Sequence[Question]
    ) -> None:
        """Read it."""
        answered = [sent for q in questions if q.of_agent for sent in threads.replied_of(q)]
        self.on = sent_on(connection, threads.tickets)
        self.told = told(connection, answered)
        agents = {t.id for q in questions if q.of_agent for t in threads.tickets_of(q)}
        self.answers = answered_on(connection, agents)
        self.before = said_before(connection, threads.tickets.values())

    def sent(self, tickets: Sequence[Ticket]) -> tuple[str, ...]:
        """Give what we sent last on tickets."""
        return newest([one for ticket in tickets for one in self.on.get(ticket.id, ())])


def _known(
    question: Question,
    threads: Threads,
    said: _Said,
    people: People,
    spooled: Spooled,
    commanded: Commanded,
) -> Known:
    """Put together what is about one mail."""
    tickets = threads.tickets_of(question)
    duplicates = commanded.duplicates_of(question, tickets)
    tickets = tuple({ticket.id: ticket for ticket in (*tickets, *duplicates)}.values())
    replied = threads.replied_of(question)
    return Known(
        tickets=tickets,
        ids=threads.ids_of(question),
        ancestors=threads.ancestors_of(question),
        replied=replied,
        held=spooled.held_of(replied),
        person=people.person(question.author),
        organisation=people.organisation_of(question.author),
        original=people.person(question.original),
        people=people.of(question, tickets),
        sent=said.sent(tickets),
        told=told_to(replied, said.told) if question.of_agent else (),
        answers=tuple((t.id, said.answers[t.id]) for t in tickets if t.id in said.answers),
        earlier=tuple(one for t in tickets for one in said.before.get(t.id, ())),
        children=threads.children_of(tickets) if question.of_agent else (),
        bounces=threads.bounces_of(question, tickets) if question.of_bounce else (),
        away=people.away(question),
        articles=commanded.articles_of(question),
        merges=commanded.merges_of(tickets) if question.asked.splits else (),
        duplicate_of=spooled.duplicate_of(question),
        waits_for=spooled.waits_for(question),
    )
