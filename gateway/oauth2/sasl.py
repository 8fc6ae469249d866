"""How a token is shown to a mail server: SASL XOAUTH2, and OAUTHBEARER of RFC 7628."""

import base64
import json
from collections.abc import Mapping

from gateway.config.oauth2 import Mechanism

_LONGEST = 60
_MOST_SCOPE = 200


class Showing:
    """One login. `answer` gives what is said to each challenge; `error` is what the server said.

    `host` and `port` are the mail server's.
    """

    def __init__(self, mechanism: Mechanism, user: str, token: str, host: str, port: int) -> None:
        """Prepare; raises ValueError where the text would say something else than it should."""
        for text, what in ((user, "user name"), (token, "token")):
            if any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
                raise ValueError(f"the {what} has a control character")
        if not token.isascii() or " " in token:
            raise ValueError("the token has a character that no token has")
        self.mechanism = mechanism.value.upper()
        self.error = ""
        self._first = _first(mechanism, user, f"Bearer {token}", host, port)
        # What is said to an error, so that the server ends the exchange by its refusal.
        self._to_error = b"\x01" if mechanism is Mechanism.OAUTHBEARER else b""
        self._token = token
        self._said_first = False

    @property
    def first(self) -> bytes:
        """What is said first; may go with the command."""
        self._said_first = True
        return self._first

    def answer(self, challenge: bytes) -> bytes:
        """Say the token, and then nothing but that an error was heard."""
        if not self._said_first:
            return self.first
        self.error = self.error or read_error(challenge)
        return self._to_error

    def without_secrets(self, text: str) -> str:
        """Take out of a server's words what it may have repeated of ours."""
        whole = base64.b64encode(self._first).decode()
        for secret in (whole, base64.b64encode(self._token.encode()).decode(), self._token):
            text = text.replace(secret, "***")
        return text


def _first(mechanism: Mechanism, user: str, bearer: str, host: str, port: int) -> bytes:
    if mechanism is Mechanism.XOAUTH2:
        return f"user={user}\x01auth={bearer}\x01\x01".encode()
    name = user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 section 4, `saslname`
    return f"n,a={name},\x01host={host}\x01port={port}\x01auth={bearer}\x01\x01".encode()


def read_error(challenge: bytes) -> str:
    """Give status and scope of an error (RFC 7628 section 3.2.2), and nothing else of it."""
    try:
        said = json.loads(challenge[:4096])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, Mapping):
        return ""
    found = []
    for key, most in (("status", _LONGEST), ("scope", _MOST_SCOPE)):
        value = said.get(key)
        if isinstance(value, str | int) and (text := _plain(str(value), most)):
            found.append(f"{key} {text}")
    return ", ".join(found)


def _plain(text: str, most: int) -> str:
    return "".join(c for c in text if c.isascii() and c.isprintable())[:most]
