"""What is written down of one grant: its tokens, sealed, and how it fares; whose turn it is."""

import hashlib
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.errors import CasepostError, Transient
from gateway.oauth2.advice import advice
from gateway.oauth2.answer import Answer
from gateway.oauth2.seal import Seal, Unsealable
from gateway.oauth2.token_server import Unanswered
from gateway.store import grants, leases
from gateway.store.claimant import Claimant
from gateway.store.database import Database
from gateway.store.grants import Kept

_log = logging.getLogger("casepost.oauth2")

# A grant that needs somebody's hand is tried again all the same, and a token that is refused
# though it has not ended is replaced once in this time.
_SLOWLY = timedelta(minutes=15)
_ALARM = timedelta(minutes=20)
# Nobody asks for a token while there is no mail to send, and it is dead all the same.
_ALARM_OF_DEAD = timedelta(days=1)
_FIRST = 5.0
_MOST = 300.0
_MOST_DOUBLINGS = 10
_LONGEST_NAME = 100
# What passes by itself is nobody's alarm until it has come so often in a row.
_OFTEN = 6


class Ungranted(Transient):
    """There is no token now; `dead` where somebody has to do something about it."""

    def __init__(self, why: str, *, dead: bool = False) -> None:
        super().__init__(why)
        self.dead = dead


@dataclass(frozen=True, slots=True)
class Means:
    """What a renewal rests on, as it was read; `changed` if an admin has replaced any of it."""

    kept: Kept
    refresh_token: str = field(repr=False)
    settings_digest: str
    file_digest: str
    changed: bool


