"""What was sent and what arrived lately, as values: what limits and floods go by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.desk.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Sendings:
    """What was sent to an address lately, for the limits on automatic mail.

    Counts are of automatic mails, queued in the hour, three hours and day before now; `on_ticket`
    of those on one ticket, by its id: in the hour and the day. `by_topic` of those of one template
    with one topic (`mail/topic.py`) in three hours. `confirms` are those of the day that ask an
    agent to confirm a mail, `transcripts` those of the hour on an agent's commands, and `partners`
    those of the hour that pass cases on to a partner of their customers; they count towards nothing
    else of the address. `domain` counts what went to the address's domain, and `unvouched` what
    went to anybody, in the last hour, where nobody vouched for the recipient; `house` what went to
    anybody. `failed` counts those of the day that answered mail which the address's domain disowns.
    `muted` says why the address gets no automatic mail at all, "" if it may. `asked_at` is when it
    was asked for feedback last, None if it never was or no desk asks.
    """

    address: str
    hour: int = 0
    three_hours: int = 0
    day: int = 0
    domain: int = 0
    unvouched: int = 0
    house: int = 0
    confirms: int = 0
    transcripts: int = 0
    partners: int = 0
    failed: int = 0
    on_ticket: tuple[tuple[int, int, int], ...] = ()
    by_topic: tuple[tuple[str, str, int], ...] = ()
    muted: str = ""
    asked_at: datetime | None = None


def asked_of(sendings: Iterable[Sendings]) -> dict[str, datetime]:
    """Give when addresses were asked for feedback last; those that never were are left out."""
    return {one.address: one.asked_at for one in sendings if one.asked_at}


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What arrived lately on the desk, for floods.

    `of_author` counts mails of this author that opened tickets or would have, within the time of a
    storm; when they are one, `latest` is the newest ticket that one of them opened. `stormed` says
    that so many came so lately that their author gets no automatic mail yet. `of_strangers` counts
    new tickets of senders whom nobody vouches for, within the desk's time for a flood, in which
    agents were `told` of it already.
    """

    of_author: int = 0
    latest: Ticket | None = None
    stormed: bool = False
    of_strangers: int = 0
    told: bool = False


NOTHING_LATELY = Arrivals()
