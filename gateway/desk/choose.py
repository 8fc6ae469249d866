"""Which ticket a mail belongs to, by trust.

A clue alone never lets a stranger reach a ticket. A reply address counts for the one it was signed
for, a Message-ID that we issued for the one it was given to; any other Message-ID, an ancestor that
nobody has seen, and a case number only for somebody who takes part or whose organisation the ticket
is, in an authentic mail. An agent must be proven. A genuine reply address that somebody else uses
leads to its ticket too, but only for an internal entry, and the choice says so. What may not be
touched is a claim, for an agent to look at. The body never counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.config.desk import Desk, NumberTrust
from gateway.desk.choice import Choice, Trust
from gateway.desk.identify import own_addresses
from gateway.desk.known import Addressed, Known, KnownId, ReplyRole, Role, Sender, SentMail
from gateway.desk.ticket import Ticket
from gateway.mail.model import Clues, Kind


def choose(
    clues: Clues,
    known: Known,
    sender: Sender,
    desk: Desk,
    kind: Kind,
    addressed: Sequence[Addressed] = (),
) -> Choice:
    """Give the ticket that the mail belongs to, or None with the tickets that it merely claims.

    `addressed` are the genuine reply addresses that it came to. A bounce comes from a server that
    takes part in nothing, so only a mail of ours counts in it, whoever it was given to: all that
    comes of it is an internal entry.
    """
    asked = _Asked(clues, known, sender, desk, tuple(addressed))
    if kind is Kind.BOUNCE:
        return next(_returned(asked), Choice(None, None))
    claims: list[Ticket] = []
    why: list[str] = []
    for found in _candidates(asked, kind):
        ticket = asked.standing(found.named)
        why.append(f"{found.trust.value}: {found.named.number}: {found.reason}")
        if found.allowed:
            named = found.named if ticket is not found.named else None
            return Choice(
                ticket, found.trust, (), tuple(why), found.answered, named, found.returned
            )
        if ticket not in claims:
            claims.append(ticket)
    return Choice(None, None, tuple(claims), tuple(why))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A ticket that a clue names, and whether it counts for this sender."""

    trust: Trust
    named: Ticket
    allowed: bool
    reason: str
    answered: KnownId | None = None
    returned: SentMail | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a choice is made of."""

    clues: Clues
    known: Known
    sender: Sender
    desk: Desk
    addressed: tuple[Addressed, ...]

    @property
    def tickets(self) -> dict[int, Ticket]:
        """Give the known tickets of this desk by their ids."""
        return {t.id: t for t in self.known.tickets if t.desk == self.desk.name}

    def standing(self, ticket: Ticket) -> Ticket:
        """Give where a ticket was merged into, unless that is another desk's."""
        standing = self.known.standing(ticket)
        return standing if standing.desk == ticket.desk else ticket

    def seen(self, ids: Sequence[KnownId]) -> dict[str, list[tuple[Ticket, KnownId]]]:
        """Give the tickets of this desk on which each id was seen, in the order of `ids`."""
        tickets = self.tickets
        found: dict[str, list[tuple[Ticket, KnownId]]] = {}
        for one in ids:
            if one.ticket in tickets:
                found.setdefault(one.message_id, []).append((tickets[one.ticket], one))
        return found

    def issued(self) -> Iterator[tuple[Ticket, KnownId]]:
        """Give the tickets on which ids that we issued were seen, by the order of the clues."""
        seen = self.seen(self.known.ids)
        for one in self.clues.issued:
            yield from seen.get(one.message_id, ())

    def has_mail_of(self, ticket: Ticket) -> bool:
        """Say whether the mail names an id that we gave to its sender on that ticket."""
        own = own_addresses(self.sender)
        return any(of is ticket and one.given_to in own for of, one in self.issued())

    def takes_part(self, ticket: Ticket) -> bool:
        """Say whether the sender is on a ticket, or on the one that it was merged into."""
        both = (ticket, self.standing(ticket))
        return any(t.has_on_it(one) for one in own_addresses(self.sender) for t in both)

    def is_colleague(self, ticket: Ticket) -> bool:
        """Say whether the ticket, and the one that it was merged into, are of the sender's firm."""
        firm = self.sender.organisation
        return bool(firm) and firm == ticket.organisation == self.standing(ticket).organisation


