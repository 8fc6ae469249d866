"""One account's grant: gives the access token, and renews it before it ends, one at a time.

What is kept is shared by all nodes. A refresh token that a provider puts in the place of the last
one is written down for good before the token that came with it is used: who loses it is locked out.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from gateway import failpoint
from gateway.config.oauth2 import GrantType, places
from gateway.errors import Misconfigured, Transient
from gateway.oauth2.advice import NO_TOKEN_YET
from gateway.oauth2.answer import Answer, read_answer
from gateway.oauth2.ledger import Ledger, Means, Ungranted
from gateway.oauth2.request import Client
from gateway.oauth2.token_server import Denied, Unanswered, ask
from gateway.store.grants import Kept

_log = logging.getLogger("casepost.oauth2")

# How long before its end a token is renewed: a fifth of its life or five minutes, whichever is
# more, and half of a short one's life.
_MARGIN = timedelta(minutes=5)
# A login takes a moment, too.
_LOGIN = timedelta(seconds=10)
# Seconds: for another thread, for another process, and for a database that comes back.
_FOR_THREADS = 60.0
_FOR_OTHERS = 10.0
_FOR_DATABASE = 30.0
_LOOK = 0.2


@dataclass(frozen=True, slots=True)
class _Held:
    """A token that this process has; another is sought from `renew_at` on."""

    token: str = field(repr=False)
    renew_at: datetime
    ends_at: datetime


class Grant:
    """What lets us into one account; threads may share it.

    `now` gives the time, `random` numbers from 0 to 1; `wait` waits for so many seconds.
    """

    def __init__(
        self,
        client: Client,
        ledger: Ledger,
        now: Callable[[], datetime],
        random: Callable[[], float],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare; nobody is asked yet."""
        self.client = client
        self.ledger = ledger
        self._now = now
        self._random = random
        self._wait = wait
        self._turn = Lock()
        self._held: _Held | None = None
        # What could not be written down yet, with the means that it was had by.
        self._unkept: tuple[Means, Answer, datetime] | None = None

    def token(self) -> str:
        """Give an access token that is good now. Raises Ungranted, and Transient."""
        held, now = self._held, self._now()
        if held is not None and now < held.renew_at:
            return held.token
        good = held is not None and now < held.ends_at
        if not self._turn.acquire(timeout=0 if good else _FOR_THREADS):
            if held is not None and good:
                return held.token
            raise Ungranted("the token is being renewed")
        try:
            return self._found(now)
        finally:
            self._turn.release()

    def refused(self, token: str) -> bool:
        """Note that a mail server takes a token for none; whether another one may fare better.

        A token that has not ended is given up once in a while only: a server that refuses what its
        provider has just made would have us ask for ever.
        """
        with self._turn:
            self._held = None
            return self.ledger.give_up(token, self._now())

    def _found(self, now: datetime) -> str:
        """Find a token: one that somebody has renewed, or else renew it; any good one in need."""
        held = self._held
        if held is not None and now < held.renew_at:
            return held.token
        try:
            if self._unkept is not None:
                return self._kept(*self._unkept)
            means = self._means()
            return self._usable(means, now) or self._renewed(means, now)
        except Misconfigured as error:
            failure: Transient = self.ledger.complain(error, now)
        except Transient as error:
            failure = error
        if held is not None and now < held.ends_at:
            self._held = held
            return held.token
        raise failure

    def _means(self) -> Means:
        """Read files and database. Raises Misconfigured and Transient."""
        own, files = self.client.oauth2, self.client.files
        where = places(own)
        settings = (where.token, where.scope, own.grant, own.client_id, own.subject)
        of_file = ""
        name = own.refresh_token_file
        if name and own.grant is GrantType.REFRESH_TOKEN and files.path(name).exists():
            of_file = files.line(name)
        return self.ledger.means((*settings, self.client.user, *self.client.secrets()), of_file)

    def _usable(self, means: Means, now: datetime) -> str:
        """Give the token that is kept, if it is good and need not be renewed now."""
        kept = means.kept
        token = "" if means.changed else self.ledger.access_token(kept)
        self._held = None
        if token and kept.expires_at and kept.renewed_at:
            self._held = _held(token, kept.renewed_at, kept.expires_at)
        held = self._held
        if held is not None and now < held.renew_at:
            return token
        if _rests(kept, now) and not means.changed:
            if held is not None and now < held.ends_at:
                return token
            raise Ungranted(kept.error, dead=kept.dead)
        return ""

    def _renewed(self, means: Means, now: datetime) -> str:
        """Renew, or have it renewed by whoever does so already."""
        epoch = self.ledger.begin(now)
        if epoch is None:
            return self._of_another(now)
        try:
            # Somebody may have renewed it before it was our turn.
            means = self._means()
            return self._usable(means, now) or self._asked(means)
        finally:
            self.ledger.end(epoch)

    def _of_another(self, now: datetime) -> str:
        held = self._held
        if held is not None and now < held.ends_at:
            return held.token
        end = time.monotonic() + _FOR_OTHERS
        while time.monotonic() < end:
            self._wait(_LOOK)
            if token := self._usable(self._means(), self._now()):
                return token
            if self.ledger.is_free(self._now()):
                break
        raise Ungranted("another process renews the token")

    def _asked(self, means: Means) -> str:
        """Ask the token server, and write down what it says. Raises Ungranted and Transient."""
        now = self._now()
        try:
            answer = self._answer(means, now)
        except (Denied, Unanswered, Misconfigured) as error:
            failure = self.ledger.failed(means, error, now, self._random())
            held = self._held
            if held is not None and now < held.ends_at:
                return held.token
            raise failure from None
        failpoint.reached("oauth2.answered")
        return self._kept(means, answer, now)

    def _answer(self, means: Means, now: datetime) -> Answer:
        own = self.client.oauth2
        if own.grant is GrantType.REFRESH_TOKEN and not means.refresh_token:
            raise Denied(NO_TOKEN_YET, "")
        request = self.client.renewal(means.refresh_token, now)
        return read_answer(ask(places(own).token, request, own.ca_file))

    def _kept(self, means: Means, answer: Answer, at: datetime) -> str:
        """Write down what came, which was asked for at a time, and use it from then on.

        Raises Transient while another refresh token that came with it cannot be written down.
        """
        rotated = answer.refresh_token not in {"", means.refresh_token}
        self._unkept = (means, answer, at) if rotated else None
        end = time.monotonic() + (_FOR_DATABASE if rotated else 0)
        kept: Kept | None = None
        while kept is None:
            try:
                kept = self.ledger.succeeded(means, answer, at)
            except Transient as error:
                _log.warning("%s: a new token cannot be kept: %s", self.ledger.account, error)
                if not rotated:
                    self._held = _held(answer.access_token, at, at + answer.lasts)
                    return answer.access_token
                if time.monotonic() >= end:
                    raise
                self._wait(_LOOK)
        self._unkept = None
        if token := self._usable(replace(means, kept=kept, changed=False), self._now()):
            return token
        raise Ungranted("the new token has ended already")


def _rests(kept: Kept, now: datetime) -> bool:
    """Say whether a provider that failed is to be left alone."""
    if kept.failed_at is None or kept.again_at is None:
        return False
    # A failure in the future is that of a clock that was set back since.
    return kept.failed_at <= now < kept.again_at


def _held(token: str, since: datetime, until: datetime) -> _Held:
    life = until - since
    margin = min(max(life / 5, _MARGIN), life / 2)
    return _Held(token, until - margin, until - min(_LOGIN, life / 4))
