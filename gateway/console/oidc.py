"""An identity provider says who signs in (OpenID Connect Core 1.0, the code flow with PKCE).

What belongs to one sign-in is derived from one secret in the browser's cookie: the `state` that
comes back with the code, the `nonce` in the ID token, and the verifier of RFC 7636.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from gateway.config.address import canonical
from gateway.config.loopback import is_loopback
from gateway.config.served import Oidc
from gateway.errors import CasepostError

# Signatures by the provider's key alone: no "none", and no secret that both sides have.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LARGEST = 256 * 1024
_TIMEOUT = 5.0  # seconds, for each step of a request
_KEPT = timedelta(hours=1)
_KEYS_AGAIN = timedelta(minutes=1)
_LEEWAY = 60  # seconds that the provider's clock may differ
_SCOPE = "openid email profile"


class Unvouched(CasepostError):
    """The provider does not say who signs in, or not in a way that counts; the text says why."""


@dataclass(frozen=True, slots=True)
class _Metadata:
    """What the provider says of itself (OpenID Connect Discovery 1.0), and when it was asked."""

    asked_at: datetime
    authorization: str
    token: str
    keys: str
    basic: bool
    algorithms: tuple[str, ...]


class Provider:
    """One identity provider, for one place that it leads back to."""

    def __init__(
        self,
        oidc: Oidc,
        secret: Callable[[], str],
        back: str,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Ask nothing yet; `secret` reads the client's secret, `back` is where browsers return."""
        self.oidc = oidc
        self._secret = secret
        self.back = back
        self._transport = transport
        self._lock = Lock()
        self._metadata: _Metadata | None = None
        self._keys: KeySet | None = None
        self._keys_at: datetime | None = None

    def authorization(self, secret: str, now: datetime) -> str:
        """Give where a browser with this secret is sent. Raises Unvouched."""
        address: str = prepare_grant_uri(
            self._known(now).authorization,
            self.oidc.client_id,
            "code",
            redirect_uri=self.back,
            scope=_SCOPE,
            state=state_of(secret),
            nonce=_derived(secret, "nonce"),
            code_challenge=create_s256_code_challenge(_derived(secret, "verifier")),
            code_challenge_method="S256",
        )
        return address

    def address(self, code: str, secret: str, now: datetime) -> str:
        """Give the mail address that the provider vouches for. Raises Unvouched."""
        token = self._id_token(code, secret, self._known(now))
        claims = self._claims(token, secret, now)
        if self.oidc.claim == "email" and claims.get("email_verified") is not True:
            raise Unvouched("the provider has not verified the mail address")
        try:
            return canonical(str(claims.get(self.oidc.claim, "")))
        except ValueError as error:
            raise Unvouched(f'no mail address is in the claim "{self.oidc.claim}"') from error

    def _known(self, now: datetime) -> _Metadata:
        with self._lock:
            if self._metadata is None or now - self._metadata.asked_at > _KEPT:
                self._metadata = self._discovered(now)
            return self._metadata

    def _discovered(self, now: datetime) -> _Metadata:
        issuer = self.oidc.issuer
        said = self._asked("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise Unvouched(f"the provider calls itself {said.get('issuer')!r}, not {issuer!r}")
        ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        supported = said.get("id_token_signing_alg_values_supported") or ["RS256"]
        return _Metadata(
            now,
            _safe(said, "authorization_endpoint", issuer),
            _safe(said, "token_endpoint", issuer),
            _safe(said, "jwks_uri", issuer),
            basic="client_secret_basic" in ways,
            algorithms=tuple(one for one in _ALGORITHMS if one in supported),
        )

    def _id_token(self, code: str, secret: str, known: _Metadata) -> str:
        """Change the code for an ID token (RFC 6749 section 4.1.3)."""
        own, client = self._secret(), self.oidc.client_id
        body = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=self.back,
            code_verifier=_derived(secret, "verifier"),
            **({} if known.basic else {"client_id": client, "client_secret": own}),
        )
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if known.basic:
            # Section 2.3.1: as in a form, before they are joined.
            both = f"{quote_plus(client)}:{quote_plus(own)}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(both).decode()}"
        token = self._asked("POST", known.token, body, headers).get("id_token")
        if not isinstance(token, str):
            raise Unvouched("the provider's answer has no ID token")
        return token

    def _claims(self, token: str, secret: str, now: datetime) -> Mapping[str, Any]:
        """Give what the ID token says, checked as section 3.1.3.7 of the standard has it."""
        registry = JWSRegistry(algorithms=self._known(now).algorithms, strict_check_header=False)
        try:
            try:
                decoded = jwt.decode(token, self._key_set(now), registry=registry)
            except InvalidKeyIdError:
                decoded = jwt.decode(token, self._key_set(now, renewed=True), registry=registry)
            own = {"value": self.oidc.client_id, "essential": True}
            options = {"iss": {"value": self.oidc.issuer, "essential": True}, "aud": own}
            params = {"nonce": _derived(secret, "nonce"), "client_id": self.oidc.client_id}
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise Unvouched(f"the ID token does not count: {error}") from error
        return decoded.claims

    def _key_set(self, now: datetime, *, renewed: bool = False) -> KeySet:
        """Give the provider's keys; a new one is looked for once a minute at most."""
        known = self._known(now)
        with self._lock:
            age = None if self._keys_at is None else now - self._keys_at
            too_old = age is None or age > _KEPT or (renewed and age > _KEYS_AGAIN)
            if self._keys is None or too_old:
                # Whatever it is that is no set of keys, it is refused by an error that we catch.
                found = self._asked("GET", known.keys)
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
                self._keys_at = now
            return self._keys

    def _asked(
        self, method: str, address: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Ask the provider for JSON, with bounds. Raises Unvouched."""
        client = httpx.Client(timeout=_TIMEOUT, transport=self._transport, follow_redirects=False)
        try:
            with client, client.stream(method, address, content=body, headers=headers) as answer:
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > _LARGEST:
                        raise Unvouched("the provider's answer has no end")
            said = json.loads(content)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise Unvouched(f"the provider cannot be asked: {error}") from error
        if answer.status_code != httpx.codes.OK or not isinstance(said, dict):
            why = said.get("error", "") if isinstance(said, dict) else ""
            raise Unvouched(f"the provider answers {answer.status_code} {why}".rstrip())
        return said


def state_of(secret: str) -> str:
    """Give what has to come back to the browser that has the secret."""
    return _derived(secret, "state")


def _derived(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _safe(said: Mapping[str, Any], key: str, issuer: str) -> str:
    """Give an address of the provider's that nobody on the way can read."""
    address = str(said.get(key, ""))
    parts = urlsplit(address)
    local = is_loopback(urlsplit(issuer).hostname or "") and is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise Unvouched(f'the provider\'s "{key}" does not begin with https://')
    return address
