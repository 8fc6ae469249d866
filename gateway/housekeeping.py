"""What is done once a minute: check the books, teach the filter, remove leftovers, plan, report.

What may wait for other servers comes last.
"""

import logging
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from gateway import monthly
from gateway.config import duration
from gateway.config.served import Console
from gateway.config.settings import Msa, Settings
from gateway.courier.file_outlet import folder_in
from gateway.courier.records import longest_lease
from gateway.courier.schedule import longest_wait
from gateway.errors import Transient
from gateway.house import House
from gateway.imap_source.unread import tell_unread
from gateway.oauth2.accounts import grants_of
from gateway.oauth2.idle import renew_unused
from gateway.privacy import retaining
from gateway.privacy.retaining import Place
from gateway.replanning import Replanning
from gateway.rspamd import Rspamd
from gateway.store import (
    books,
    clock_steps,
    leases,
    likenesses,
    rule_counts,
    rule_hits,
    sessions,
    sign_in_failures,
)
from gateway.store.clock_steps import Longest
from gateway.store.leftovers import Leftovers
from gateway.teaching import teach

_log = logging.getLogger("casepost.housekeeping")

# The books of yesterday and today are checked each time, all of them more rarely.
_ALL_BOOKS = timedelta(hours=1)
_LATEST_BOOKS = timedelta(days=1)
# A mail counts by when it came, and may have waited in the spool.
_WAITING = timedelta(days=1)
_GRANTS = timedelta(hours=1)
# Longer than they keep anybody from signing in.
_FAILURES_COUNT = timedelta(hours=1)


class Housekeeping:
    """Keeps a house in order."""

    def __init__(self, house: House, rspamd: Rspamd, started_at: datetime) -> None:
        """Begin with all books."""
        patience = timedelta(seconds=house.settings.limits.data_total)
        self.house = house
        """Whose it is; it may get other templates on the way."""
        self._rspamd = rspamd
        self._began_at = self._all_books_due = self._grants_due = started_at
        self._replanning = Replanning(house)
        self._leftovers = Leftovers(house.database, house.large, patience, folder_in(house.data))

    def keep(self, at: datetime) -> None:
        """Check books and mailboxes, teach the filter, remove leftovers, erase, plan, mail reports.

        Now and then tokens are renewed that nobody uses.
        """
        try:
            self._put_clock_right(at)
            self._check_books(at)
            tell_unread(self.house.database, self.house.settings.imap, self._began_at, at)
            teach(self.house, self._rspamd, at)
            self._leftovers.sweep(at)
            self._forget(at)
            self._erase(at)
            self._replanning.go_on(at)
            monthly.send(self.house, at)
            self._use_grants(at)
        except Transient as error:
            _log.warning("house is kept later: %s", error)

    def _put_clock_right(self, at: datetime) -> None:
        """Let no mail wait for a time that a clock wrote which was ahead."""
        with self.house.database.writing(durable=False) as connection:
            found = clock_steps.put_right(connection, at, _longest(self.house.settings))
        if found:
            _log.warning("%d mails waited for a time far away: a clock was ahead", found)

    def _forget(self, at: datetime) -> None:
        """Forget by what floods are found, and hits of rules, once they are too old to count."""
        desks = self.house.desks
        longest = max(duration.parse(desk.incident.within) for desk in desks)
        limits = [one.within for needs in self.house.needs.values() for one in needs.limited]
        with self.house.database.writing(durable=False) as connection:
            likenesses.forget(connection, at - longest - _WAITING)
            rule_hits.forget(connection, at - max(limits, default=timedelta()) - _WAITING)
            rule_counts.forget(connection, at)
            self._forget_visits(connection, at)

    def _erase(self, at: datetime) -> None:
        """Erase some of what the house keeps no longer."""
        house = self.house
        place = Place(house.database, house.large, folder_in(house.data), house.desks)
        retaining.go_on(place, house.settings.retention, at)

    def _use_grants(self, at: datetime) -> None:
        """Let no refresh token end because nobody used it. Raises Transient."""
        if at < self._grants_due:
            return
        self._grants_due = at + _GRANTS
        house = self.house
        grants = grants_of(house.settings, house.database, house.node, house.data, lambda: at)
        renew_unused(grants.values(), at)

    def _forget_visits(self, connection: Connection, at: datetime) -> None:
        """Forget who was signed in to the console, and who tried in vain long enough ago."""
        console = self.house.settings.console or Console()
        sessions.forget(connection, at, timedelta(seconds=console.idle))
        sign_in_failures.forget(connection, at - _FAILURES_COUNT)

    def _check_books(self, at: datetime) -> None:
        """Raise the alarm where the books differ; old days are looked at once an hour."""
        whole = at >= self._all_books_due
        since = date.min if whole else (at - _LATEST_BOOKS).date()
        with self.house.database.reading() as connection:
            accounts = books.accounts(connection, since)
        if whole:
            self._all_books_due = at + _ALL_BOOKS
        for account in accounts:
            if account.difference:
                _log.error(
                    "the books of %s on %s differ by %d mails",
                    account.source,
                    account.day,
                    account.difference,
                )


def _longest(settings: Settings) -> Longest:
    msa = settings.msa or Msa(host="")
    worker_lease = timedelta(seconds=settings.worker.lease)
    mailboxes = (timedelta(seconds=account.lease) for account in settings.imap)
    lease = max((leases.OF_A_GRANT, *mailboxes))
    return Longest(worker_lease, longest_lease(msa), longest_wait(msa), lease)
