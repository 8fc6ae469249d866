"""A mail's way, from claimed bytes to everything that it leads to. Read it from top to bottom.

    parse, classify, authenticate, clues     before the transaction, on the mail alone
    look_up                                  the only read, on a snapshot, for the whole batch
    identify, choose, hear, decide, render   policy, pure
    apply                                    the only write, short; a conflict goes back to look_up

`docs/flow.md` tells the same story under the same headings.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway import in_hand, maillog
from gateway.desk.addressed import addressed, in_console
from gateway.desk.asking import asking
from gateway.desk.case import Case
from gateway.desk.choose import choose
from gateway.desk.commands.asked import ours_among
from gateway.desk.considered import considered
from gateway.desk.decide import decide, within_limits
from gateway.desk.decision import Decision, Outcome, Reason, Release
from gateway.desk.flood import opens_for_stranger
from gateway.desk.forwarding import copied, on_behalf
from gateway.desk.hear import hear
from gateway.desk.holding import as_admitted
from gateway.desk.identify import identify
from gateway.desk.known import Known
from gateway.desk.lately import asked_of
from gateway.desk.limits import Restraint, unasked
from gateway.desk.reopening import unless_long_closed
from gateway.desk.trace import trace
from gateway.house import House
from gateway.letters import occasion
from gateway.mail.fingerprint import is_fleeting
from gateway.mail.model import Kind
from gateway.maillog import Verb
from gateway.reading import Authenticate, CheckSpam, Reading, nobody_asked, question, read
from gateway.rendering import Numbered, render
from gateway.store import claims, rule_counts
from gateway.store.claims import Claimed
from gateway.store.conflict import ClaimLost, Conflict
from gateway.store.counted import with_counts
from gateway.store.effects import Arrival
from gateway.store.filing import Filing, write
from gateway.store.lookup import look_up
from gateway.store.rule_hits import Hit
from gateway.together import Together

# Without Message-ID and Date, the same text is taken for the same mail for this long only.
_FLEETING = timedelta(minutes=10)
_LOOK_AGAIN = timedelta(seconds=1)
_MOST_ROUNDS = 20


def take_in(
    house: House,
    batch: Sequence[Claimed],
    now: Callable[[], datetime],
    authenticate: Authenticate,
    check_spam: CheckSpam = nobody_asked,
) -> None:
    """Take claimed mails all their way; each ends filed, duplicate, held, or back in the spool.

    Raises Transient when the store does not answer, and whatever a mail provokes: the worker
    knows what to do then.
    """
    readings = []
    for claimed, reading in zip(batch, read(house, batch, authenticate, check_spam), strict=True):
        if reading is None:
            _set_aside(house, claimed, now())
        else:
            readings.append(reading)
    numbered: dict[int, Numbered] = {}
    for _ in range(_MOST_ROUNDS):
        if not readings:
            return
        readings = _round(house, readings, numbered, now())
    _return_to_spool(house, readings, now())


def _round(
    house: House, readings: list[Reading], numbered: dict[int, Numbered], now: datetime
) -> list[Reading]:
    """Take mails from the look-up to the store; give those that must be looked up again.

    Mails of a batch that touch the same ticket, or are the same mail, go one after the other.
    """
    questions = [question(reading) for reading in readings]
    with house.database.reading() as connection:
        answers = look_up(connection, questions)
        sending = house.settings.sending
        answers = with_counts(connection, questions, answers, house.desks, sending, now)
    together = Together(house, answers)
    filings: list[Filing] = []
    again: list[Reading] = []
    in_batch = {reading.claimed.spool_id for reading in readings}
    patient: list[Reading] = []
    for reading, known in zip(readings, answers, strict=True):
        if known.waits_for is not None:
            (again if known.waits_for in in_batch else patient).append(reading)
            continue
        if together.must_wait(reading, known):
            again.append(reading)
            continue
        seen = together.seen(reading, known)
        with in_hand.mail(reading.claimed.spool_id):
            filing = settle(house, reading, seen, numbered, together.restraint, now)
        if missing := unasked(filing.decision, (one.address for one in known.sendings)):
            again.append(replace(reading, recipients=missing))
        elif together.take(filing):
            filings.append(filing)
        else:
            again.append(reading)
    if patient:
        _return_to_spool(house, patient, now)
    conflicted = apply(house, filings, now)
    for spool_id in conflicted:
        numbered.pop(spool_id, None)
    return again + [r for r in readings if r.claimed.spool_id in conflicted]


def settle(
    house: House,
    reading: Reading,
    known: Known,
    numbered: dict[int, Numbered],
    restraint: Restraint,
    now: datetime,
) -> Filing:
    """Decide what becomes of a mail, and render all that will be written and sent."""
    claimed, mail = reading.claimed, reading.mail
    case = consider(house, reading, known)
    decision = within_limits(case, decide(case, now), restraint, now)
    decision = asking(case.desk, decision, asked_of(known.sendings), now)
    numbers = numbered.setdefault(claimed.spool_id, Numbered())
    arrival = Arrival(
        spool_id=claimed.spool_id,
        message_ids=tuple({i: None for i in (mail.message_id, case.mail.message_id) if i}),
        ancestors=_unseen(reading, known),
        likeness=reading.likeness,
    )
    rendered = render(house, occasion(case, claimed.content), decision, numbers, now, arrival)
    return Filing(
        spool_id=claimed.spool_id,
        epoch=claimed.epoch,
        received_at=claimed.received_at,
        desk=case.desk.name,
        author=reading.author,
        fingerprint=mail.fingerprint,
        expires_at=claimed.received_at + _FLEETING if is_fleeting(mail) else None,
        decision=rendered.decision,
        ticket=rendered.ticket,
        effects=rendered.effects,
        outgoing=rendered.outgoing,
        stranger=opens_for_stranger(decision.reason, case.sender),
        trace=trace(reading.authenticity, reading.clues, case, rendered.decision),
        hits=_hits(house, case, rendered.decision),
        ruled=tuple(one.rule for one in case.ruling.verdicts if one.hit),
    )


def _hits(house: House, case: Case, decision: Decision) -> tuple[Hit, ...]:
    """Give the rules with a limit that hit, each for the mail's sender."""
    limited = house.needs[case.desk.name].limited if decision.counted else ()
    hit = (one for one in limited if one.rule in decision.counted)
    return tuple(Hit(case.spool, case.desk.name, case.sender.address, one) for one in hit)


