"""Mails from a mailbox into the spool: a batch, its UIDs and its raw bytes in one transaction."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway import maillog
from gateway.config.settings import ImapAccount
from gateway.errors import Transient
from gateway.imap_source.age import Ages
from gateway.imap_source.envelope import envelope
from gateway.imap_source.health import source_name
from gateway.imap_source.wire import Listed
from gateway.mail.format.prescan import first_message_id
from gateway.store import imap, raw, spool
from gateway.store.database import Database
from gateway.store.imap import Seen, UidSpace
from gateway.store.large_mails import LargeMails
from gateway.store.removals import NameRemoved
from gateway.store.spool import Delivery

_log = logging.getLogger("casepost.imap")

Prepared = Sequence[tuple[int, Delivery]]
"""Mails that are ready to be filed, with their UIDs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooling:
    """How the sources of a process spool mail.

    Over `message_size` bytes a mail is not taken. `received` wakes whoever files mails, `freed`
    the sources of other nodes that wait for their turn.
    """

    database: Database
    node: str
    large: LargeMails
    message_size: int
    now: Callable[[], datetime]
    received: Callable[[], None]
    freed: Callable[[], None] = lambda: None


class Filing:
    """Files the mails of one account and folder under one UIDVALIDITY."""

    def __init__(
        self, account: ImapAccount, spooling: Spooling, space: UidSpace, rule: Ages
    ) -> None:
        """Start with the rule of the scan that begins."""
        self._account = account
        self._source = source_name(account)
        self._spooling = spooling
        self.space = space
        self.rule = rule
        self._marked = account.when_filed == "nothing"

    def pass_over(self, mails: Sequence[Listed]) -> list[Listed]:
        """Write down the mails that are not taken, backlog and too large; gives the others."""
        skipped = [mail for mail in mails if self.rule.is_skipped(mail)]
        rest = [mail for mail in mails if not self.rule.is_skipped(mail)]
        large = [mail for mail in rest if mail.size > self._spooling.message_size]
        if skipped or large:
            with self._spooling.database.writing() as connection:
                seen = [Seen(mail.uid, None, marked=True) for mail in skipped + large]
                imap.record(connection, self.space, seen)
        for mail in large:
            self._tell_too_large(mail)
        return [mail for mail in rest if mail.size <= self._spooling.message_size]

    def _tell_too_large(self, mail: Listed) -> None:
        maillog.event(
            maillog.Verb.REFUSED, source=self._source, uid=mail.uid, size=mail.size, reason="size"
        )
        _log.error(
            "%s: mail %d of %s has %d bytes, over message_size; it stays there and is not filed",
            self._source,
            mail.uid,
            self.space.folder,
            mail.size,
        )

    def prepare(self, mails: Iterable[tuple[Listed, bytes]]) -> Prepared:
        """Make mails ready to be filed; large ones are files from here on, until they are filed.

        Raises Transient when the disk takes none of them.
        """
        prepared: list[tuple[int, Delivery]] = []
        now = self._spooling.now()
        try:
            for mail, content in mails:
                prepared.append((mail.uid, self._delivery(mail, content, now)))
        except BaseException as error:
            forget(prepared)
            if isinstance(error, OSError):
                raise _not_kept(error) from error
            raise
        return prepared

    def file(self, prepared: Prepared) -> list[int]:
        """Make mails ours; gives their UIDs, once committed, to be marked.

        Raises Transient when the database or the disk takes none of them, or when large ones
        cannot be kept: then the others are ours all the same.
        """
        try:
            kept, outage = self._kept(prepared)
            self._commit(kept)
        except OSError as error:
            raise _not_kept(error) from error
        except NameRemoved as error:
            raise Transient(f"a mail is kept a moment later: {error}") from error
        finally:
            forget(prepared)
        if outage is not None:
            raise outage
        return [uid for uid, _ in kept]

    def _kept(self, prepared: Prepared) -> tuple[list[tuple[int, Delivery]], Transient | None]:
        """Keep what is large; gives what is ready to be written down, and why the rest is not.

        After the first that cannot be kept no other large one is tried: each may take its time.
        """
        ready: list[tuple[int, Delivery]] = []
        outage: Transient | None = None
        for uid, one in prepared:
            if one.raw.file is None:
                ready.append((uid, one))
                continue
            if outage is not None:
                continue
            try:
                kept = raw.keep(self._spooling.database, one.raw, self._spooling.large)
            except Transient as error:
                outage = error
            else:
                ready.append((uid, replace(one, raw=kept)))
        return ready, outage

    def _delivery(self, mail: Listed, content: bytes, now: datetime) -> Delivery:
        spooling, space = self._spooling, self.space
        raw_mail = raw.from_bytes(content, spooling.large)
        return Delivery(
            key=spool.imap_key(space.account, space.folder, space.uidvalidity, mail.uid),
            source=self._source,
            envelope=envelope(raw_mail.head, self._account),
            raw=raw_mail,
            message_id=first_message_id(raw_mail.head),
            received_at=now,
            quiet=self.rule.is_quiet(mail),
        )

    def _commit(self, deliveries: Prepared) -> None:
        """Write mails and UIDs; after a change of UIDVALIDITY, what we have gets its UID only."""
        spooling = self._spooling
        known = self._known([delivery for _, delivery in deliveries])
        fresh = [(uid, one) for uid, one in deliveries if one.raw.sha256 not in known]
        seen = {uid: known.get(one.raw.sha256) for uid, one in deliveries}
        with spooling.database.writing() as connection:
            if fresh:
                groups = [(one,) for _, one in fresh]
                accepted = spool.accept(connection, groups, spooling.node)
                seen |= {
                    uid: ids[0].spool_id for (uid, _), ids in zip(fresh, accepted, strict=True)
                }
            imap.record(
                connection, self.space, [Seen(uid, i, self._marked) for uid, i in seen.items()]
            )
        for uid, one in fresh:
            maillog.event(
                maillog.Verb.RECEIVED,
                mail=seen[uid],
                source=self._source,
                uid=uid,
                size=one.raw.size,
                quiet=one.quiet or None,
            )
        if fresh:
            spooling.received()

    def _known(self, deliveries: Sequence[Delivery]) -> dict[str, int]:
        if not self.rule.rescan:
            return {}
        with self._spooling.database.reading() as connection:
            return imap.spooled(connection, self._source, {one.raw.sha256 for one in deliveries})


def forget(prepared: Prepared) -> None:
    """Remove the files of large mails that were not kept, and so have no name yet."""
    for _, delivery in prepared:
        if delivery.raw.file is not None:
            delivery.raw.file.unlink(missing_ok=True)


def _not_kept(error: OSError) -> Transient:
    return Transient(f"a mail cannot be kept: {error.strerror}")
