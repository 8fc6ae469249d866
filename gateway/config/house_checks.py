"""What `casepost.toml` must be beyond its shape: its parts have to fit each other and the desks."""

import re
from collections.abc import Iterator, Sequence

from gateway.config.address import canonical, without_extension
from gateway.config.desk import Desk
from gateway.config.loopback import is_loopback
from gateway.config.nameserver import parse_nameserver
from gateway.config.oauth2_checks import check_oauth2
from gateway.config.plain import check_texts
from gateway.config.raw_store_checks import check_raw_store
from gateway.config.retention import check_retention
from gateway.config.served_checks import check_pages
from gateway.config.settings import NO_AUTHSERV_ID, ImapAccount, Settings, TlsMode
from gateway.config.toml_file import TomlFile
from gateway.errors import Finding

_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_PLAIN_URL = re.compile(r"https?://[^\s/@?#]+/?")
_AUTHSERV_ID = re.compile(r"[!#-'*-:<>-~]+")  # RFC 8601 section 2.5, as far as hosts use it
_DNS_NAME = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*"
)
_FIELD_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322 section 2.2
_IMAP_KEYWORD = re.compile(r"[!#$&'+-\[^-z|}~][!#$&'+-\[^-z|}~]*")  # RFC 3501 `flag-keyword`
_EVERY_HOST = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  compared with, not bound to


