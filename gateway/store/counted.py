"""What was sent, asked for and arrived, beside what is known of mails: limits, floods, ratings."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.config.settings import Sending
from gateway.desk.known import Known
from gateway.store import feedback, rule_hits
from gateway.store.answered import answered
from gateway.store.arrivals import arrivals
from gateway.store.canned import Canned, canned
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
    if any(desk.feedback.ask for desk in desks):
        sent = feedback.with_asked(connection, sent)
    told = news(connection, {ticket.id for known in answers for ticket in known.tickets}, now)
    agents = {question.author for question in questions if question.of_agent}
    busy = answered(connection, agents, sending.answers_hour, now) if agents else {}
    # Mail that lay in the spool for long is compared with what arrived when it did.
    at = max(question.received_at for question in questions)
    arrived = arrivals(connection, {(q.desk, q.author) for q in questions}, desks, sending, at)
    about = _AboutSenders(connection, questions, answers, now)
    rating = {number for q in questions if q.rates for number in q.outboxes}
    requested = feedback.made_by(connection, rating)
    return tuple(
        replace(
            known,
            sendings=tuple(sent[address] for address in addresses),
            news=tuple((t.id, told[t.id]) for t in known.tickets if t.id in told),
            answered=busy.get(question.author, frozenset()),
            arrivals=arrived[question.desk, question.author],
            canned=about.canned_of(question, known),
            hits=about.hits_of(question, known),
            requested=tuple(requested[n] for n in question.outboxes if n in requested),
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


class _AboutSenders:
    """What rules ask of senders: which answers they got, how often limited rules hit for them."""

    def __init__(
        self,
        connection: Connection,
        questions: Sequence[Question],
        answers: Sequence[Known],
        now: datetime,
    ) -> None:
        """Read it, for the desks that have rules which ask."""
        pairs = list(zip(questions, answers, strict=True))
        self._now = now
        limits = [(q.desk, who, q.needs.limited) for q, k in pairs for who in _senders(q, k)]
        self._hits = rule_hits.read(connection, limits, now)
        asking = [(q, known) for q, known in pairs if q.needs.answers]
        self._canned: tuple[Canned, ...] = ()
        if asking:
            people = {who for q, known in asking for who in _senders(q, known)}
            templates = {name for q, _ in asking for name in q.needs.answers}
            since = now - max(q.needs.remembered for q, _ in asking)
            self._canned = canned(connection, people, templates, since)

    def hits_of(self, question: Question, known: Known) -> tuple[tuple[str, int], ...]:
        """Count how often limited rules hit for the sender of a mail."""
        limited = question.needs.limited
        if not limited:
            return ()
        senders = _senders(question, known)
        return self._hits.count(question.desk, senders, limited, question.spool_id)

    def canned_of(self, question: Question, known: Known) -> tuple[str, ...]:
        """Give the canned answers that the sender of a mail got lately, each once."""
        if not question.needs.answers:
            return ()
        senders, since = _senders(question, known), self._now - question.needs.remembered
        theirs = (
            one.template
            for one in self._canned
            if one.recipient in senders
            and one.desk == question.desk
            and one.queued_at >= since
            and one.template in question.needs.answers
        )
        return tuple(dict.fromkeys(theirs))


def _senders(question: Question, known: Known) -> frozenset[str]:
    return known.addresses_of(question.author, question.original)