class Ledger:
    """A grant's row in the database, by the account's name."""

    def __init__(self, account: str, database: Database, seal: Seal, claimant: Claimant) -> None:
        """Prepare; nothing is read yet."""
        self.account = account
        self._database = database
        self._seal = seal
        self._claimant = claimant
        name = f"grant:{account}"
        if len(name) > _LONGEST_NAME:
            name = f"grant:{hashlib.sha256(account.encode()).hexdigest()}"
        self._lease = name
        self._complained: tuple[str, datetime] | None = None

    def means(self, settings: tuple[str, ...], of_file: str) -> Means:
        """Read what there is; the token of an admin's file counts if it was never used.

        Raises Ungranted where the kept token cannot be opened, and Transient.
        """
        with self._database.reading() as connection:
            kept = grants.read(connection, self.account)
        try:
            refresh = self._seal.open(kept.refresh_token, self._purpose("refresh"))
        except Unsealable:
            raise Ungranted(
                "the kept refresh token was sealed with another key: give this node the file "
                f"keys/grants of the others, or {_log_in(self.account)}",
                dead=True,
            ) from None
        settings_digest = self._seal.digest(*settings)
        file_digest = self._seal.digest(of_file) if of_file else ""
        replaced = bool(of_file) and file_digest != kept.file_digest
        return Means(
            kept,
            of_file if replaced else refresh,
            settings_digest,
            file_digest,
            changed=replaced or settings_digest != kept.settings_digest,
        )

    def renewed_at(self) -> datetime | None:
        """Give when the token was renewed last, by whatever process. Raises Transient."""
        with self._database.reading() as connection:
            return grants.read(connection, self.account).renewed_at

    def access_token(self, kept: Kept) -> str:
        """Open the access token; "" where there is none that can be opened."""
        try:
            return self._seal.open(kept.access_token, self._purpose("access"))
        except Unsealable:
            return ""

    def begin(self, now: datetime) -> int | None:
        """Take the turn to renew; None while another process has it. Raises Transient."""
        with self._database.writing(durable=False) as connection:
            return leases.take(connection, self._lease, self._claimant, now, leases.OF_A_GRANT)

    def is_free(self, now: datetime) -> bool:
        """Say whether nobody renews. Raises Transient."""
        with self._database.reading() as connection:
            return leases.is_free(connection, self._lease, self._claimant, now)

    def end(self, epoch: int) -> None:
        """Let others have their turn; it ends by itself where the database is away."""
        try:
            with self._database.writing(durable=False) as connection:
                leases.give_up(connection, self._lease, epoch)
        except Transient as error:
            _log.warning("%s: the turn to renew ends later: %s", self.account, error)

    def succeeded(self, means: Means, answer: Answer, at: datetime) -> Kept:
        """Write down the tokens of an answer, for good. Raises Transient.

        Who was overtaken, since it took too long, must not put an old token over a new one; but
        while nobody has another refresh token, this is the last one.
        """
        refresh = answer.refresh_token or means.refresh_token
        with self._database.writing() as connection:
            found = grants.read_to_change(connection, self.account)
            if found.refresh_token != means.kept.refresh_token:
                _log.warning("%s: another process was faster to renew", self.account)
                return found
            kept = replace(
                found,
                refresh_token=self._seal.close(refresh, self._purpose("refresh")),
                access_token=self._seal.close(answer.access_token, self._purpose("access")),
                expires_at=at + answer.lasts,
                renewed_at=at,
                file_digest=means.file_digest,
                settings_digest=means.settings_digest,
                failures=0,
                dead=False,
                again_at=None,
            )
            grants.keep(connection, kept)
            grants.set_alarm(connection, self.account, "", None)
        _log.info("%s: a new token, good until %s", self.account, f"{kept.expires_at:%H:%M:%S} UTC")
        return kept

    def failed(self, means: Means, error: CasepostError, at: datetime, chance: float) -> Ungranted:
        """Write down why there is no new token, and when it is worth asking again.

        Raises Transient.
        """
        dead = not isinstance(error, Unanswered)
        sentence = f"{error}: {advice(error, self.account)}" if dead else f"{error}"
        with self._database.writing() as connection:
            found = grants.read_to_change(connection, self.account)
            if found.refresh_token != means.kept.refresh_token:
                return Ungranted("another process was faster to renew")
            again_at = at + self._pause(error, found.failures, chance)
            same = found.settings_digest == means.settings_digest
            failed = replace(
                found,
                refresh_token=self._seal.close(means.refresh_token, self._purpose("refresh")),
                access_token=found.access_token if same else "",
                file_digest=means.file_digest,
                settings_digest=means.settings_digest,
                failed_at=at,
                failures=found.failures + 1,
                dead=dead,
                error=sentence,
                again_at=again_at,
            )
            grants.keep(connection, failed)
            if dead or failed.failures >= _OFTEN:
                what = f"{self.account} gets no token: {sentence}"
                until = at + (_ALARM_OF_DEAD if dead else _ALARM)
                grants.set_alarm(connection, self.account, what, until)
        level = logging.ERROR if dead else logging.WARNING
        _log.log(
            level, "%s: %s; again after %s", self.account, sentence, f"{again_at:%H:%M:%S} UTC"
        )
        return Ungranted(sentence, dead=dead)

    def complain(self, error: CasepostError, at: datetime) -> Ungranted:
        """Let people know that files of ours keep us from asking. Raises Transient."""
        sentence = str(error)
        last = self._complained
        if last is None or last[0] != sentence or at - last[1] >= _SLOWLY:
            self._complained = (sentence, at)
            _log.error("%s gets no token: %s", self.account, sentence)
            with self._database.writing() as connection:
                what = f"{self.account} gets no token: {sentence}"
                grants.set_alarm(connection, self.account, what, at + _ALARM)
        return Ungranted(sentence, dead=True)

    def give_up(self, token: str, at: datetime) -> bool:
        """Give up a token that a server refuses; False where that was done a moment ago.

        Raises Transient.
        """
        with self._database.writing() as connection:
            found = grants.read_to_change(connection, self.account)
            if self.access_token(found) != token:
                return True  # Somebody has another one already.
            if found.refused_at is not None and at - found.refused_at < _SLOWLY:
                what = (
                    f"the mail server of {self.account} refuses tokens that its provider has just "
                    'made: look at "user", "scope" and what the provider lets this client do'
                )
                grants.set_alarm(connection, self.account, what, at + _ALARM)
                _log.error("%s", what)
                return False
            grants.keep(connection, replace(found, access_token="", refused_at=at))
        _log.warning("%s: a token that has not ended was refused; it is renewed", self.account)
        return True

    def forget(self) -> None:
        """Remove what is kept, so that the admin's file counts. Raises Transient."""
        with self._database.writing() as connection:
            grants.forget(connection, self.account)

    def enter(self, refresh_token: str) -> None:
        """Keep a refresh token that a user has just agreed to. Raises Transient."""
        sealed = self._seal.close(refresh_token, self._purpose("refresh"))
        with self._database.writing() as connection:
            grants.forget(connection, self.account)
            grants.keep(connection, Kept(self.account, refresh_token=sealed))

    def _purpose(self, what: str) -> str:
        return f"{self.account} {what}"

    @staticmethod
    def _pause(error: CasepostError, failures: int, chance: float) -> timedelta:
        """Give how long a provider is left alone; spread, so that nodes do not come together."""
        if not isinstance(error, Unanswered):
            return _SLOWLY
        grown = min(_FIRST * 2 ** min(failures, _MOST_DOUBLINGS), _MOST)
        return timedelta(seconds=max(grown * (0.5 + chance / 2), error.rest))


def _log_in(account: str) -> str:
    return f"run `casepost oauth2 login {account}`"
