"""What was sent and what arrived lately, beside what is known of mails: for limits and floods."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.config.settings import Sending
from gateway.desk.known import Known
from gateway.store.answered import answered
from gateway.store.arrivals import arrivals
from gateway.store.limits import news, sendings
from gateway.store.lookup import Question


def with_counts(
    connection: Connection,
    questions: Sequence[Question],
    answers: Sequence[Known],
    desks: Collection[Desk],
    sending: Sending,
    now: datetime,
) -> tuple[Known, ...]:
    """Give what is known of each mail together with what its decision may send by.

    On the snapshot on which the answers were read. `desks` are those of the questions.
    """
    if not questions:
        return ()
    wanted = [_recipients(*pair) for pair in zip(questions, answers, strict=True)]
    sent = sendings(connection, {address for some in wanted for address in some}, now)
    told = news(connection, {ticket.id for known in answers for ticket in known.tickets}, now)
    agents = {question.author for question in questions if question.of_agent}
    busy = answered(connection, agents, sending.answers_hour, now) if agents else {}
    # Mail that lay in the spool for long is compared with what arrived when it did.
    at = max(question.received_at for question in questions)
    arrived = arrivals(connection, {(q.desk, q.author) for q in questions}, desks, sending, at)
    return tuple(
        replace(
            known,
            sendings=tuple(sent[address] for address in addresses),
            news=tuple((t.id, told[t.id]) for t in known.tickets if t.id in told),
            answered=busy.get(question.author, frozenset()),
            arrivals=arrived[question.desk, question.author],
        )
        for question, known, addresses in zip(questions, answers, wanted, strict=True)
    )


def _recipients(question: Question, known: Known) -> tuple[str, ...]:
    """Give whom the decision on a mail may write to, as far as that can be told before it."""
    people = (known.person, known.original)
    tickets = (*known.tickets, *known.children)
    addresses = (
        question.author,
        question.original,
        *(person.address for person in people if person is not None),
        *(address for ticket in tickets for address in ticket.everybody),
        *question.asked.addresses,
        *question.recipients,
    )
    return tuple(dict.fromkeys(address for address in addresses if address))
