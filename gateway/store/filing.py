"""Writing down what was decided: the one write of a mail's way.

Everything a mail leads to is written in the transaction that ends its way in the spool. What was
read on a snapshot is checked again here: the claim's epoch, the fingerprint, the ticket's version.
A batch is written with a few statements for all its mails; if one conflicts, the caller writes
each by itself and sends the one that conflicts back to the look-up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Insert, bindparam, or_, update

from gateway.config.settings import Sending
from gateway.desk.decision import Decision, Outcome, Release
from gateway.desk.ticket import Ticket
from gateway.failpoint import reached
from gateway.store import limits, rule_hits
from gateway.store.bulk import write_rows
from gateway.store.claims import FREED
from gateway.store.conflict import ClaimLost, expect
from gateway.store.consequences import carry_out
from gateway.store.database import insert_into
from gateway.store.effects import Effects, queue, write_effects
from gateway.store.likenesses import write_likenesses
from gateway.store.outbox import Outgoing
from gateway.store.rule_hits import Hit
from gateway.store.schema import fingerprints, spool
from gateway.store.spool import State


@dataclass(frozen=True, slots=True)
class Filing:
    """A decision ready to be written: with ids, case numbers and rendered mails.

    `expires_at` is set where the fingerprint counts only for a while. `author` is the one clean
    From address, "" if there is none. `ticket` is the one that the mail belongs to, after its
    events, None if it belongs to none. `effects` are what becomes of each ticket that the decision
    touches; `outgoing` are the mails that are about none. `stranger` says that it opened a ticket
    for somebody whom nobody vouches for. `hits` are rules with a limit that hit for its sender,
    `ruled` all that hit.
    """

    spool_id: int
    epoch: int
    received_at: datetime
    desk: str
    author: str
    fingerprint: str
    expires_at: datetime | None
    decision: Decision
    ticket: Ticket | None
    effects: tuple[Effects, ...]
    outgoing: tuple[Outgoing, ...]
    trace: dict[str, object]
    stranger: bool = False
    hits: tuple[Hit, ...] = ()
    ruled: tuple[str, ...] = ()

    @property
    def mails(self) -> tuple[Outgoing, ...]:
        """Give all mails that are queued."""
        return (*self.outgoing, *(mail for one in self.effects for mail in one.outgoing))


def write(
    connection: Connection, filings: Sequence[Filing], now: datetime, sending: Sending
) -> tuple[Release, ...]:
    """Write these filings, all or none; give the held mails that they released.

    No two of them may touch the same ticket or bear the same fingerprint. Raises Conflict when what
    they rest on has changed.
    """
    hits = [hit for f in filings for hit in f.hits]
    mails = [mail for f in filings for mail in f.mails]
    limits.check(connection, mails, sending, now, {hit.sender for hit in hits})
    rule_hits.record(connection, hits, now)
    _settle(connection, filings, now)
    reached("filing.settled")
    originals = [f for f in filings if f.decision.outcome is not Outcome.DUPLICATE]
    _remember_fingerprints(connection, originals)
    touched = [effects for f in originals for effects in f.effects]
    write_effects(connection, touched)
    reached("filing.effects_written")
    write_likenesses(connection, touched)
    queue(connection, [mail for f in originals for mail in f.outgoing])
    consequences = [one for f in originals for one in f.decision.consequences]
    return carry_out(connection, consequences, now, timedelta(seconds=sending.muted))


_STATES = {
    Outcome.FILED: State.FILED,
    Outcome.HELD: State.HELD,
    Outcome.DUPLICATE: State.DUPLICATE,
}
_SETTLED = (
    update(spool)
    .where(
        spool.c.id == bindparam("spool_id"),
        spool.c.epoch == bindparam("claim"),
        spool.c.state == State.WAITING,
    )
    .values(
        **FREED,
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        desk=bindparam("new_desk"),
        author=bindparam("new_author"),
        stranger=bindparam("new_stranger"),
        ticket=bindparam("new_ticket"),
        duplicate_of=bindparam("original"),
        trace=bindparam("new_trace", type_=spool.c.trace.type),
        settled_at=bindparam("at", type_=spool.c.settled_at.type),
    )
)


def _settle(connection: Connection, filings: Sequence[Filing], now: datetime) -> None:
    settled = write_rows(
        connection,
        _SETTLED,
        [
            {
                "spool_id": f.spool_id,
                "claim": f.epoch,
                "new_state": _STATES[f.decision.outcome],
                "new_reason": f.decision.reason.value,
                "new_desk": f.desk,
                "new_author": f.author,
                "new_stranger": f.stranger,
                "new_ticket": f.ticket.id if f.ticket else None,
                "original": f.decision.duplicate_of,
                "new_trace": f.trace,
                "at": now,
            }
            for f in filings
        ],
    )
    if settled != len(filings):
        raise ClaimLost("a claim was lost")


def _remember_fingerprints(connection: Connection, filings: Sequence[Filing]) -> None:
    """Enter each mail's fingerprint; one that is there already, and still counts, conflicts."""
    entered = write_rows(
        connection,
        _fingerprint_entered(connection.dialect.name),
        [
            {
                "of_desk": f.desk,
                "found": f.fingerprint,
                "mail": f.spool_id,
                "until": f.expires_at,
                "received": f.received_at,
            }
            # In one order everywhere, so that two writers never wait for each other.
            for f in sorted(filings, key=lambda f: (f.desk, f.fingerprint))
        ],
    )
    expect(entered, len(filings), "the same mail was filed meanwhile")


@cache
def _fingerprint_entered(dialect: str) -> Insert:
    """Give the statement that enters a fingerprint, over one that counts no more."""
    entry = insert_into(dialect, fingerprints).values(
        desk=bindparam("of_desk"),
        fingerprint=bindparam("found"),
        spool=bindparam("mail"),
        expires_at=bindparam("until", type_=fingerprints.c.expires_at.type),
    )
    received = bindparam("received", type_=fingerprints.c.expires_at.type)
    return entry.on_conflict_do_update(
        index_elements=[fingerprints.c.desk, fingerprints.c.fingerprint],
        set_={"spool": entry.excluded.spool, "expires_at": entry.excluded.expires_at},
        # One that is over, or the mail's own, from when it was held.
        where=or_(
            fingerprints.c.expires_at <= received,
            fingerprints.c.spool == entry.excluded.spool,
        ),
    )
