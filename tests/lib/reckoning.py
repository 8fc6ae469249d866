"""Was a mail lost or doubled? What the world outside knows, against what the database says.

Whoever breaks a daemon on purpose asks this afterwards: `make crash`, `make faults`, `make soak`.
The world outside is the clients that saw 250, the mailboxes, and the MSA; nothing that the daemon
says of itself counts but its rows, which are compared with them.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from gateway.mail.format.prescan import first_message_id
from gateway.mail.model import Envelope
from gateway.store import books, raw
from gateway.store.database import Database
from gateway.store.outbox import OutboxState
from gateway.store.schema import entries, outbox, spool, tickets
from gateway.store.spool import State, imap_key, smtp_key

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that we answered for: with 250, or by what we did to it in its mailbox.

    `key` is as the spool has it. A mail makes so many `entries`, however often and by whichever way
    it comes: 0 if it is held, or leads to nothing. Each of `answers`, names of templates, is queued
    exactly once for the mail on the ticket that it led to.
    """

    key: str
    message_id: str
    entries: int = 1
    answers: tuple[str, ...] = ()


def by_smtp(
    sender: str, recipient: str, content: bytes, entries: int = 1, answers: tuple[str, ...] = ()
) -> Delivery:
    """Give a delivery that a client saw 250 for; `recipient` as it was said in RCPT."""
    key = smtp_key(Envelope(sender, recipient, ""), _raw(content))
    return Delivery(key, first_message_id(content[:_HEAD]), entries, answers)


def by_imap(
    place: tuple[str, str, int, int],
    content: bytes,
    entries: int = 1,
    answers: tuple[str, ...] = (),
) -> Delivery:
    """Give a mail of a mailbox; `place` is account, folder, UIDVALIDITY and UID."""
    return Delivery(imap_key(*place), first_message_id(content[:_HEAD]), entries, answers)


def _raw(content: bytes) -> raw.RawMail:
    return raw.RawMail(hashlib.sha256(content).hexdigest(), len(content), b"", content)


@dataclass(frozen=True, slots=True)
class Handed:
    """A mail that reached the MSA after DATA: its bytes, and what the MSA answered to the dot."""

    content: bytes
    code: int

    @property
    def taken(self) -> bool:
        """Say whether the MSA has it, whether or not we ever heard of it."""
        return 200 <= self.code < 300

    @property
    def refused(self) -> bool:
        """Say whether the MSA will never have it."""
        return self.code >= 500

    @property
    def message_id(self) -> str:
        """Give its Message-ID."""
        return first_message_id(self.content[:_HEAD])


class Kind(StrEnum):
    """What is wrong: ODD is what is neither lost nor doubled and must not be all the same."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, as a sentence."""

    kind: Kind
    sentence: str

    def __str__(self) -> str:
        """Write it in a line."""
        return f"{self.kind}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What came of a comparison; `uncertain` counts the repeats that may be."""

    findings: tuple[Finding, ...]
    uncertain: int

    def count(self, kind: Kind) -> int:
        """Count what is wrong in one way."""
        return sum(finding.kind is kind for finding in self.findings)


def reckon(
    database: Database,
    accepted: Collection[Delivery],
    handed: Sequence[Handed],
    *,
    drained: bool = True,
) -> Reckoning:
    """Compare. Before all is `drained` a mail may wait, and one that is sent may be on its way."""
    taken: dict[str, list[bytes]] = defaultdict(list)
    for one in handed:
        if one.taken:
            taken[one.message_id].append(one.content)
    refused = {one.message_id for one in handed if one.refused}
    with database.reading() as connection:
        sent = _sent(connection)
        findings = [
            *_received(connection, accepted, drained=drained),
            *_entered(connection, accepted, drained=drained),
            *_answered(connection, accepted),
            *_balanced(connection),
            *(f for row in sent for f in _came_out(row, taken, refused, drained=drained)),
        ]
    known = {row.message_id for row in sent}
    findings += [
        Finding(Kind.DUPLICATED, f"the MSA got {unknown}, which no row of the outbox is")
        for unknown in sorted(taken.keys() - known)
    ]
    return Reckoning(tuple(findings), sum(len(copies) - 1 for copies in taken.values()))


