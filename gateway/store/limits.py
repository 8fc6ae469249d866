"""What was sent lately, as the limits on automatic mail ask for it (`desk/tally.py`).

It is read twice: on the snapshot that a decision rests on, and in the transaction that queues the
mails, where those who count the same wait for each other: N nodes send no more than one. A few
queries for a whole batch, each by an index.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, select, text

from gateway.config.settings import Sending
from gateway.desk.lately import Sendings
from gateway.desk.tally import CONFIRM, PARTNER, TRANSCRIPT, Tally, domain_of, is_counted
from gateway.store.conflict import Conflict
from gateway.store.database import insert
from gateway.store.outbox import Outgoing
from gateway.store.portions import portions
from gateway.store.schema import alarms, correspondents, outbox

_HOUR = timedelta(hours=1)
_THREE_HOURS = timedelta(hours=3)
_DAY = timedelta(days=1)
# As the indexes have it: SQLite takes an index of some rows for no condition but its own.
_COUNTED = text("domain <> ''")
_NOT_COUNTED = text("domain = ''")

_log = logging.getLogger("casepost.limits")


def sendings(
    connection: Connection, addresses: Collection[str], now: datetime
) -> dict[str, Sendings]:
    """Say of each address what it got lately, and whether it may get more."""
    found = {address: Sendings(address) for address in addresses}
    for some in portions(addresses):
        rows: dict[str, list[_Mail]] = {}
        for row in _sent(connection, some, now):
            rows.setdefault(row.recipient, []).append(row)
        in_domain, unvouched, house = _to_many(connection, some, now)
        for address in some:
            domain = in_domain[domain_of(address)]
            among = Sendings(address, domain=domain, unvouched=unvouched, house=house)
            found[address] = _with_own(among, rows.get(address, ()), now)
        for address, why in _muted(connection, some, now):
            found[address] = replace(found[address], muted=why)
    return found


@dataclass(frozen=True, slots=True)
class _Mail:
    recipient: str
    ticket: int | None
    template: str
    topic: str
    failed: bool
    queued_at: datetime


def _sent(connection: Connection, addresses: Sequence[str], now: datetime) -> Iterator[_Mail]:
    """Give the counted mails of the last day; the limits themselves keep them few."""
    rows = connection.execute(_SENT, {"addresses": addresses, "since": now - _DAY})
    return (_Mail(*row) for row in rows)


# Made once: to make a statement takes as long as to carry it out.
_SINCE = bindparam("since", type_=outbox.c.queued_at.type)
_SENT = select(
    outbox.c.recipient,
    outbox.c.ticket,
    outbox.c.template,
    outbox.c.topic,
    outbox.c.failed,
    outbox.c.queued_at,
).where(
    _COUNTED,
    outbox.c.recipient.in_(bindparam("addresses", expanding=True)),
    outbox.c.queued_at >= _SINCE,
)
_ASKED = case(
    (outbox.c.domain.in_(bindparam("domains", expanding=True)), outbox.c.domain), else_=""
)
_TO_MANY = (
    select(_ASKED.label("asked"), outbox.c.vouched, func.count().label("sent"))
    .where(_COUNTED, outbox.c.queued_at >= _SINCE)
    .group_by("asked", outbox.c.vouched)
)
_MUTED = select(correspondents.c.address, correspondents.c.muted_why).where(
    correspondents.c.address.in_(bindparam("addresses", expanding=True)),
    correspondents.c.muted_until > bindparam("now", type_=correspondents.c.muted_until.type),
)


def _with_own(among: Sendings, rows: Sequence[_Mail], now: datetime) -> Sendings:
    """Add what an address got by itself."""
    if not rows:
        return among
    hour: Counter[int] = Counter()
    day: Counter[int] = Counter()
    topics: Counter[tuple[str, str]] = Counter()
    in_three_hours = confirms = transcripts = partners = failed = 0
    for row in rows:
        if row.template == CONFIRM:
            confirms += 1
            continue
        if row.template == TRANSCRIPT:
            transcripts += row.queued_at >= now - _HOUR
            continue
        if row.template.startswith(PARTNER):
            partners += row.queued_at >= now - _HOUR
            continue
        failed += row.failed
        ticket = row.ticket or 0
        day[ticket] += 1
        hour[ticket] += row.queued_at >= now - _HOUR
        if row.queued_at >= now - _THREE_HOURS:
            in_three_hours += 1
            topics[row.template, row.topic] += 1
    return replace(
        among,
        hour=hour.total(),
        three_hours=in_three_hours,
        day=day.total(),
        confirms=confirms,
        transcripts=transcripts,
        partners=partners,
        failed=failed,
        on_ticket=tuple((ticket, hour[ticket], count) for ticket, count in day.items() if ticket),
        by_topic=tuple((*key, count) for key, count in topics.items()),
    )


def _to_many(
    connection: Connection, addresses: Sequence[str], now: datetime
) -> tuple[Counter[str], int, int]:
    """Count the last hour's mail to those nobody vouches for, by domain and at all; and all."""
    domains = {domain_of(address) for address in addresses}
    values = {"domains": list(domains), "since": now - _HOUR}
    rows = connection.execute(_TO_MANY, values).all()
    in_domain = Counter({row.asked: row.sent for row in rows if not row.vouched})
    return in_domain, in_domain.total(), sum(row.sent for row in rows)


