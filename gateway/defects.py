"""A fix's way, from a defect that is fixed to a mail for everybody with a case about it.

    look_up          the only read, on a snapshot: tickets about it, their people, and who knows
    decide, render   policy, pure
    apply            the only write, short; a ticket that changed meanwhile is looked up again

Each person is told once, however many cases of theirs are about the defect, and however often the
command is given: who was told is written down with the mail. Whoever could not be told, or came to
be on such a case later, is told the next time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway import maillog
from gateway.config.desk import Desk
from gateway.desk.decision import Decision
from gateway.desk.defects import Fix, tell_fixed
from gateway.desk.known import KnownId
from gateway.desk.lately import Sendings
from gateway.desk.limits import Restraint, Standing
from gateway.desk.person import Person
from gateway.desk.ticket import Ticket
from gateway.errors import Transient
from gateway.house import House
from gateway.letters import Occasion
from gateway.rendering import Numbered, Rendered, render
from gateway.store import defects, directory, limits
from gateway.store.conflict import Conflict
from gateway.store.effects import write_effects
from gateway.store.lookup.given import read_given

_AT_ONCE = 100
_MOST_ROUNDS = 10
# An agent recorded the defect on their cases, so these are genuine.
_STANDING = Standing(all_vouched=True)


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told of a fix: the people, and the numbers of their cases.

    `withheld` says whom it was not told now, and why.
    """

    people: tuple[str, ...]
    cases: tuple[str, ...]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of some tickets about a defect."""

    tickets: tuple[Ticket, ...]
    told: frozenset[str]
    people: Mapping[str, Person]
    given: Mapping[int, tuple[KnownId, ...]]
    sent: tuple[Sendings, ...]


def tell(house: House, desk: Desk, fix: Fix, now: datetime) -> Told:
    """Tell everybody with a case of a desk about a defect that it is fixed, but who knows already.

    Raises Transient when the store does not answer, or others change the same cases all the time.
    """
    with house.database.reading() as connection:
        ids = defects.tickets_about(connection, desk.name, fix.number)
    written: list[Rendered] = []
    withheld: list[str] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for _ in range(_MOST_ROUNDS):
            found, not_told = settle(house, desk, fix, some, now)
            done = apply(house, desk, fix, found, now)
            written += done
            if len(done) == len(found):
                withheld += not_told
                break
        else:
            raise Transient("others change the same cases all the time; try again")
    return Told(
        tuple(mail.recipient for one in written for mail in one.mails),
        tuple(one.ticket.number for one in written if one.ticket),
        tuple(withheld),
    )


def settle(
    house: House, desk: Desk, fix: Fix, ids: Sequence[int], now: datetime
) -> tuple[list[Rendered], list[str]]:
    """Decide what becomes of some tickets, and render all that will be written and sent.

    Beside that stands what is not sent, and why.
    """
    with house.database.reading() as connection:
        known = _look_up(connection, desk, fix, ids, now)
    restraint = Restraint(house.settings.sending, known.sent, house.routes.is_ours)
    told = set(known.told)
    found: list[Rendered] = []
    withheld: list[str] = []
    for ticket in known.tickets:
        wanted = tell_fixed(desk, ticket, fix, known.people, told, now)
        if wanted is None:
            continue
        decision = restraint.restrain(wanted, _STANDING, now)
        withheld += (f"{ticket.number}: {why}" for why in decision.withheld)
        if not decision.replies:
            continue
        found.append(_rendered(house, desk, decision, known.given.get(ticket.id, ()), now))
        restraint.add(found[-1].mails)
        told |= {reply.to.address for reply in decision.replies}
    return found, withheld


def _look_up(
    connection: Connection, desk: Desk, fix: Fix, ids: Sequence[int], now: datetime
) -> _Known:
    tickets = defects.load(connection, ids)
    addresses = {address for ticket in tickets for address in ticket.everybody}
    return _Known(
        tickets,
        defects.told(connection, desk.name, fix.number),
        directory.find(connection, addresses),
        read_given(connection, ids),
        tuple(limits.sendings(connection, addresses, now).values()),
    )


def _rendered(
    house: House, desk: Desk, decision: Decision, given: tuple[KnownId, ...], now: datetime
) -> Rendered:
    about = Occasion(desk, (), "", by_agent=True, given=given)
    return render(house, about, decision, Numbered(), now)


def apply(
    house: House, desk: Desk, fix: Fix, found: Sequence[Rendered], now: datetime
) -> list[Rendered]:
    """Write down who is told, each ticket under a savepoint; give those that were written.

    One that changed meanwhile, or whose mail is one too many by now, is left as it is.
    """
    if not found:
        return []
    written = []
    with house.database.writing() as connection:
        limits.lock(connection, [mail for one in found for mail in one.mails])
        for one in found:
            told = [(mail.recipient, mail.ticket) for mail in one.mails]
            try:
                with connection.begin_nested():
                    limits.check(connection, one.mails, house.settings.sending, now)
                    defects.note_told(connection, desk.name, fix.number, told, now)
                    write_effects(connection, one.effects)
            except Conflict:
                continue
            written.append(one)
    for one in written:
        for mail in one.mails:
            case = one.ticket.number if one.ticket else None
            maillog.queued(mail.id, mail.template, mail.recipient, case=case)
    return written
