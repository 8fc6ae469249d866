"""Asking Rspamd about a mail, and teaching it, by its HTTP protocol.

A filter that is down or slow must not hold up mail: what it does not say in time counts as "not
spam", and after a failure it is left alone for a while.
"""

import http.client
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.config.settings import Spam
from gateway.errors import Transient
from gateway.mail.model import Envelope

_log = logging.getLogger("casepost.spam")

# What Rspamd would have a mail server do with spam.
_SPAM_ACTIONS = frozenset({"reject", "add header", "rewrite subject"})
_LONGEST_ANSWER = 1024 * 1024
_PAUSE = 30.0
# For all mails of a batch together, since a worker has to be done with it in time.
_BATCH_SECONDS = 10.0
# Learning one mail may take longer than scanning it, and nobody waits for it.
_LEARNING_SECONDS = 30.0


@dataclass(slots=True)
class Rspamd:
    """One Rspamd; `password` gives the controller's, `seconds` is a clock that only goes forward.

    Not for several threads.
    """

    settings: Spam
    password: Callable[[], str]
    seconds: Callable[[], float]
    _leave_alone_until: float = field(default=float("-inf"), init=False)

    def ask(self, mails: Sequence[tuple[bytes, Envelope]]) -> list[str]:
        """Say of each mail why it is spam, "" if it is not or if nobody could say."""
        if not self.settings.rspamd:
            return [""] * len(mails)
        end = self.seconds() + _BATCH_SECONDS
        said = []
        for content, envelope in mails:
            if self.seconds() > end and self._may_ask():
                self._leave_alone("it takes too long for each mail")
            said.append(self._said_of(content, envelope) if self._may_ask() else "")
        return said

    def _may_ask(self) -> bool:
        return self.seconds() >= self._leave_alone_until

    def _said_of(self, content: bytes, envelope: Envelope) -> str:
        told = _told_of(envelope)
        try:
            answer = _post(self.settings.rspamd, "/checkv2", content, told, self.settings.timeout)
        except Transient as error:
            self._leave_alone(str(error))
            return ""
        action = answer.get("action")
        if not isinstance(action, str) or action not in _SPAM_ACTIONS:
            return ""
        score, required = answer.get("score"), answer.get("required_score")
        return f"Rspamd says {action!r} with a score of {_number(score)} of {_number(required)}"

    def _leave_alone(self, why: str) -> None:
        self._leave_alone_until = self.seconds() + _PAUSE
        _log.error("mail is taken in without asking Rspamd for %d s: %s", _PAUSE, why)

    def learn(self, content: bytes, *, spam: bool) -> bool:
        """Teach it that a mail is spam, or that it is not; False if it refuses to learn this mail.

        Raises Transient when it does not answer, and may be asked again.
        """
        path = "/learnspam" if spam else "/learnham"
        headers = {"Password": self.password()} if self.settings.password_file else {}
        answer = _post(self.settings.controller, path, content, headers, _LEARNING_SECONDS)
        return answer.get("success") is True


def _told_of(envelope: Envelope) -> dict[str, str]:
    """Give what Rspamd is told of the envelope, without what can't stand in a header field."""
    told = {
        "IP": envelope.peer,
        "Helo": envelope.helo,
        "From": envelope.reverse_path or "",
        "Rcpt": envelope.recipient,
    }
    return {name: v for name, v in told.items() if v and v.isascii() and v.isprintable()}


def _post(
    url: str, path: str, content: bytes, headers: Mapping[str, str], timeout: float
) -> dict[str, object]:
    """Post a mail; give the JSON object that comes back. Raises Transient for anything else."""
    parts = urlsplit(url)
    https = parts.scheme == "https"
    connect = http.client.HTTPSConnection if https else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request("POST", path, content, dict(headers))
        response = connection.getresponse()
        body = response.read(_LONGEST_ANSWER)
        status = response.status
    except (OSError, http.client.HTTPException) as error:
        raise Transient(f"{url} does not answer: {error}") from error
    finally:
        connection.close()
    # It refuses to learn what it has learnt before (208), which is an answer like any other.
    if not 200 <= status < 300:
        raise Transient(f"{url} answers with HTTP status {status}")
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Transient(f"{url} answers with something that is no JSON") from error
    return answer if isinstance(answer, dict) else {}


def _number(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, int | float) else "?"