def news(connection: Connection, tickets: Collection[int], now: datetime) -> dict[int, int]:
    """Count the last hour's mails to agents about each ticket, to the one who got most."""
    found: dict[int, int] = {}
    for some in portions(tickets):
        rows = connection.execute(
            select(outbox.c.ticket, func.count().label("sent"))
            .where(
                outbox.c.ticket.in_(some),
                outbox.c.template.startswith("agent/"),
                outbox.c.queued_at >= now - _HOUR,
            )
            .group_by(outbox.c.ticket, outbox.c.recipient)
        )
        for row in rows:
            found[row.ticket] = max(row.sent, found.get(row.ticket, 0))
    return found


def informed(connection: Connection, agents: Collection[str], now: datetime) -> dict[str, int]:
    """Count the last hour's mails by which each of these agents was told of cases."""
    found: dict[str, int] = {}
    for some in portions(agents):
        rows = connection.execute(
            select(outbox.c.recipient, func.count().label("sent"))
            .where(
                _NOT_COUNTED,
                outbox.c.recipient.in_(some),
                outbox.c.queued_at >= now - _HOUR,
                outbox.c.template.startswith("agent/"),
            )
            .group_by(outbox.c.recipient)
        )
        found |= {row.recipient: row.sent for row in rows}
    return found


def _muted(
    connection: Connection, addresses: Sequence[str], now: datetime
) -> Iterator[tuple[str, str]]:
    for row in connection.execute(_MUTED, {"addresses": addresses, "now": now}):
        yield row.address, f"mail to this address came back: {row.muted_why}"


def lock(
    connection: Connection, mails: Collection[Outgoing], senders: Collection[str] = ()
) -> None:
    """Wait for everybody else who is about to send what counts together with these mails.

    The same for senders of whom something is counted besides. Until the transaction ends nobody
    else can. SQLite has one writer anyhow. Whoever checks the mails of a transaction in several
    goes locks them all before: two who took them one by one in different orders could wait for
    each other.
    """
    if connection.dialect.name == "sqlite":
        return
    names = set(senders)
    for mail in mails:
        if is_counted(mail):
            names.add(mail.recipient)
            names.update(() if mail.vouched else ("@", f"@{mail.domain}"))
    if not names:
        return
    entered = insert(connection, correspondents).on_conflict_do_nothing()
    connection.execute(entered, [{"address": name} for name in sorted(names)])
    connection.execute(
        select(correspondents.c.address)
        .where(correspondents.c.address.in_(names))
        .order_by(correspondents.c.address)
        .with_for_update()
    ).all()


def check(
    connection: Connection,
    mails: Collection[Outgoing],
    sending: Sending,
    now: datetime,
    senders: Collection[str] = (),
) -> None:
    """Raise Conflict unless all these mails may be queued in this transaction.

    It is called before anything else is locked, and locks `senders`, of whom something is counted
    besides. A breaker that is full by these mails is logged, and kept for `raised`.
    """
    counted = [mail for mail in mails if is_counted(mail)]
    if not counted and not senders:
        return
    lock(connection, counted, senders)
    if not counted:
        return
    before = sendings(connection, {mail.recipient for mail in counted}, now)
    tally = Tally(sending, before.values())
    for mail in counted:
        if why := tally.excess(mail, mail.recipient, mail.ticket):
            raise Conflict(why)
        tally.add(mail, mail.recipient, mail.ticket)
    for name, count, whom in tally.full():
        _raise(connection, name, f"automatic mail {whom} stops: {count} in an hour", now)


def raise_told(connection: Connection, counts: Mapping[str, int], now: datetime) -> None:
    """Keep an alarm for each agent who was told so much that timers tell them no more."""
    for address, count in counts.items():
        what = f"timers tell {address} no more: {count} mails in an hour"
        _raise(connection, address, what, now)


def _raise(connection: Connection, about: str, what: str, now: datetime) -> None:
    """Keep an alarm for an hour; log it unless it is kept already."""
    entry = insert(connection, alarms).values(about=about, what=what, until=now + _HOUR)
    raised = connection.execute(
        entry.on_conflict_do_update(
            index_elements=[alarms.c.about],
            set_={"what": entry.excluded.what, "until": entry.excluded.until},
            where=alarms.c.until <= now,
        ).execution_options(preserve_rowcount=True)
    )
    if raised.rowcount == 1:
        _log.error("%s; tickets go on being made", what)


def raised(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Give the alarms of the last hour, a sentence each."""
    rows = connection.execute(
        select(alarms.c.what).where(alarms.c.until > now).order_by(alarms.c.about)
    )
    return tuple(rows.scalars())
