"""What a token server is asked for by each grant, and how the client says who it is."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import quote_plus

from gateway.config.oauth2 import ClientAuthentication, GrantType, OAuth2, places
from gateway.errors import Finding, Misconfigured
from gateway.oauth2.secret_files import SecretFiles
from gateway.oauth2.token_server import Request

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTED = 600  # seconds that a signed statement holds
# Both clocks may differ; what is signed must not seem to come from the future.
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: a grant's settings, the account's user, and where its secrets are."""

    oauth2: OAuth2
    user: str
    files: SecretFiles

    def secrets(self) -> tuple[str, ...]:
        """Read what a token is had with, but for the refresh token. Raises Misconfigured."""
        own, files = self.oauth2, self.files
        return (
            files.line(own.client_secret_file),
            files.text(own.client_key_file),
            files.text(own.service_account_file),
        )

    def renewal(self, refresh_token: str, now: datetime) -> Request:
        """Give what asks for a new access token. Raises Misconfigured."""
        own = self.oauth2
        scope = places(own).scope
        match own.grant:
            case GrantType.SERVICE_ACCOUNT:
                assertion = self._of_service_account(scope, now)
                return Request(_form(_JWT_BEARER, assertion=assertion))
            case GrantType.CLIENT_CREDENTIALS:
                return self.identified(_form("client_credentials", scope=scope), now)
        form = _form("refresh_token", refresh_token=refresh_token, scope=scope)
        return self.identified(form, now)

    def identified(self, form: Mapping[str, str], now: datetime) -> Request:
        """Give a request that says who asks (RFC 6749 section 2.3). Raises Misconfigured."""
        own = self.oauth2
        named = {**form, "client_id": own.client_id}
        if own.client_key_file:
            signed = self._client_assertion(now)
            stated = {"client_assertion_type": _CLIENT_ASSERTION, "client_assertion": signed}
            return Request({**named, **stated})
        secret = self.files.line(own.client_secret_file)
        if not secret:
            return Request(named)
        if own.client_authentication is ClientAuthentication.BODY:
            return Request({**named, "client_secret": secret})
        both = f"{quote_plus(own.client_id)}:{quote_plus(secret)}".encode()
        return Request(form, {"authorization": f"Basic {base64.b64encode(both).decode()}"})

    def _client_assertion(self, now: datetime) -> str:
        """Sign who we are, with the key of a certificate that the server knows (RFC 7523)."""
        # Here and below: only who signs pays for libraries of many megabytes.
        from cryptography import x509  # noqa: PLC0415  as said
        from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415  as said

        own = self.oauth2
        try:
            certificate = x509.load_pem_x509_certificate(
                Path(own.client_certificate or "").read_bytes()
            )
        except (OSError, ValueError):
            raise _refused(str(own.client_certificate), "no certificate in PEM is there") from None
        digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
        thumbprint = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        seconds = int(now.timestamp())
        claims = {
            "iss": own.client_id,
            "sub": own.client_id,
            "aud": places(own).token,
            "jti": token_urlsafe(),
            "nbf": seconds - _BEFORE,
            "iat": seconds - _BEFORE,
            "exp": seconds + _ASSERTED,
        }
        name = own.client_key_file or ""
        return _signed(
            {"alg": "PS256", "x5t#S256": thumbprint}, claims, self.files.text(name), name
        )

    def _of_service_account(self, scope: str, now: datetime) -> str:
        """Sign that a service account asks for a user's mailbox."""
        name = self.oauth2.service_account_file or ""
        try:
            known = json.loads(self.files.text(name))
            address, key = str(known["client_email"]), str(known["private_key"])
        except (ValueError, KeyError, TypeError, RecursionError):
            message = "this is no JSON file with the key of a service account"
            raise _refused(str(self.files.path(name)), message) from None
        seconds = int(now.timestamp())
        claims = {
            "iss": address,
            "sub": self.oauth2.subject or self.user,
            "aud": places(self.oauth2).token,
            "scope": scope,
            "iat": seconds - _BEFORE,
            "exp": seconds + _ASSERTED,
        }
        header = {"alg": "RS256", "typ": "JWT"}
        if isinstance(known.get("private_key_id"), str):
            header["kid"] = known["private_key_id"]
        return _signed(header, claims, key, name)


def _form(grant_type: str, **fields: str) -> dict[str, str]:
    return {"grant_type": grant_type, **{name: text for name, text in fields.items() if text}}


def _signed(header: dict[str, str], claims: dict[str, object], key: str, name: str) -> str:
    from joserfc import jwt  # noqa: PLC0415  as above
    from joserfc.errors import JoseError  # noqa: PLC0415  as above
    from joserfc.jwk import RSAKey  # noqa: PLC0415  as above

    try:
        return jwt.encode(header, claims, RSAKey.import_key(key), algorithms=[header["alg"]])
    except (JoseError, ValueError, TypeError):
        raise _refused(name, "there is no private RSA key in PEM, without a passphrase") from None


def _refused(path: str, message: str) -> Misconfigured:
    return Misconfigured((Finding(path, 0, message),))
