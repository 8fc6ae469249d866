"""A rating's way, from the secret of a link to everything that it leads to.

    look_up          the only read, on a snapshot: the request, its ticket, and who is asking
    decide, render   policy, pure
    apply            the only write, short; what changed meanwhile is looked up again

Looking at a link changes nothing: programs do it, too. What one of them may have sent is kept aside
until somebody confirms it (`desk/scanner.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway import maillog
from gateway.config.desk import Desk
from gateway.desk.limits import Restraint, of_timer
from gateway.desk.person import Person
from gateway.desk.rating import rated
from gateway.desk.requested import MOST_STARS, Rating, Requested, Said, Standing, rating_of
from gateway.desk.requested import standing as standing_of
from gateway.desk.requested import until as until_of
from gateway.desk.scanner import Showing, comes_at_once, is_persons
from gateway.errors import Transient
from gateway.house import House
from gateway.letters import Occasion
from gateway.mail.feedback_link import digest_of
from gateway.maillog import Verb
from gateway.rendering import Numbered, Rendered, render
from gateway.store import diary, directory, limits
from gateway.store import feedback as requests
from gateway.store.conflict import Conflict
from gateway.store.effects import write_effects

_MOST_ROUNDS = 10
# Whoever fetches the page's links without end writes no more often than this.
_TRAPPED_AGAIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Form:
    """What the page behind a link says; `number` is the case's.

    Until `until` a rating can be given, or changed. `language` and `timezone` are the reader's.
    `unconfirmed` is what was said and does not count so far.
    """

    standing: Standing
    desk: str
    number: str
    language: str
    timezone: str
    until: datetime
    rating: Rating | None
    unconfirmed: Said | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    requested: Requested
    desk: Desk
    person: Person | None
    away: frozenset[str]
    told: int

    def form(self, now: datetime) -> Form:
        desk, ticket, policy = self.desk, self.requested.ticket, self.desk.feedback
        spoken = self.person.language if self.person else ""
        return Form(
            standing=standing_of(policy, self.requested, now),
            desk=desk.title,
            number=ticket.number,
            language=spoken if spoken in desk.languages else ticket.language,
            timezone=ticket.timezone or desk.timezone,
            until=until_of(policy, self.requested),
            rating=self.requested.rating,
            unconfirmed=self.requested.unconfirmed,
        )


def form(house: House, token: str, now: datetime) -> Form | None:
    """Give what a link leads to, None if it is none of ours. Raises Transient; changes nothing."""
    with house.database.reading() as connection:
        known = _look_up(connection, house, token, now)
    return known.form(now) if known else None


def trap(house: House, token: str, showing: Showing | None, now: datetime) -> Form | None:
    """Note that somebody followed a link that no person sees; give what the token leads to.

    `showing` says when the form was shown that had the link, if that is known. None if the token is
    none of ours. Raises Transient.
    """
    with house.database.reading() as connection:
        known = _look_up(connection, house, token, now)
    if known is None:
        return None
    trapped_at = known.requested.trapped_at
    since = showing is not None and trapped_at is not None and trapped_at < showing.at
    if trapped_at is None or since or now - trapped_at >= _TRAPPED_AGAIN:
        with house.database.writing(durable=False) as connection:
            requests.note_trapped(connection, known.requested.id, now)
    return known.form(now)


def rate(
    house: House, token: str, said: Said, showing: Showing | None, now: Callable[[], datetime]
) -> Form | None:
    """Rate by a link; give what it leads to afterwards, None if it is none of ours.

    `showing` says when the form was shown that was sent. What may be a program's rating is kept
    aside. A link by which nothing can be rated any more changes nothing, and so does the same
    rating again. Raises ValueError for stars that there are not, and Transient.
    """
    if not 1 <= said.stars <= MOST_STARS:
        raise ValueError(f"there are 1 to {MOST_STARS} stars")
    for _ in range(_MOST_ROUNDS):
        at = now()
        with house.database.reading() as connection:
            known = _look_up(connection, house, token, at)
        if known is None:
            return None
        if not _is_new(known, said, at):
            return known.form(at)
        requested = known.requested
        if not is_persons(showing, requested.trapped_at, at):
            return _kept_aside(house, known, said, at, at_once=comes_at_once(showing, at))
        rating = rating_of(requested, said.stars, said.comment, at)
        _apply(house, known, rating, _settle(house, known, rating, at), at)
    raise Transient("others rate by the same link")


def _is_new(known: _Known, said: Said, now: datetime) -> bool:
    """Say whether a rating can be given, and is another than the one that there is."""
    requested = known.requested
    if standing_of(known.desk.feedback, requested, now) not in (Standing.OPEN, Standing.CHANGEABLE):
        return False
    rating, before = rating_of(requested, said.stars, said.comment, now), requested.rating
    return before is None or (before.stars, before.comment) != (rating.stars, rating.comment)


def _kept_aside(house: House, known: _Known, said: Said, now: datetime, *, at_once: bool) -> Form:
    """Keep what does not count, and that it came at once, which no person does."""
    request = known.requested
    if at_once or request.unconfirmed != said:
        with house.database.writing(durable=False) as connection:
            requests.keep_unconfirmed(connection, request.id, said, now)
            if at_once:
                requests.note_trapped(connection, request.id, now)
    return replace(known.form(now), unconfirmed=said)


def _look_up(connection: Connection, house: House, token: str, now: datetime) -> _Known | None:
    """Read what a link is about; that of a desk that is gone is none of ours."""
    digest = digest_of(token)
    requested = requests.find(connection, digest) if digest else None
    if requested is None:
        return None
    ticket = requested.ticket
    desk = next((one for one in house.desks if one.name == ticket.desk), None)
    if desk is None:
        return None
    return _Known(
        requested,
        desk,
        directory.find(connection, {requested.recipient}).get(requested.recipient),
        diary.away(connection, now),
        limits.news(connection, {ticket.id}, now).get(ticket.id, 0),
    )


def _settle(house: House, known: _Known, rating: Rating, now: datetime) -> Rendered:
    """Decide what becomes of a rating, and render all that will be written and sent."""
    ticket = known.requested.ticket
    decision = rated(known.desk, known.requested, rating, now, known.away, known.person)
    restraint = Restraint(house.settings.sending, (), house.routes.is_ours)
    standing = of_timer(ticket, known.person, known.told)
    decision = restraint.restrain(decision, standing, now)
    return render(house, Occasion(known.desk, (), ticket.subject), decision, Numbered(), now)


def _apply(house: House, known: _Known, rating: Rating, what: Rendered, now: datetime) -> None:
    """Write it down, unless something changed meanwhile."""
    try:
        with house.database.writing() as connection:
            limits.check(connection, what.mails, house.settings.sending, now)
            requests.rate(connection, known.requested, rating)
            write_effects(connection, what.effects)
    except Conflict:
        return
    case = known.requested.ticket.number
    maillog.event(Verb.RATED, case=case, stars=rating.stars)
    for mail in what.mails:
        maillog.queued(mail.id, mail.template, mail.recipient, case=case)
