"""What a table `oauth2` must be beyond its shape: one grant with all it needs, safe addresses."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gateway.config.loopback import is_loopback
from gateway.config.oauth2 import GrantType, OAuth2, Provider, places

_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_CLIENT_ID = re.compile(r"[!-~]{1,255}")  # RFC 6749 appendix A.1, without the blank
_SCOPE = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")  # RFC 6749 section 3.3
# They stand for any organisation; an application acts in one.
_NO_ORGANISATION = frozenset({"common", "organizations", "consumers"})

# Which keys say something for which grant only.
_KEYS = {
    "client_secret_file": (GrantType.CLIENT_CREDENTIALS, GrantType.REFRESH_TOKEN),
    "client_key_file": (GrantType.CLIENT_CREDENTIALS, GrantType.REFRESH_TOKEN),
    "refresh_token_file": (GrantType.REFRESH_TOKEN,),
    "service_account_file": (GrantType.SERVICE_ACCOUNT,),
    "subject": (GrantType.SERVICE_ACCOUNT,),
}


def check_oauth2(oauth2: OAuth2, user: str) -> Iterator[tuple[str, str]]:
    """Give (key, what is wrong with it); `user` is whom the tokens let in."""
    if not user:
        yield "grant", '[oauth2] needs "user" in the table that it belongs to'
    if oauth2.provider is Provider.MICROSOFT:
        yield from _microsoft(oauth2)
    if oauth2.provider is Provider.GOOGLE and oauth2.grant is GrantType.CLIENT_CREDENTIALS:
        yield "grant", 'Google knows no "client_credentials"; use "service_account"'
    yield from _addresses(oauth2)
    yield from _client(oauth2)
    for key, grants in _KEYS.items():
        if getattr(oauth2, key) and oauth2.grant not in grants:
            yield key, f'"{key}" says nothing for the grant "{oauth2.grant.value}"'
    if oauth2.grant is GrantType.SERVICE_ACCOUNT and not oauth2.service_account_file:
        yield "grant", 'the grant "service_account" needs "service_account_file"'
    if oauth2.scope and not _SCOPE.fullmatch(oauth2.scope):
        yield "scope", '"scope" must be words with one blank between them'


def _microsoft(oauth2: OAuth2) -> Iterator[tuple[str, str]]:
    if oauth2.grant is GrantType.SERVICE_ACCOUNT:
        yield "grant", 'Microsoft knows no "service_account"; use "client_credentials"'
    if not _TENANT.fullmatch(oauth2.tenant):
        if oauth2.tenant or not oauth2.token_url:
            yield "tenant", '"tenant" must be the id or a domain of your organisation at Microsoft'
    elif oauth2.grant is GrantType.CLIENT_CREDENTIALS and oauth2.tenant in _NO_ORGANISATION:
        yield "tenant", f'"{oauth2.tenant}" is no organisation; name yours, by its id or domain'


def _addresses(oauth2: OAuth2) -> Iterator[tuple[str, str]]:
    for key in ("token_url", "device_url", "authorize_url"):
        address = getattr(oauth2, key)
        if address and not is_safe(address):
            yield key, f'"{key}" must be an address that begins with https://'
    if oauth2.provider is Provider.OTHER and not places(oauth2).token:
        yield "token_url", 'without "provider", "token_url" must say where tokens come from'


def is_safe(address: str) -> bool:
    """Say whether nobody on the way to an address can read what is sent there."""
    if not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _client(oauth2: OAuth2) -> Iterator[tuple[str, str]]:
    by_itself = oauth2.grant is GrantType.CLIENT_CREDENTIALS
    if oauth2.grant is not GrantType.SERVICE_ACCOUNT and not _CLIENT_ID.fullmatch(oauth2.client_id):
        yield "client_id", '"client_id" must be the id that the provider gave to this client'
    if oauth2.client_secret_file and oauth2.client_key_file:
        yield "client_key_file", 'there is "client_secret_file" already; only one is used'
    if by_itself and not (oauth2.client_secret_file or oauth2.client_key_file):
        yield "grant", 'the grant "client_credentials" needs "client_secret_file"'
    if bool(oauth2.client_key_file) != bool(oauth2.client_certificate):
        has, lacks = "client_key_file", "client_certificate"
        if oauth2.client_certificate:
            has, lacks = lacks, has
        yield has, f'"{has}" needs "{lacks}" beside it'
