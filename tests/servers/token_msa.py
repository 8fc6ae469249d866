"""An MSA that is entered with tokens: XOAUTH2 as Google and Microsoft have it, and RFC 7628."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from servers.smtp_peer import Peer

_BEARER = re.compile(r"auth=Bearer ([^\x01]*)\x01")
_USER = re.compile(r"(?:^user=|^n,a=)([^\x01,]*)")
_ERROR = json.dumps({"status": "401", "schemes": "bearer", "scope": "mail canary"}).encode()


def _nobody(_token: str) -> str:
    return ""


@dataclass(slots=True)
class TokenMsa(Peer):
    """A peer that lets in whoever shows a token of theirs; for one connection at a time.

    `user_of` says whose a token is. `shown` are the texts that were shown, `empty` what was said to
    the error; `echoes` puts the token into the refusal, as no server should.
    """

    user_of: Callable[[str], str] = _nobody
    features: tuple[str, ...] = ("SIZE 1000000", "8BITMIME", "AUTH XOAUTH2 OAUTHBEARER")
    shown: list[str] = field(default_factory=list)
    to_error: list[str] = field(default_factory=list)
    echoes: bool = False
    _awaits: str = ""

    def _reply(self, point: str) -> str:
        command = self.commands[-1] if self.commands else ""
        awaits, self._awaits = self._awaits, ""
        if awaits == "token":
            return self._judge(command)
        if awaits == "anything":
            self.to_error.append(command)
            again = f" {self.shown[-1]}" if self.echoes else ""
            return "535 5.7.3 Authentication unsuccessful" + again.replace("\x01", " ")
        if point == "AUTH":
            words = command.split()
            if len(words) > 2:
                return self._judge(words[2])
            self._awaits = "token"
            return "334 "
        return Peer._reply(self, point)  # noqa: SLF001  slots

    def _judge(self, encoded: str) -> str:
        text = base64.b64decode(encoded).decode()
        self.shown.append(text)
        token, user = _BEARER.search(text), _USER.search(text)
        if token and user and self.user_of(token[1]) == user[1].replace("=2C", ","):
            return "235 2.7.0 welcome"
        self._awaits = "anything"
        return f"334 {base64.b64encode(_ERROR).decode()}"
