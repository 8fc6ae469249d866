"""Asking a token server: one POST, bounded in time and size, to no other host than was meant.

What it says becomes an answer, a refusal that stays one until somebody does something, or trouble
that may pass. Nothing of what was asked with ever stands in an error.
"""

import json
import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any

from gateway.errors import CasepostError, Transient

_LARGEST = 64 * 1024
# Seconds: for each step, and for all of it.
_STEP = 10.0
_WHOLE = 25.0
_LONGEST_REST = 3600.0

# RFC 6749 section 5.2, RFC 8628 section 3.5, and what Microsoft adds: asking again with the same
# changes nothing.
_FOR_GOOD = frozenset({
    *("invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope"),
    *("unsupported_grant_type", "invalid_request", "access_denied", "interaction_required"),
    *("consent_required", "login_required", "expired_token", "admin_policy_enforced"),
    *("invalid_resource", "deleted_client", "disabled_client", "org_internal"),
})  # fmt: skip
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,60}")
# Microsoft's number of what is wrong; https://login.microsoftonline.com/error explains each.
_NUMBER = re.compile(r"AADSTS[0-9]{2,9}")


class Unanswered(Transient):
    """There is no answer now; `rest` are the seconds that the server wants to be left alone.

    `code` is its word for why, where it said one.
    """

    def __init__(self, why: str, rest: float = 0.0, code: str = "") -> None:
        super().__init__(why)
        self.rest = rest
        self.code = code


class Denied(CasepostError):
    """The server says no, and will until somebody does something; `code` is its word for it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code} ({detail})" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, as a form. It holds secrets and is printed nowhere."""

    form: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def ask(address: str, request: Request, ca_file: Path | None) -> dict[str, Any]:
    """Ask for something, and give the JSON object that is the answer.

    Raises Unanswered, and Denied for an error that will not pass by itself.
    """
    # Only who asks pays for a library of many megabytes.
    import httpx  # noqa: PLC0415  as said

    context = _context(ca_file) if address.startswith("https:") else _of_nobody()
    cut = _Cut()
    timer = Timer(_WHOLE, cut.now)
    timer.daemon = True
    timer.start()
    try:
        status, headers, content = _posted(address, request, context, cut)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        why = "it did not answer in time" if cut.done else _why(error)
        raise Unanswered(f"the token server cannot be asked: {why}") from None
    finally:
        timer.cancel()
    if cut.done:
        raise Unanswered("the token server cannot be asked: it did not answer in time")
    return _read(status, headers, content)


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Denied("ca_file", f"{ca_file} can't be used") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _of_nobody() -> ssl.SSLContext:
    """Trust nobody, where there is no TLS, which is on this machine alone."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Cut:
    """Ends an exchange that takes too long, however slowly it goes on."""

    def __init__(self) -> None:
        self.done = False
        self._socket: socket.socket | None = None

    def heed(self, event: str, info: Mapping[str, Any]) -> None:
        """Learn of the connection as soon as there is one."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
            if self.done:
                self.now()

    def now(self) -> None:
        """Let whoever waits for the server wait no more."""
        self.done = True
        if self._socket is not None:
            # It may have ended by itself. Not that of TLS, which would wait for the other side.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _posted(
    address: str, request: Request, context: ssl.SSLContext, cut: _Cut
) -> tuple[int, Mapping[str, str], bytes]:
    import httpx  # noqa: PLC0415  as above

    headers = {"accept": "application/json", "accept-encoding": "identity", **request.headers}
    client = httpx.Client(timeout=_STEP, verify=context, follow_redirects=False)
    with (
        client,
        client.stream(
            "POST",
            address,
            data=dict(request.form),
            headers=headers,
            extensions={"trace": cut.heed},
        ) as answer,
    ):
        content = bytearray()
        for piece in answer.iter_raw():
            content += piece
            if len(content) > _LARGEST:
                raise ValueError("its answer has no end")
        return answer.status_code, answer.headers, bytes(content)


def _why(error: Exception) -> str:
    import httpx  # noqa: PLC0415  as above

    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    return _one_line(str(error) or type(error).__name__)


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:200]


def _read(status: int, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    if 300 <= status < 400:
        raise Unanswered(f"the token server leads elsewhere ({status}), which is not followed")
    if status == 200 and isinstance(said, dict) and "error" not in said:
        return said
    if not isinstance(said, dict):
        raise Unanswered(f"the token server answers {status}, and no JSON object", _rest(headers))
    code, detail = _error_of(said)
    if code in _FOR_GOOD and 400 <= status < 500 and status not in {408, 425, 429}:
        raise Denied(code, detail)
    shown = f" {code}" if code else ""
    raise Unanswered(f"the token server answers {status}{shown}", _rest(headers), code)


def _error_of(said: Mapping[str, Any]) -> tuple[str, str]:
    """Give the error's word, and what else of it says something and is nobody's secret."""
    code = said.get("error")
    code = code if isinstance(code, str) and _WORD.fullmatch(code) else ""
    number = _NUMBER.search(str(said.get("error_description", ""))[:4096])
    more = said.get("error_subtype", said.get("suberror"))
    details = [number[0]] if number else []
    if isinstance(more, str) and _WORD.fullmatch(more):
        details.append(more)
    return code, ", ".join(details)


def _rest(headers: Mapping[str, str]) -> float:
    """Give the seconds of Retry-After, where it says them as a number (RFC 9110 section 10.2.3)."""
    said = headers.get("retry-after", "")
    if said.isascii() and said.isdigit():
        return min(float(said), _LONGEST_REST)
    return 0.0