def _received(
    connection: Connection, accepted: Collection[Delivery], *, drained: bool
) -> Iterator[Finding]:
    """See that each delivery is in the spool, and that its way there has ended well."""
    columns = ("id", "delivery_key", "message_id", "state", "reason", "duplicate_of")
    rows = connection.execute(select(*(spool.c[name] for name in columns))).all()
    by_key = {row.delivery_key: row for row in rows}
    by_id = {row.id: row for row in rows}
    for one in accepted:
        row = by_key.get(one.key)
        if row is None:
            yield Finding(Kind.LOST, f"{one.message_id} was accepted and is not in the spool")
        elif row.state == State.WAITING and drained:
            yield Finding(Kind.ODD, f"{one.message_id} waits still")
        elif row.state == State.FAILED and not row.reason:
            yield Finding(Kind.ODD, f"{one.message_id} failed without a reason")
        elif row.state == State.DUPLICATE:
            original = by_id.get(row.duplicate_of)
            if original is None or original.message_id != row.message_id:
                yield Finding(Kind.LOST, f"{one.message_id} is a duplicate of what is no such mail")


def _entered(
    connection: Connection, accepted: Collection[Delivery], *, drained: bool
) -> Iterator[Finding]:
    """See that each mail made its entries, once, and that there is no ticket without one."""
    counted = connection.execute(
        select(spool.c.message_id, func.count())
        .join(entries, entries.c.spool == spool.c.id)
        .group_by(spool.c.message_id)
    )
    found: dict[str, int] = {row[0]: row[1] for row in counted}
    unfinished = [State.FAILED] if drained else [State.FAILED, State.WAITING]
    aside = connection.execute(
        select(spool.c.message_id).where(spool.c.state.in_(unfinished)).distinct()
    )
    excused = set(aside.scalars())
    for message_id, expected in {one.message_id: one.entries for one in accepted}.items():
        count = found.get(message_id, 0)
        if count > expected:
            yield Finding(Kind.DUPLICATED, f"{message_id} made {count} entries, not {expected}")
        elif count < expected and message_id not in excused:
            yield Finding(Kind.LOST, f"{message_id} made {count} entries, not {expected}")
    said = select(entries.c.ticket)
    for number in connection.execute(select(tickets.c.number).where(tickets.c.id.not_in(said))):
        yield Finding(Kind.DUPLICATED, f"the case {number[0]} has no entry")


def _answered(connection: Connection, accepted: Collection[Delivery]) -> Iterator[Finding]:
    """See that what each mail is to be answered was queued, once."""
    answers = {one.message_id: one.answers for one in accepted if one.answers}
    found = connection.execute(
        select(spool.c.message_id, entries.c.ticket).join(entries, entries.c.spool == spool.c.id)
    )
    expected: Counter[tuple[int, str]] = Counter()
    for message_id, ticket in found:
        expected.update((ticket, template) for template in answers.get(message_id, ()))
    counted = connection.execute(
        select(outbox.c.ticket, outbox.c.template, func.count()).group_by(
            outbox.c.ticket, outbox.c.template
        )
    )
    queued = {(row[0], row[1]): row[2] for row in counted}
    for (ticket, template), wanted in expected.items():
        count = queued.get((ticket, template), 0)
        if count != wanted:
            kind = Kind.LOST if count < wanted else Kind.DUPLICATED
            yield Finding(kind, f"{template} was queued {count} times, not {wanted}: case {ticket}")


def _balanced(connection: Connection) -> Iterator[Finding]:
    for account in books.accounts(connection):
        if account.difference:
            sentence = f"the books of {account.source} differ by {account.difference} mails"
            yield Finding(Kind.ODD, sentence)


def _sent(connection: Connection) -> Sequence[Row[Any]]:
    names = ("message_id", "state", "settled_at", "automatic", "uncertain_times", "content")
    return connection.execute(select(*(outbox.c[name] for name in names))).all()


def _came_out(
    row: Row[Any], taken: dict[str, list[bytes]], refused: Collection[str], *, drained: bool
) -> Iterator[Finding]:
    """See that the MSA has a mail of the outbox as often as it may, byte for byte."""
    copies = taken.get(row.message_id, [])
    if any(copy.removesuffix(b"\r\n") != row.content.removesuffix(b"\r\n") for copy in copies):
        yield Finding(Kind.DUPLICATED, f"{row.message_id} went out with other bytes")
    # An automatic one that nobody can know of goes out once more, others until it is known.
    repeats = min(row.uncertain_times, 1) if row.automatic else row.uncertain_times
    if len(copies) - 1 > repeats:
        yield Finding(
            Kind.DUPLICATED,
            f"{row.message_id} went out {len(copies)} times; it was uncertain "
            f"{row.uncertain_times} times",
        )
    if row.state == OutboxState.SENT and not copies:
        yield Finding(Kind.LOST, f"{row.message_id} counts as sent, and the MSA does not have it")
    if not drained:
        return
    if row.settled_at is None:
        yield Finding(Kind.ODD, f"{row.message_id} is not settled: {row.state}")
    elif row.state == OutboxState.FAILED and row.message_id not in refused:
        yield Finding(Kind.LOST, f"{row.message_id} was given up, and the MSA never refused it")