def _candidates(asked: _Asked, kind: Kind) -> Iterator[_Candidate]:
    """Give every ticket of this desk that a clue names, most trusted clue first."""
    yield from _by_address(asked, kind)
    for ticket, one in asked.issued():
        yield _issued(asked, ticket, one)
    yield from _by_reference(asked)
    by_number = {ticket.number: ticket for ticket in asked.tickets.values()}
    for number in asked.clues.numbers:
        if number in by_number:
            yield _by_number(asked, by_number[number])


def _by_reference(asked: _Asked) -> Iterator[_Candidate]:
    """Give the tickets of other ids: of those that were seen, then of those that nobody saw."""
    seen = asked.seen(asked.known.ids)
    for message_id in asked.clues.references:
        if message_id in seen:
            yield _among(asked, Trust.KNOWN_ID, [t for t, _ in seen[message_id]])
    siblings = asked.seen(asked.known.ancestors)
    for message_id in asked.clues.references:
        if message_id in siblings and message_id not in seen:
            yield _among(asked, Trust.SIBLING, [t for t, _ in siblings[message_id]])


def _by_address(asked: _Asked, kind: Kind) -> Iterator[_Candidate]:
    """Give the tickets of genuine reply addresses: those for this sender, then all others."""
    own = own_addresses(asked.sender)
    tickets = asked.tickets
    for_others = []
    for one in asked.addressed:
        ticket = tickets.get(one.sent.ticket)
        if ticket is None:
            continue
        if one.role is ReplyRole.BOUNCE:
            for_others.append(_by_reverse_path(one, ticket, kind))
        elif one.person in own:
            yield _for_this_sender(asked, one, ticket)
        else:
            for_others.append(_for_another(asked, one, ticket))
    yield from sorted(for_others, key=lambda found: found.trust is not Trust.SHARED_ADDRESS)


def _for_this_sender(asked: _Asked, one: Addressed, ticket: Ticket) -> _Candidate:
    """Judge an address that was signed for the sender: an agent has to be one still."""
    allowed = asked.sender.role is not Role.AGENT or asked.sender.proven
    reason = "signed for this sender" if allowed else "signed for this agent, who is not proven"
    if one.role is ReplyRole.AGENT and asked.sender.role is not Role.AGENT:
        allowed, reason = False, "signed for an agent, which the sender is not"
    return _Candidate(Trust.REPLY_ADDRESS, ticket, allowed, reason)


def _for_another(asked: _Asked, one: Addressed, ticket: Ticket) -> _Candidate:
    """Judge an address that was signed for somebody else.

    Who answers to all of a mail uses the others' addresses too, and remains who they are.
    """
    by = f"signed for {one.person}"
    allowed, reason = _authentic_participant(asked, ticket)
    if not allowed and asked.sender.role is not Role.AGENT and asked.has_mail_of(ticket):
        allowed, reason = True, "the sender was given a mail on it as well"
    if allowed:
        return _Candidate(Trust.SHARED_ADDRESS, ticket, allowed=True, reason=f"{by}, but {reason}")
    if asked.sender.role is Role.AGENT:
        return _Candidate(Trust.ANOTHERS_ADDRESS, ticket, allowed=False, reason=f"{by}; {reason}")
    return _Candidate(Trust.ANOTHERS_ADDRESS, ticket, allowed=True, reason=by)


def _by_reverse_path(one: Addressed, ticket: Ticket, kind: Kind) -> _Candidate:
    """Judge the reverse-path of a mail of ours, where absence notices come to as well."""
    allowed = kind is not Kind.PERSON
    reason = f"of a mail to {one.person}" if allowed else "people do not write there"
    return _Candidate(Trust.RETURN_ADDRESS, ticket, allowed, reason, returned=one.sent)


