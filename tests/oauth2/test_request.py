"""What is asked for: presets of the providers, what is signed, and TLS that is verified."""

import base64
import hashlib
import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from gateway.config.oauth2 import GrantType, OAuth2, Provider, places
from gateway.errors import Misconfigured
from gateway.oauth2 import agreement
from gateway.oauth2 import token_server as asking
from gateway.oauth2.request import Client
from gateway.oauth2.secret_files import SecretFiles
from gateway.oauth2.token_server import Denied, Request, Unanswered, ask
from servers import token_server
from servers.certificates import Certificate
from servers.token_server import SLOW, TokenServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
USER = "support@desk.example"
OFFICE = "https://outlook.office.com"


def client(folder: Path, oauth2: OAuth2) -> Client:
    """Make a client with its secrets in a folder."""
    return Client(oauth2, USER, SecretFiles(folder / "casepost.toml"))


@pytest.mark.parametrize(
    ("grant", "scope"),
    [
        (GrantType.CLIENT_CREDENTIALS, "https://outlook.office365.com/.default"),
        (
            GrantType.REFRESH_TOKEN,
            f"{OFFICE}/IMAP.AccessAsUser.All {OFFICE}/SMTP.Send offline_access",
        ),
    ],
)
def test_microsoft(grant: GrantType, scope: str) -> None:
    """Addresses are the tenant's; an application asks for what it was given, a user for mail."""
    found = places(OAuth2(provider=Provider.MICROSOFT, tenant="desk.example", grant=grant))
    base = "https://login.microsoftonline.com/desk.example/oauth2/v2.0"
    assert (f"{base}/token", f"{base}/devicecode") == (found.token, found.device)
    assert scope == found.scope


def test_google() -> None:
    """It has no codes for mail; what is configured goes before what is known."""
    found = places(OAuth2(provider=Provider.GOOGLE))
    assert ("https://oauth2.googleapis.com/token", "") == (found.token, found.device)
    assert "https://mail.google.com/" == found.scope
    own = places(OAuth2(provider=Provider.GOOGLE, token_url="https://t.example/", scope="x"))
    assert ("https://t.example/", "x") == (own.token, own.scope)


@pytest.fixture(scope="module")
def key() -> RSAKey:
    """A key."""
    return RSAKey.generate_key(2048)


def decoded(text: str, key: RSAKey, algorithm: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Verify what was signed; gives header and claims."""
    token = jwt.decode(text, key, algorithms=[algorithm])
    return dict(token.header), dict(token.claims)


def test_a_service_account(tmp_path: Path, key: RSAKey) -> None:
    """It signs for whom it speaks, for ten minutes, with the key that it names (RFC 7523)."""
    content = {
        "client_email": "bot@project.example",
        "private_key": key.as_pem(private=True).decode(),
        "private_key_id": "k1",
    }
    (tmp_path / "key.json").write_text(json.dumps(content))
    oauth2 = OAuth2(
        provider=Provider.GOOGLE,
        grant=GrantType.SERVICE_ACCOUNT,
        service_account_file="key.json",
    )
    form = client(tmp_path, oauth2).renewal("", NOON).form
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" == form["grant_type"]
    header, claims = decoded(form["assertion"], key, "RS256")
    assert {"alg": "RS256", "typ": "JWT", "kid": "k1"} == header
    seconds = int(NOON.timestamp())
    assert {
        "iss": "bot@project.example",
        "sub": USER,
        "aud": "https://oauth2.googleapis.com/token",
        "scope": "https://mail.google.com/",
        "iat": seconds - 60,
        "exp": seconds + 600,
    } == claims
    other = replace(oauth2, subject="chief@desk.example")
    form = client(tmp_path, other).renewal("", NOON).form
    assert "chief@desk.example" == decoded(form["assertion"], key, "RS256")[1]["sub"]


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"client_email": "a", "private_key": "canary"}', "[" * 9999]
)
def test_a_file_that_is_no_service_account_s(tmp_path: Path, content: str) -> None:
    """It is named, and nothing of it is said."""
    (tmp_path / "key.json").write_text(content)
    oauth2 = OAuth2(
        provider=Provider.GOOGLE, grant=GrantType.SERVICE_ACCOUNT, service_account_file="key.json"
    )
    with pytest.raises(Misconfigured, match=r"key\.json") as refused:
        client(tmp_path, oauth2).renewal("", NOON)
    assert "canary" not in str(refused.value)


def test_a_certificate_in_place_of_a_secret(
    tmp_path: Path, certificate: Certificate, key: RSAKey
) -> None:
    """The client signs who it is, and says by which certificate; each time anew."""
    (tmp_path / "key.pem").write_bytes(key.as_pem(private=True))
    oauth2 = OAuth2(
        provider=Provider.MICROSOFT,
        tenant="t",
        client_id="c1",
        grant=GrantType.CLIENT_CREDENTIALS,
        client_key_file="key.pem",
        client_certificate=certificate.chain,
    )
    forms = [client(tmp_path, oauth2).renewal("", NOON).form for _ in range(2)]
    header, claims = decoded(forms[0]["client_assertion"], key, "PS256")
    der = ssl.PEM_cert_to_DER_cert(certificate.chain.read_text().partition("\n-----BEGIN")[0])
    digest = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    assert {"alg": "PS256", "x5t#S256": digest, "typ": "JWT"} == header
    assert ("c1", "c1", places(oauth2).token) == (claims["iss"], claims["sub"], claims["aud"])
    assert "client_secret" not in forms[0]
    assert forms[0]["client_assertion"] != forms[1]["client_assertion"]


@pytest.fixture
def secure(certificate: Certificate) -> Iterator[TokenServer]:
    """A token server with TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.private_key)
    with token_server.running(TokenServer(tls=context)) as found:
        yield found