def check(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    """Find everything in `casepost.toml` that is well-shaped and wrong all the same."""
    yield from check_texts(file)
    if not settings.database.url.startswith(_DATABASES):
        yield file.finding(
            '"url" must begin with sqlite:/// or postgresql+psycopg://', "database", "url"
        )
    if any(c.isspace() for c in settings.hostname):
        yield file.finding('"hostname" must be a name without blanks', "hostname")
    yield from _sockets(file, settings)
    yield from _accounts(file, settings.imap)
    yield from _msa(file, settings)
    yield from _spam(file, settings)
    yield from _dkim(file, settings)
    yield from _authenticity(file, settings)
    yield from check_pages(file, settings)
    yield from check_raw_store(file, settings)
    yield from check_retention(file, settings.retention)


def _dkim(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    domains: set[str] = set()
    for index, one in enumerate(settings.dkim):
        for key, name in (("domain", one.domain), ("selector", one.selector)):
            if not _DNS_NAME.fullmatch(name):
                message = f'"{key}" must be a name as the DNS has it, such as example.net'
                yield file.finding(message, "dkim", index, key)
        if one.domain.lower() in domains:
            message = f"another [[dkim]] signs for {one.domain} already"
            yield file.finding(message, "dkim", index, "domain")
        domains.add(one.domain.lower())


def _spam(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    for key in ("rspamd", "controller"):
        url = getattr(settings.spam, key)
        if url and not _PLAIN_URL.fullmatch(url):
            message = f'"{key}" must be an address such as http://127.0.0.1:11333'
            yield file.finding(message, "spam", key)
    if settings.spam.controller and not settings.spam.rspamd:
        yield file.finding(
            '"controller" needs "rspamd", whose mails it learns', "spam", "controller"
        )


def _authenticity(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    own = settings.authenticity
    for text in own.nameservers:
        try:
            parse_nameserver(text)
        except ValueError:
            message = f'"{text}" is no IP address of a name server, such as 192.0.2.53'
            yield file.finding(message, "authenticity", "nameservers")
    for problem in _no_ids(own.authserv_ids):
        yield file.finding(problem, "authenticity", "authserv_ids")
    if own.inner_hosts and not own.authserv_ids:
        yield file.finding(
            '"inner_hosts" needs "authserv_ids" beside it', "authenticity", "inner_hosts"
        )


def _no_ids(ids: Sequence[str]) -> Iterator[str]:
    for name in ids:
        if name != NO_AUTHSERV_ID and not _AUTHSERV_ID.fullmatch(name):
            yield f'"{name}" is no authserv-id, which is a host\'s name such as mx.example.org'


def check_recipients(
    file: TomlFile, settings: Settings, desks: Sequence[Desk]
) -> Iterator[Finding]:
    """Find IMAP accounts whose mail is for an address that no desk has."""
    addresses = {address for desk in desks for address in desk.addresses}
    for index, account in enumerate(settings.imap):
        address = account.address
        if "@" in address and not {address, without_extension(address)} & addresses:
            yield file.finding(f"no desk has the address {address}", "imap", index, "address")


def canonical_or_same(address: str) -> str:
    """Give the canonical form of an address, or what is there if it is none."""
    try:
        return canonical(address)
    except ValueError:
        return address


def _sockets(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    taken: list[tuple[str, int]] = []
    for index, listener in enumerate(settings.listener):
        if (listener.certificate is None) != (listener.private_key is None):
            has, lacks = ("certificate", "private_key")
            if listener.certificate is None:
                has, lacks = lacks, has
            yield file.finding(
                f'"{has}" needs "{lacks}" beside it: STARTTLS takes both', "listener", index, has
            )
        if _is_taken(listener.host, listener.port, taken):
            message = f"port {listener.port} is taken by another listener"
            yield file.finding(message, "listener", index, "port")
        taken.append((listener.host, listener.port))
    pages = {"web": settings.web, "console": settings.console, "internal": settings.internal}
    for name, here in pages.items():
        if here is None:
            continue
        if _is_taken(here.host, here.port, taken):
            yield file.finding(f"port {here.port} is taken by something else", name, "port")
        taken.append((here.host, here.port))


def _is_taken(host: str, port: int, taken: list[tuple[str, int]]) -> bool:
    return port != 0 and any(
        port == other_port and (host == other or _EVERY_HOST & {host, other})
        for other, other_port in taken
    )


def _accounts(file: TomlFile, accounts: Sequence[ImapAccount]) -> Iterator[Finding]:
    names: set[str] = set()
    folders: set[tuple[str, int, str, str]] = set()
    for index, account in enumerate(accounts):
        for key, message in _account(account):
            yield file.finding(message, "imap", index, key)
        for key, message in check_oauth2(account.oauth2, account.user) if account.oauth2 else ():
            yield file.finding(message, "imap", index, "oauth2", key)
        if account.name.casefold() in names:
            message = f'another [[imap]] has the name "{account.name}", too'
            yield file.finding(message, "imap", index, "name")
        names.add(account.name.casefold())
        folder = (account.host.lower(), account.port, account.user, account.folder)
        if folder in folders:
            message = "another [[imap]] reads this folder of this user already"
            yield file.finding(message, "imap", index, "folder")
        folders.add(folder)


def _account(account: ImapAccount) -> Iterator[tuple[str, str]]:
    """Give (key, what is wrong with it) for one account."""
    for key in ("name", "host", "user", "folder"):
        if not getattr(account, key):
            yield key, f'"{key}" must not be empty'
    if any(c.isspace() for c in account.host):
        yield "host", '"host" must be a name or an IP address, without blanks'
    yield from _way_in(account)
    yield from _when_filed(account)
    if account.address:
        try:
            canonical(account.address)
        except ValueError as error:
            yield "address", f'"address" is no mail address: {error}'
    for problem in _no_ids(account.authserv_ids or ()):
        yield "authserv_ids", problem
    yield from _envelope_of(account)


def _way_in(account: ImapAccount) -> Iterator[tuple[str, str]]:
    ways = [key for key in ("password_file", "token_command", "oauth2") if getattr(account, key)]
    if len(ways) > 1:
        several = " and ".join(f'"{key}"' for key in ways)
        yield ways[0], f"this account has {several}; it needs one of them"
    elif not ways:
        message = 'this account has no way in: "password_file", "token_command" or [imap.oauth2]'
        yield "password_file", message


def _envelope_of(account: ImapAccount) -> Iterator[tuple[str, str]]:
    """Find what is wrong with the keys that say what the mail's way here was."""
    if account.inner_hosts and not account.authserv_ids:
        yield "inner_hosts", '"inner_hosts" needs "authserv_ids" beside it'
    if account.recipient_header and not _FIELD_NAME.fullmatch(account.recipient_header):
        yield "recipient_header", '"recipient_header" must be the name of a header, no colon'


def _when_filed(account: ImapAccount) -> Iterator[tuple[str, str]]:
    verb, colon, folder = account.when_filed.partition(":")
    if verb == "move" and colon:
        if not folder.strip():
            yield "when_filed", '"move:" needs the name of a folder after it'
        elif folder == account.folder:
            yield "when_filed", "filed mails would move to the folder that they are read from"
    elif account.when_filed not in {"keyword", "nothing"}:
        yield "when_filed", '"when_filed" must be "keyword", "nothing" or "move:FOLDER"'
    if not _IMAP_KEYWORD.fullmatch(account.keyword):
        yield "keyword", '"keyword" must be one word that IMAP takes as a keyword, such as "$Filed"'


def _msa(file: TomlFile, settings: Settings) -> Iterator[Finding]:
    msa = settings.msa
    if msa is None:
        return
    if not msa.host or any(c.isspace() for c in msa.host):
        yield file.finding('"host" must be a name or an IP address', "msa", "host")
    if msa.user and not (msa.password_file or msa.oauth2):
        message = '"user" needs "password_file" beside it, or [msa.oauth2]'
        yield file.finding(message, "msa", "user")
    if msa.password_file and msa.oauth2:
        message = 'this table has "password_file" and "oauth2"; it needs one of them'
        yield file.finding(message, "msa", "password_file")
    for key, message in check_oauth2(msa.oauth2, msa.user) if msa.oauth2 else ():
        yield file.finding(message, "msa", "oauth2", key)
    if msa.user and msa.tls is TlsMode.NONE and not is_loopback(msa.host):
        yield file.finding(
            '"tls" must be "starttls" or "tls" here: the password would cross a network',
            "msa",
            "user",
        )
    if msa.password_file and not msa.user:
        yield file.finding('"password_file" needs "user" beside it', "msa", "password_file")
