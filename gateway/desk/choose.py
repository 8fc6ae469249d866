"""Which ticket a mail belongs to, by trust.

A clue alone never lets a stranger reach a ticket: a Message-ID that we issued counts for the one
it was given to; any other Message-ID and a case number only for somebody who takes part, and,
unless the desk says otherwise, only in an authentic mail. What may not be touched is a claim, for
an agent to look at.
"""

from collections.abc import Iterator

from gateway.config.desk import Desk, NumberTrust
from gateway.desk.known import Choice, Known, KnownId, Sender, Trust
from gateway.desk.ticket import Ticket
from gateway.mail.model import Clues, Kind


def choose(clues: Clues, known: Known, sender: Sender, desk: Desk, kind: Kind) -> Choice:
    """Give the ticket that the mail belongs to, or None with the tickets that it merely claims.

    A bounce comes from a server that takes part in nothing, so only a mail of ours counts in it,
    whoever it was given to: all that comes of it is an internal entry.
    """
    claims: list[Ticket] = []
    why: list[str] = []
    candidates = [] if kind is Kind.BOUNCE else _candidates(clues, known, sender, desk)
    for trust, ticket, allowed, reason in candidates:
        why.append(f"{trust.value}: {ticket.number}: {reason}")
        if allowed:
            return Choice(ticket, trust, (), tuple(why))
        if ticket not in claims:
            claims.append(ticket)
    answered = next(_issued(clues, known, desk), None) if kind is Kind.BOUNCE else None
    if answered is not None:
        ticket, known_id = answered
        why.append(f"{Trust.ANSWERED_ID.value}: {ticket.number}: given to {known_id.given_to}")
        return Choice(ticket, Trust.ANSWERED_ID, (), tuple(why), known_id)
    return Choice(None, None, tuple(claims), tuple(why))


def _issued(clues: Clues, known: Known, desk: Desk) -> Iterator[tuple[Ticket, KnownId]]:
    """Give the tickets of this desk that ids of ours name, newest first."""
    seen = _seen(known, desk)
    for issued in clues.issued:
        yield from (one for one in seen.get(issued.message_id, ()) if one[1].given_to)


def _seen(known: Known, desk: Desk) -> dict[str, list[tuple[Ticket, KnownId]]]:
    """Give the tickets of this desk on which each id was seen, newest first."""
    tickets = {ticket.id: ticket for ticket in known.tickets if ticket.desk == desk.name}
    found: dict[str, list[tuple[Ticket, KnownId]]] = {}
    for known_id in known.ids:
        if known_id.ticket in tickets:
            found.setdefault(known_id.message_id, []).append((tickets[known_id.ticket], known_id))
    return found


_Candidate = tuple[Trust, Ticket, bool, str]


def _candidates(clues: Clues, known: Known, sender: Sender, desk: Desk) -> list[_Candidate]:
    """Give every ticket of this desk that a clue names, most trusted clue first."""
    found: list[_Candidate] = []
    for ticket, known_id in _issued(clues, known, desk):
        given = bool(sender.address) and known_id.given_to == sender.address
        reason = "given to this sender" if given else "given to somebody else"
        found.append((Trust.ISSUED_ID, ticket, given, reason))
    seen = _seen(known, desk)
    for named in (seen[message_id] for message_id in clues.references if message_id in seen):
        # Anybody can give a mail the id of another's, so a later ticket never hides the right one.
        own = (ticket for ticket, _ in named if ticket.has_on_it(sender.address))
        ticket = next(own, named[0][0])
        allowed, reason = _participant(ticket, sender, authentic=True)
        found.append((Trust.KNOWN_ID, ticket, allowed, reason))
    found += [_by_number(ticket, sender, desk) for ticket in _numbered(clues, known, desk)]
    return found


def _numbered(clues: Clues, known: Known, desk: Desk) -> list[Ticket]:
    by_number = {ticket.number: ticket for ticket in known.tickets if ticket.desk == desk.name}
    return [by_number[number] for number in clues.numbers if number in by_number]


def _by_number(ticket: Ticket, sender: Sender, desk: Desk) -> _Candidate:
    if desk.by_number is NumberTrust.NEVER:
        return (Trust.CASE_NUMBER, ticket, False, "the desk does not thread by number")
    authentic = desk.by_number is NumberTrust.AUTHENTIC_PARTICIPANT
    allowed, reason = _participant(ticket, sender, authentic=authentic)
    return (Trust.CASE_NUMBER, ticket, allowed, reason)


def _participant(ticket: Ticket, sender: Sender, *, authentic: bool) -> tuple[bool, str]:
    if not ticket.has_on_it(sender.address):
        return False, "the sender does not take part in it"
    if authentic and not sender.authentic:
        return False, "the sender takes part in it, but nobody vouches for the mail"
    return True, "the sender takes part in it"
