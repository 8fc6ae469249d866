"""Logging in at the MSA with a token: AUTH XOAUTH2, or AUTH OAUTHBEARER (RFC 7628)."""

import base64
import binascii
import logging
import smtplib
from collections.abc import Callable

from gateway.config.oauth2 import Mechanism
from gateway.config.settings import Msa
from gateway.courier.away import Away
from gateway.courier.outlet import readable
from gateway.errors import CasepostError
from gateway.oauth2.grant import Grant
from gateway.oauth2.sasl import Showing

_log = logging.getLogger("casepost.courier")

Enter = Callable[[smtplib.SMTP], None]

_GO_ON = 334
_WELCOME = 235
# RFC 4954 section 4: with a longer command, what is said first has to wait for the server.
_LONGEST_COMMAND = 512
_MOST_CHALLENGES = 3


def token_login(msa: Msa, grant: Grant) -> Enter:
    """Get a token, and give how to log in with it. Raises Away where there is none."""
    try:
        token = grant.token()
    except CasepostError as error:
        raise Away(f"there is no token for the MSA: {error}") from None
    mechanism = msa.oauth2.mechanism if msa.oauth2 else Mechanism.XOAUTH2

    def enter(client: smtplib.SMTP) -> None:
        showing = Showing(mechanism, msa.user, token, msa.host, msa.port)
        if showing.mechanism not in client.esmtp_features.get("auth", "").upper().split():
            raise Away(f"the MSA does not offer a login by {showing.mechanism}")
        code, said = _exchange(client, showing)
        if code != _WELCOME:
            raise _refusal(code, said, showing, grant, token)

    return enter


def _exchange(client: smtplib.SMTP, showing: Showing) -> tuple[int, bytes]:
    """Say AUTH, and answer each challenge; the final reply."""
    command = f"{showing.mechanism} {_encoded(showing.first)}"
    if len(f"AUTH {command}\r\n") <= _LONGEST_COMMAND:
        code, said = client.docmd("AUTH", command)
    else:
        code, said = client.docmd("AUTH", showing.mechanism)
        if code == _GO_ON:
            code, said = client.docmd(_encoded(showing.first))
    for _ in range(_MOST_CHALLENGES):
        if code != _GO_ON:
            break
        code, said = client.docmd(_encoded(showing.answer(_decoded(said))))
    return code, said


def _refusal(code: int, said: bytes, showing: Showing, grant: Grant, token: str) -> Away:
    """Say why nobody was let in; a token that was refused before its end is given up."""
    words = showing.without_secrets(readable(said))
    reply = f"the MSA refuses the token: {code} {words}"
    if showing.error:
        reply = f"{reply} ({showing.error})"
    if code < 500:
        return Away(reply, code)
    try:
        again = grant.refused(token)
    except CasepostError as error:
        _log.warning("a token that the MSA refuses is given up later: %s", error)
        again = False
    # Without its code the MSA is tried again soon.
    return Away(f"{reply}; a new token is fetched") if again else Away(reply, code)


def _encoded(text: bytes) -> str:
    return base64.b64encode(text).decode()


def _decoded(said: bytes) -> bytes:
    try:
        return base64.b64decode(said)
    except (binascii.Error, ValueError):
        return b""