def _unseen(reading: Reading, known: Known) -> tuple[str, ...]:
    """Give the ids that a person's mail answers and that nobody here has seen."""
    if reading.kind.kind is not Kind.PERSON:
        return ()
    seen = {one.message_id for one in known.ids}
    return tuple(i for i in reading.clues.references if i not in seen)


def consider(house: House, reading: Reading, known: Known) -> Case:
    """Say who wrote, on which ticket, what is new in it, and what the desk's rules make of it."""
    mail, desk, claimed = reading.mail, reading.desk, reading.claimed
    routes, kind = house.routes, reading.kind
    confirm = house.reply_addresses.confirm
    answers = addressed(reading.clues, known, confirm)
    answers += in_console(reading.clues, reading.author, claimed.received_at, confirm)
    sender = identify(mail, reading.authenticity, known, desk, routes.is_ours, answers)
    sender = as_admitted(sender, desk, claimed.admitted_by)
    choice = choose(reading.clues, known, sender, desk, kind.kind, answers)
    choice = unless_long_closed(choice, sender, desk, kind.kind, claimed.received_at)
    case = Case(
        mail=mail,
        kind=kind,
        known=known,
        sender=sender,
        choice=choice,
        desk=desk,
        received_at=claimed.received_at,
        written_to=routes.written_to(desk, claimed.envelope, mail),
        quiet=claimed.quiet,
        unreadable=reading.unreadable,
        issued_by_us=house.message_ids.is_ours(mail.message_id),
        spool=claimed.spool_id,
        addressed=answers,
        admitted_by=claimed.admitted_by,
        canned=house.canned[desk.name],
        spam=reading.spam,
        forwards=reading.forwards,
        copied=copied(mail, desk, routes.is_ours),
    )
    case = hear(on_behalf(case, reading.forwarded, routes.is_ours))
    return considered(replace(case, ours=ours_among(case.commanded, routes.is_ours)))


