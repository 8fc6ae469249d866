"""An identity provider on a real socket, which does as it should until a test says otherwise."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT, SECRET = "casepost", "s3cret: 100%"


@dataclass(slots=True)
class Identity:
    """What the provider says; `asked` are the paths that it was asked for, in order."""

    issuer: str
    at: datetime
    keys: list[ECKey] = field(default_factory=lambda: [new_key("one")])
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, address: str) -> str:
        """Let somebody agree, and give the query that their browser comes back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"code={code}&state={asked['state']}&iss={self.issuer}"

    def answer(self, path: str) -> dict[str, Any]:
        """Answer a GET."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                **self.metadata,
            }
        public = KeySet(list(self.keys)).as_dict(private=False)
        return {"keys": public["keys"]}

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Change a code for an ID token, for our client alone and once."""
        if authorization:
            both = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            client, _, secret = (unquote_plus(one) for one in both.partition(":"))
        else:
            client, secret = form.get("client_id", ""), form.get("client_secret", "")
        asked = self.codes.pop(form["code"], None)
        if (client, secret) != (CLIENT, SECRET) or asked is None:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, self.token or {"access_token": "a", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        """Sign what is claimed; a claim of None is left out."""
        seconds = int(self.at.timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "17",
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": nonce,
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.keys[-1]
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)


def new_key(name: str) -> ECKey:
    """Make a key."""
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"})


@contextmanager
def running(at: datetime) -> Iterator[Identity]:
    """Serve a provider; ID tokens are signed at that time."""

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            identity.asked.append(self.path)
            self._say(200, identity.answer(self.path))

        def do_POST(self) -> None:
            identity.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*identity.exchange(form, self.headers.get("authorization", "")))

        def _say(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        identity = Identity(f"http://127.0.0.1:{server.server_address[1]}", at)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield identity
        finally:
            server.shutdown()
            thread.join()
