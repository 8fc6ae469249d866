"""Everything that `casepost doctor` tries, in the order in which it is shown."""

import os
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from gateway.config.load import Configuration
from gateway.config.secrets import read_secret
from gateway.config.settings import Settings
from gateway.doctor.check import Check
from gateway.doctor.ground import check_ground
from gateway.doctor.large import check_large_mails
from gateway.doctor.mailboxes import check_mailbox
from gateway.doctor.outside import check_dns, check_listeners, check_msa
from gateway.doctor.owners import check_owners
from gateway.doctor.pages import check_pages
from gateway.doctor.tokens import grants_to_try, untried
from gateway.oauth2.accounts import MSA, name_of
from gateway.oauth2.grant import Grant
from gateway.resolver import Asking


def examine_house(configuration: Configuration, asking: Asking, now: datetime) -> Iterator[Check]:
    """Try everything that is configured, one thing after the other."""
    settings = configuration.settings
    yield from check_ground(configuration, now)
    yield from check_owners(settings.data)
    yield check_large_mails(settings, secrets.token_hex(8), now)
    yield check_dns(settings, asking)
    yield from check_listeners(settings, now)
    yield from check_pages(settings)
    with grants_to_try(settings, now) as grants:
        yield from _mail_servers(settings, grants, now)


def _mail_servers(
    settings: Settings, grants: Mapping[str, Grant], now: datetime
) -> Iterator[Check]:
    """Log in at the MSA and in each mailbox."""
    msa = settings.msa
    if msa is not None and msa.oauth2 and MSA not in grants:
        yield untried("msa")
    elif msa is not None:
        secret = _secret(msa.password_file, settings.path)
        hostname = settings.hostname or socket.gethostname()
        yield from check_msa(msa, hostname, secret, grants.get(MSA), now)
    for account in settings.imap:
        grant = grants.get(name_of(account))
        if account.oauth2 and grant is None:
            yield untried(f"imap {account.name}")
            continue
        password = _secret(account.password_file, settings.path)
        of_house = settings.authenticity.authserv_ids
        yield from check_mailbox(account, password, of_house, grant, now)


def _secret(name: str | None, path: Path) -> Callable[[], str]:
    return lambda: read_secret(name, path, os.environ) if name else ""