def apply(house: House, filings: Sequence[Filing], now: datetime) -> set[int]:
    """Write filings down in one transaction; give the spool ids of those that conflicted.

    If one conflicts, all are written again, each under a savepoint. On the disk it is before a mail
    of ours goes, by that one's mark; where none does, at once: people may see a case's number.
    """
    if not filings:
        return set()
    conflicted: set[int] = set()
    lost: set[int] = set()  # In somebody else's hands by now, who will do all this.
    try:
        with house.database.writing(durable=not any(f.mails for f in filings)) as connection:
            released = write(connection, filings, now, house.settings.sending)
            _count(connection, filings, now)
    except Conflict:
        released = _apply_each(house, filings, now, conflicted, lost)
    for filing in filings:
        if filing.spool_id not in conflicted | lost:
            _log(filing)
    for one in released:
        maillog.released(one.spool, one.by, admitted=one.admit)
    return conflicted


def _apply_each(
    house: House, filings: Sequence[Filing], now: datetime, conflicted: set[int], lost: set[int]
) -> tuple[Release, ...]:
    """Write each filing by itself, and note those that could not be; the held mails released."""
    released: tuple[Release, ...] = ()
    with house.database.writing(durable=not any(f.mails for f in filings)) as connection:
        for filing in filings:
            try:
                with connection.begin_nested():
                    released += write(connection, [filing], now, house.settings.sending)
            except ClaimLost:
                lost.add(filing.spool_id)
            except Conflict:
                conflicted.add(filing.spool_id)
        _count(connection, [f for f in filings if f.spool_id not in conflicted | lost], now)
    return released


def _count(connection: Connection, filings: Sequence[Filing], now: datetime) -> None:
    """Count the rules that hit, once all else is written."""
    rule_counts.add(connection, ((f.desk, rule) for f in filings for rule in f.ruled), now)


_VERBS = {
    Outcome.FILED: Verb.FILED,
    Outcome.HELD: Verb.HELD,
    Outcome.DUPLICATE: Verb.DUPLICATE,
}


def _log(filing: Filing) -> None:
    decision = filing.decision
    case = filing.ticket.number if filing.ticket else None
    maillog.event(
        Verb.UNREADABLE if decision.reason is Reason.UNREADABLE else _VERBS[decision.outcome],
        mail=filing.spool_id,
        case=case,
        desk=filing.desk,
        reason=decision.reason.value,
        of=decision.duplicate_of,
    )
    numbers = {effects.ticket.id: effects.ticket.number for effects in filing.effects}
    for mail in filing.mails:
        case = numbers.get(mail.ticket)
        maillog.queued(mail.id, mail.template, mail.recipient, mail=filing.spool_id, case=case)


def _return_to_spool(house: House, readings: Sequence[Reading], now: datetime) -> None:
    """Give mails back that must wait for another mail, or for a quieter moment."""
    with house.database.writing(durable=False) as connection:
        claims.give_back(connection, [reading.claim for reading in readings], now + _LOOK_AGAIN)
    for reading in readings:
        maillog.event(Verb.RETRIED, mail=reading.claimed.spool_id, reason="waits")


def _set_aside(house: House, claimed: Claimed, now: datetime) -> None:
    """Set a mail aside whose desk is gone: a person changes the configuration and retries."""
    reason = "no desk has the address that this mail is for"
    with house.database.writing() as connection:
        claims.fail(connection, (claimed.spool_id, claimed.epoch), reason, now)
    maillog.event(Verb.FAILED, mail=claimed.spool_id, reason=reason)
