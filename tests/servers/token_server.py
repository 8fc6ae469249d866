"""A token server on a real socket: every grant, rotating refresh tokens, and faults as scripted.

It also answers Dovecot, and any other mail server, whether a token is one of its own.
"""

import json
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

# What a script can have in the place of an answer.
BUSY, DENIED, SECRET, SLOW, HUGE, REDIRECT, GARBAGE, HANG_UP, PENDING, SLOWER = (
    *("busy", "invalid_grant", "invalid_client", "slow", "huge", "redirect", "garbage"),
    *("hang up", "authorization_pending", "slow_down"),
)
_SAID = {
    BUSY: (503, {"error": "temporarily_unavailable"}),
    DENIED: (
        400,
        {
            "error": "invalid_grant",
            "error_description": "AADSTS70008: The refresh token has expired, canary-descr.",
        },
    ),
    SECRET: (401, {"error": "invalid_client"}),
    PENDING: (400, {"error": "authorization_pending"}),
    SLOWER: (400, {"error": "slow_down"}),
}


@dataclass(slots=True)
class TokenServer:
    """The server; a client's id is the user that its tokens let in.

    `script` is used up, one for a request for tokens; `pace` is waited for before each answer. With
    `rotates` each renewal gives another refresh token, and the old one is good no more.
    """

    rotates: bool = False
    lasts: int | None = 3600
    script: list[str] = field(default_factory=list)
    pace: float = 0
    code_lasts: int = 900
    port: int = 0
    tls: ssl.SSLContext | None = None
    forms: list[dict[str, str]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    refresh_tokens: set[str] = field(default_factory=set)
    users: dict[str, str] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    _over: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """Give where tokens are had."""
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def device_url(self) -> str:
        """Give where codes for devices are had."""
        return f"http://127.0.0.1:{self.port}/device"

    @property
    def introspection(self) -> str:
        """Give where one asks about a token, which is put behind it."""
        return f"http://127.0.0.1:{self.port}/introspect?token="

    def new_refresh_token(self) -> str:
        """Let somebody agree."""
        token = f"refresh-{secrets.token_hex(12)}"
        with self._lock:
            self.refresh_tokens.add(token)
            self.issued.append(token)
        return token

    def revoke(self, token: str) -> None:
        """Let an access token be good no more."""
        with self._lock:
            self.users.pop(token)

    def user_of(self, token: str) -> str:
        """Give whom a token lets in; "" for nobody."""
        with self._lock:
            return self.users.get(token, "")

    def _answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Give tokens for what is asked with."""
        said: dict[str, Any] = {"token_type": "Bearer"}
        if self.lasts is not None:
            said["expires_in"] = self.lasts
        old = form.get("refresh_token", "")
        if form["grant_type"] == "refresh_token":
            with self._lock:
                known = old in self.refresh_tokens
            if not known:
                return 400, {"error": "invalid_grant"}
            if self.rotates:
                said["refresh_token"] = self.new_refresh_token()
                with self._lock:
                    self.refresh_tokens.discard(old)
        elif form["grant_type"] != "client_credentials":
            # A user has agreed on a device, or in a browser.
            said["refresh_token"] = self.new_refresh_token()
        token = f"access-{secrets.token_hex(12)}"
        with self._lock:
            self.users[token] = form.get("client_id", "")
            self.issued.append(token)
        return 200, {**said, "access_token": token}


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        user = self.tokens.user_of(asked)
        said = {"active": True, "username": user} if user else {"active": False}
        self._say(200, said)

    def do_POST(self) -> None:
        tokens = self.tokens
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.path == "/device":
            self._say(200, self._code())
            return
        with tokens._lock:  # noqa: SLF001
            tokens.forms.append(form)
            tokens.headers.append(self.headers.get("authorization", ""))
            tokens.at_once += 1
            tokens.most_at_once = max(tokens.most_at_once, tokens.at_once)
            word = tokens.script.pop(0) if tokens.script else ""
        try:
            if tokens.pace:
                tokens._over.wait(tokens.pace)  # noqa: SLF001
            with suppress(OSError):
                self._act(word, form)
        finally:
            with tokens._lock:  # noqa: SLF001
                tokens.at_once -= 1

    def _code(self) -> dict[str, Any]:
        return {
            "device_code": "device-canary",
            "user_code": "ABCD-EFGH",
            "verification_uri": "https://device.example/login",
            "expires_in": self.tokens.code_lasts,
            "interval": 5,
        }

    def _act(self, word: str, form: dict[str, str]) -> None:
        if word in _SAID:
            status, said = _SAID[word]
            self._say(status, said, {"retry-after": "40"} if word == BUSY else {})
        elif word in {SLOW, HUGE}:
            self._go_on(0.02 if word == SLOW else 0)
        elif word == REDIRECT:
            self._say(307, {}, {"location": f"http://127.0.0.1:{self.tokens.port}/token"})
        elif word == GARBAGE:
            self._write(200, b"<html>canary-page</html>", {})
        elif word != HANG_UP:
            self._say(*self.tokens._answer(form))  # noqa: SLF001

    def _go_on(self, pause: float) -> None:
        """Give an answer that has no end."""
        self.send_response(200)
        self.end_headers()
        while not self.tokens._over.is_set():  # noqa: SLF001
            self.wfile.write(b" " * (1 if pause else 4096))
            self.tokens._over.wait(pause)  # noqa: SLF001

    def _say(
        self, status: int, said: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        self._write(status, json.dumps(said).encode(), headers or {})

    def _write(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that leave, which is what tests are about."""


@contextmanager
def running(tokens: TokenServer) -> Iterator[TokenServer]:
    """Serve tokens on a free loopback port."""
    handler = type("_Bound", (_Handler,), {"tokens": tokens})
    with _Server(("127.0.0.1", 0), handler) as server:
        if tokens.tls is not None:
            # Each connection shakes hands on its own thread.
            server.socket = tokens.tls.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        tokens.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield tokens
        finally:
            tokens._over.set()  # noqa: SLF001
            server.shutdown()
            thread.join()
