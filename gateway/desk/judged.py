"""What a mail's entitlement and ruling make of its ticket, and who is told of it."""

from dataclasses import replace
from datetime import datetime

from gateway.desk import news
from gateway.desk.automatic_answer import is_work
from gateway.desk.case import Case
from gateway.desk.decision import Content, Reply
from gateway.desk.entitled import FoundBy
from gateway.desk.flood import Telling, telling
from gateway.desk.partner import copies
from gateway.desk.ruled import Ruled, carried_out
from gateway.desk.telling import Matter, with_rules
from gateway.desk.ticket import Change, Event, EventKind, Ticket

_ON_THE_TICKET = frozenset({FoundBy.ADDRESS, FoundBy.TICKET})


def judged(case: Case, ticket: Ticket, now: datetime) -> Ruled:
    """Give what becomes of a ticket by a mail on it, or by the one that opens it.

    `ticket` is as the mail itself leaves it. What is only kept moves nothing.
    """
    ruling = case.ruling
    if ruling.keep is not None:
        still = tuple(one for one in ruling.settings if one.field != "status")
        ruling = replace(ruling, settings=still)
    cause = f"a mail of {case.sender.address or 'an unidentified sender'}"
    supported = _supported(case, ticket)
    ruled = Ruled(ticket)
    if supported:
        event = Event(EventKind.CHANGED, now, "casepost", case.entitled.why, supported)
        ruled = ruled.then(event)
    after = carried_out(case.desk, ruled.ticket, ruling, now, cause=cause)
    return replace(after, events=(*ruled.events, *after.events))


def _supported(case: Case, ticket: Ticket) -> tuple[Change, ...]:
    """Give whose account a ticket is on, and the level that this gives, where it is news.

    A mail says so on its own ticket alone: what somebody else may expect is another matter.
    """
    entitled = case.entitled
    if not entitled.level or ticket.requester != case.sender.address:
        return ()
    changes = [Change("level", entitled.level)] if entitled.level != ticket.level else []
    account = entitled.account
    if account is not None and account.found_by not in _ON_THE_TICKET:
        address = account.person.address
        changes += [Change("account", address)] if address != ticket.account else []
    return tuple(changes)


def told_of_new(case: Case, ticket: Ticket) -> tuple[Reply, ...]:
    """Tell agents and partners of a case that a mail opens, as it is opened."""
    told = news.of_new_case(case, ticket) if is_work(case) else ()
    if telling(case.desk, case.sender, case.known.arrivals) is not Telling.CASE:
        return told
    return (*_with_rules(case, ticket, news.of_new(case), told), *copies(case, ticket))


def told_of_reply(case: Case, ticket: Ticket) -> tuple[Reply, ...]:
    """Tell agents and partners of a mail on a case, as the mail leaves it.

    Those who were never told of the case are told all of it; of thanks for what was no work, nobody
    is.
    """
    told: tuple[Reply, ...] = ()
    if becomes_work(case, ticket):
        told = news.of_becoming_work(case, ticket)
    elif is_work(case) and ticket.is_work:
        told = news.of_answer(case, ticket)
    content = news.of_reply(case, ticket)
    return (*_with_rules(case, ticket, content, told), *copies(case, ticket))


def becomes_work(case: Case, ticket: Ticket) -> bool:
    """Say whether agents are to be told of a case by this mail, and were not before."""
    thanks = case.ruling.keep is not None and case.ruling.work is None
    return is_work(case) and not ticket.is_work and not thanks


def _with_rules(
    case: Case, ticket: Ticket, content: Content, told: tuple[Reply, ...]
) -> tuple[Reply, ...]:
    if case.quiet:
        return told
    matter = Matter(case.desk, ticket, content, case.known.away)
    return with_rules(matter, case.ruling, told)
