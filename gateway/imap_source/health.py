"""How an account fares: what is told to people, and how long to wait before the next attempt."""

import imaplib
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from gateway.config.settings import ImapAccount
from gateway.errors import CasepostError, Transient
from gateway.imap_source.login import LoginRefused
from gateway.oauth2.ledger import Ungranted
from gateway.store import imap
from gateway.store.database import Database

_log = logging.getLogger("casepost.imap")

_LONGEST = 300
_REFUSALS_BEFORE_PAUSE = 3
_PAUSE_SECONDS = 15 * 60.0
_MOST_DOUBLINGS = 30
_SECONDS_UNGRANTED = 15.0


class Health:
    """Counts failures in a row, and keeps `sources` true; `jitter` gives chance in 0..1."""

    def __init__(
        self,
        account: ImapAccount,
        database: Database,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        """Start as neither well nor ill."""
        self._account = account
        self._source = source_name(account)
        self._database = database
        self._now = now
        self._jitter = jitter
        self._failures = 0
        self._refusals = 0
        self._said: set[str] = set()
        self._last = ""

    def succeeded(self) -> None:
        """Note that all of the mailbox is known now."""
        with self._database.writing(durable=False) as connection:
            imap.succeeded(connection, self._source, self._now())
        if self._failures:
            _log.info("%s works again", self._source)
        self._failures = self._refusals = 0
        self._last = ""

    def logged_in(self) -> None:
        """Note that the server took our name and secret."""
        self._refusals = 0

    def once(self, sentence: str) -> None:
        """Tell something that will not change by itself, the first time only."""
        if sentence not in self._said:
            self._said.add(sentence)
            _log.warning("%s: %s", self._source, sentence)

    def complain(self, sentence: str) -> None:
        """Tell what is wrong while the source goes on."""
        line = _one_line(sentence)
        _log.error("%s: %s", self._source, line)
        self._write(line)

    def failed(self, error: Exception) -> float:
        """Tell why the connection was lost; gives the seconds to wait before the next one.

        Full jitter, so that many gateways do not come back to a server at the same moment.
        """
        most = self._account.reconnect_most
        first = self._account.reconnect_first
        wait = self._jitter() * min(most, first * 2.0 ** min(self._failures, _MOST_DOUBLINGS))
        self._failures += 1
        level = logging.WARNING
        if isinstance(error, LoginRefused):
            self._refusals += 1
            if self._refusals >= _REFUSALS_BEFORE_PAUSE:
                wait, level = _PAUSE_SECONDS, logging.ERROR
        sentence = sentence_for(error, self._account.host)
        if isinstance(error, Ungranted):
            # Nobody is asked before the grant allows it, but a file that is replaced is found.
            wait = min(wait, _SECONDS_UNGRANTED)
            level = logging.DEBUG if sentence == self._last else level
        self._last = sentence
        known = isinstance(error, CasepostError | OSError | imaplib.IMAP4.error)
        _log.log(
            level,
            "%s: %s; next attempt in %.0f s",
            self._source,
            sentence,
            wait,
            exc_info=None if known else error,
        )
        self._write(sentence)
        return wait

    def _write(self, sentence: str) -> None:
        with suppress(Transient), self._database.writing(durable=False) as connection:
            imap.failed(connection, self._source, self._now(), sentence)


def source_name(account: ImapAccount) -> str:
    """Give the name by which the spool and the books know an account."""
    return f"imap:{account.name}"


def sentence_for(error: Exception, host: str) -> str:
    """Say in one line what went wrong; no secret ever stands in these errors."""
    if isinstance(error, CasepostError):
        sentence = str(error)
    elif isinstance(error, TimeoutError):
        sentence = f"{host} did not answer in time"
    elif isinstance(error, ssl.SSLCertVerificationError):
        sentence = f"the certificate of {host} is not trusted: {error.verify_message}"
    elif isinstance(error, OSError):
        sentence = f"the connection to {host} failed: {error.strerror or error}"
    elif isinstance(error, imaplib.IMAP4.error):
        sentence = f"the conversation with {host} failed: {_text(error)}"
    else:
        sentence = f"unexpected {type(error).__name__}, see the log"
    return _one_line(sentence)


def _one_line(text: str) -> str:
    """Take the control characters out of what may be a server's words."""
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST]


def _text(error: imaplib.IMAP4.error) -> str:
    """Give what the server said; imaplib passes it on as bytes at times."""
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