def _issued(asked: _Asked, ticket: Ticket, one: KnownId) -> _Candidate:
    """Judge a Message-ID that we issued: whoever else has it must take part, as with any other."""
    agent = asked.sender.role is Role.AGENT
    if one.given_to and one.given_to in own_addresses(asked.sender):
        allowed = not agent or asked.sender.proven
        reason = "given to this sender" if allowed else "given to this agent, who is not proven"
        return _Candidate(Trust.ISSUED_ID, ticket, allowed, reason, one)
    allowed, reason = _authentic_participant(asked, ticket)
    if allowed:
        return _Candidate(Trust.KNOWN_ID, ticket, allowed, f"given to somebody else, but {reason}")
    return _Candidate(Trust.ISSUED_ID, ticket, allowed=False, reason="given to somebody else")


def _among(asked: _Asked, trust: Trust, named: Sequence[Ticket]) -> _Candidate:
    """Judge an id that several tickets may have, since anybody can give it to a mail of theirs.

    So a later ticket never hides the right one.
    """
    colleagues = trust is Trust.SIBLING
    own = (t for t in named if asked.takes_part(t) or (colleagues and asked.is_colleague(t)))
    ticket = next(own, named[0])
    allowed, reason = _authentic_participant(asked, ticket, colleagues=colleagues)
    return _Candidate(trust, ticket, allowed, reason)


def _by_number(asked: _Asked, ticket: Ticket) -> _Candidate:
    rule = asked.desk.by_number
    if rule is NumberTrust.NEVER:
        reason = "the desk does not thread by number"
        return _Candidate(Trust.CASE_NUMBER, ticket, allowed=False, reason=reason)
    allowed, reason = _authentic_participant(asked, ticket, colleagues=True)
    unvouched = rule is NumberTrust.PARTICIPANT and asked.sender.role is not Role.AGENT
    if not allowed and unvouched and asked.takes_part(ticket):
        allowed, reason = True, "the sender takes part in it"
    return _Candidate(Trust.CASE_NUMBER, ticket, allowed, reason)


def _authentic_participant(
    asked: _Asked, ticket: Ticket, *, colleagues: bool = False
) -> tuple[bool, str]:
    """Say whether it is an authentic mail of one who takes part, or of a proven agent."""
    sender = asked.sender
    if sender.role is Role.AGENT:
        return sender.proven, "the sender is an agent" if sender.proven else "no proven agent's"
    part = asked.takes_part(ticket)
    if not part and not (colleagues and asked.is_colleague(ticket)):
        return False, "the sender does not take part in it"
    of = "the sender takes part in it" if part else "it is the sender's organisation's"
    return sender.authentic, of if sender.authentic else f"{of}, but nobody vouches for the mail"


def _returned(asked: _Asked) -> Iterator[Choice]:
    """Give the tickets of mails of ours that a bounce is about: by its address, then by its ids."""
    tickets = asked.tickets
    for one in asked.addressed:
        ticket = tickets.get(one.sent.ticket)
        if ticket is not None and one.role is ReplyRole.BOUNCE:
            yield _bounced(asked, Trust.RETURN_ADDRESS, ticket, None, one.sent)
    numbers = {issued.message_id: issued.outbox for issued in asked.clues.issued}
    for ticket, one_id in asked.issued():
        if one_id.given_to:
            sent = asked.known.mail(numbers[one_id.message_id])
            yield _bounced(asked, Trust.ANSWERED_ID, ticket, one_id, sent)


def _bounced(
    asked: _Asked, trust: Trust, named: Ticket, answered: KnownId | None, sent: SentMail | None
) -> Choice:
    ticket = asked.standing(named)
    given_to = answered.given_to if answered else sent.recipient if sent else ""
    return Choice(
        ticket=ticket,
        trust=trust,
        why=(f"{trust.value}: {named.number}: given to {given_to}",),
        answered=answered,
        named=named if ticket is not named else None,
        returned=sent,
    )
