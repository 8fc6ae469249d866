"""How somebody agrees that we enter their mailbox, and our first refresh token comes from it.

On another device with a code (RFC 8628), or in a browser whose last address is brought to us
(RFC 8252 with PKCE), for providers that give codes no way to mail.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from gateway.config.oauth2 import places
from gateway.errors import CasepostError
from gateway.oauth2.answer import read_answer
from gateway.oauth2.request import Client
from gateway.oauth2.token_server import Denied, Unanswered, ask

_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
# Nobody listens there: what the browser cannot open is what we are told.
BACK = "http://127.0.0.1:8/"
_LONGEST_WAIT = 900.0
_SLOWER = 5.0  # seconds more, RFC 8628 section 3.5
_LONGEST_ADDRESS = 8192


class Disagreed(CasepostError):
    """There is no refresh token now; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Code:
    """What somebody opens and types; seconds until it ends, and between two questions of ours."""

    address: str
    user_code: str
    device_code: str = field(repr=False)
    lasts: float
    interval: float


def ask_for_code(client: Client, now: datetime) -> Code:
    """Begin an agreement on another device. Raises Disagreed, Transient and Misconfigured."""
    own = client.oauth2
    where = places(own)
    form = {"scope": where.scope} if where.scope else {}
    said = _asked(where.device, client, form, now)
    # Google's name for it is older than the standard's.
    address = said.get("verification_uri", said.get("verification_url"))
    texts = (address, said.get("user_code"), said.get("device_code"))
    if not all(isinstance(text, str) and text.isprintable() and text for text in texts):
        raise Disagreed("the provider's answer has no address, or no code to type there")
    lasts = _seconds(said.get("expires_in"), _LONGEST_WAIT)
    interval = max(_seconds(said.get("interval"), _SLOWER), 1.0)
    return Code(str(texts[0]), str(texts[1]), str(texts[2]), lasts, interval)


def wait_for_agreement(
    client: Client, code: Code, now: Callable[[], datetime], wait: Callable[[float], None]
) -> str:
    """Wait until somebody has agreed, and give the refresh token.

    Raises Disagreed where nobody did in time, and Misconfigured.
    """
    interval, left = code.interval, code.lasts
    # A server that is slow to say no counts, too.
    end = now() + timedelta(seconds=code.lasts)
    form = {"grant_type": _DEVICE, "device_code": code.device_code}
    while left > 0 and now() < end:
        wait(interval)
        left -= interval
        try:
            return _refresh_token(_asked(places(client.oauth2).token, client, form, now()))
        except Unanswered as pending:
            # A network that is away for a moment ends nothing either.
            interval += _SLOWER if pending.code == "slow_down" else 0.0
    raise Disagreed("nobody agreed in time; run the command again for another code")


@dataclass(frozen=True, slots=True)
class Visit:
    """One agreement in a browser: what belongs together stands on one secret."""

    secret: str = field(default_factory=token_urlsafe, repr=False)

    def address(self, client: Client) -> str:
        """Give where somebody agrees."""
        where = places(client.oauth2)
        found: str = prepare_grant_uri(
            where.authorize,
            client.oauth2.client_id,
            "code",
            redirect_uri=BACK,
            scope=where.scope,
            state=self._derived("state"),
            code_challenge=create_s256_code_challenge(self._derived("verifier")),
            code_challenge_method="S256",
            login_hint=client.user,
            # Without these Google gives no refresh token to whom has agreed before.
            access_type="offline",
            prompt="consent",
        )
        return found

    def refresh_token(self, client: Client, last: str, now: datetime) -> str:
        """Exchange the code in the browser's last address for a refresh token.

        Raises Disagreed, Transient and Misconfigured.
        """
        try:
            asked = parse_qs(urlsplit(last.strip()[:_LONGEST_ADDRESS]).query)
        except ValueError:
            asked = {}
        state, codes = asked.get("state", [""])[0], asked.get("code", [])
        if not hmac.compare_digest(state.encode(), self._derived("state").encode()):
            raise Disagreed("this is not the address that the browser came to at last")
        if not codes:
            raise Disagreed("whoever was asked did not agree")
        form = {
            "grant_type": "authorization_code",
            "code": codes[0],
            "redirect_uri": BACK,
            "code_verifier": self._derived("verifier"),
        }
        return _refresh_token(_asked(places(client.oauth2).token, client, form, now))

    def _derived(self, purpose: str) -> str:
        return hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _asked(address: str, client: Client, form: dict[str, str], now: datetime) -> dict[str, Any]:
    try:
        return ask(address, client.identified(form, now), client.oauth2.ca_file)
    except Denied as error:
        raise Disagreed(f"the provider says {error}") from None


def _refresh_token(said: dict[str, Any]) -> str:
    found = read_answer(said).refresh_token
    if not found:
        raise Disagreed(
            "the provider gave no refresh token; at Microsoft the scope needs offline_access"
        )
    return found


def _seconds(said: object, usual: float) -> float:
    return float(min(said, _LONGEST_WAIT)) if isinstance(said, int | float) and said > 0 else usual
