"""What the tables of pages must be beyond their shape: addresses that are any, and ways to sign in.

What crosses a network does so under TLS.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gateway.config.loopback import is_loopback
from gateway.config.served import Console, Oidc
from gateway.config.settings import Settings
from gateway.config.toml_file import TomlFile
from gateway.errors import Finding

_FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110 section 5.1


def check_pages(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    """Find what is wrong in `[web]` and `[console]`."""
    for name, here in (("web", settings.web), ("console", settings.console)):
        if here and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", here.base_url):
            message = '"base_url" must be an address that begins with http:// or https://'
            yield file.finding(message, name, "base_url")
    if settings.console is not None:
        for place, message in _console(settings.console):
            yield file.finding(message, "console", *place)


def _console(console: Console) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give (key, what is wrong with it)."""
    address = urlsplit(console.base_url)
    if address.path.strip("/") or address.query or address.fragment:
        yield ("base_url",), '"base_url" of the console must end with the host, or its port'
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        yield ("base_url",), '"base_url" must begin with https://: passwords would cross a network'
    header = console.trusted_header
    if header is not None and not _FIELD_NAME.fullmatch(header.name):
        yield ("trusted_header", "name"), '"name" must be the name of a header, no colon'
    if header is not None and not header.networks:
        yield ("trusted_header", "networks"), '"networks" must name where the proxy asks from'
    if console.oidc is not None:
        yield from _oidc(console.oidc)
    if not (console.passwords or header or console.oidc):
        yield ("passwords",), 'nobody can sign in without "passwords", "trusted_header" and "oidc"'


def _oidc(oidc: Oidc) -> Iterator[tuple[tuple[str, ...], str]]:
    issuer = urlsplit(oidc.issuer)
    safe = issuer.scheme == "https" or (
        issuer.scheme == "http" and is_loopback(issuer.hostname or "")
    )
    if not (safe and issuer.hostname) or issuer.query or issuer.fragment:
        yield ("oidc", "issuer"), '"issuer" must be an address that begins with https://'
    for key in ("client_id", "client_secret_file", "claim"):
        if not getattr(oidc, key):
            yield ("oidc", key), f'"{key}" must not be empty'
