"""Everything that `casepost doctor` tries, in the order in which it is shown."""

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from gateway.config.load import Configuration
from gateway.config.secrets import read_secret
from gateway.doctor.check import Check
from gateway.doctor.ground import check_ground
from gateway.doctor.large import check_large_mails
from gateway.doctor.mailboxes import check_mailbox
from gateway.doctor.outside import check_dns, check_listeners, check_msa
from gateway.resolver import Asking


def examine_house(configuration: Configuration, asking: Asking, now: datetime) -> Iterator[Check]:
    """Try everything that is configured, one thing after the other."""
    settings = configuration.settings
    yield from check_ground(configuration, now)
    yield check_large_mails(settings, secrets.token_hex(8))
    yield check_dns(settings, asking)
    yield from check_listeners(settings, now)
    if settings.msa is not None:
        secret = _secret(settings.msa.password_file, settings.path)
        yield check_msa(settings.msa, settings.hostname or socket.gethostname(), secret)
    for account in settings.imap:
        password = _secret(account.password_file, settings.path)
        yield from check_mailbox(account, password, settings.authenticity.authserv_ids)


def _secret(name: str | None, path: Path) -> Callable[[], str]:
    return lambda: read_secret(name, path, os.environ) if name else ""