FORM = Request({"grant_type": "client_credentials", "client_id": USER, "client_secret": "canary"})


def test_tls_is_verified(secure: TokenServer, certificate: Certificate) -> None:
    """Whom nobody vouches for is told nothing."""
    address = secure.url.replace("http:", "https:").replace("127.0.0.1", "localhost")
    assert "access_token" in ask(address, FORM, certificate.authority)
    with pytest.raises(Unanswered, match="certificate verify failed") as refused:
        ask(address, FORM, None)
    assert "canary" not in str(refused.value)
    assert 1 == len(secure.forms)
    with pytest.raises(Denied, match=r"ca_file .*nowhere\.pem can't be used"):
        ask(address, FORM, Path("/nowhere.pem"))


def test_an_end_under_tls(
    secure: TokenServer, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that never ends is left under TLS, too."""
    monkeypatch.setattr(asking, "_WHOLE", 0.3)
    secure.script = [SLOW]
    address = secure.url.replace("http:", "https:").replace("127.0.0.1", "localhost")
    with pytest.raises(Unanswered, match="it did not answer in time"):
        ask(address, FORM, certificate.authority)


@pytest.mark.parametrize("said", [10**400, float("inf")])
def test_nobody_waits_for_ever_for_an_agreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: float
) -> None:
    """Whatever a provider wants, it is a quarter of an hour at most."""
    texts = {"verification_uri": "https://a.example/", "user_code": "A", "device_code": "B"}
    monkeypatch.setattr(
        agreement, "ask", lambda *_: {**texts, "interval": said, "expires_in": said}
    )
    own = OAuth2(client_id="us", provider=Provider.MICROSOFT)
    code = agreement.ask_for_code(client(tmp_path, own), NOON)
    assert (900, 900) == (code.lasts, code.interval)


def test_a_server_that_is_slow_to_say_no_is_not_asked_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code's time goes by while it is waited for as well."""
    asked: list[datetime] = []

    def slow(_address: str, _request: Request, _ca_file: Path | None) -> dict[str, object]:
        asked.append(NOON + timedelta(minutes=len(asked) + 1))
        raise Unanswered("it waits", code="authorization_pending")

    monkeypatch.setattr(agreement, "ask", slow)
    own = client(tmp_path, OAuth2(client_id="us", provider=Provider.MICROSOFT))
    code = agreement.Code("https://a.example/", "A", "B", lasts=600, interval=1)
    with pytest.raises(agreement.Disagreed, match="nobody agreed in time"):
        agreement.wait_for_agreement(own, code, lambda: (asked or [NOON])[-1], lambda _: None)
    assert 10 == len(asked)
