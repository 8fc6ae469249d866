"""The parts of a daemon that reach other servers: the courier, the IMAP sources, the spam filter.

`path` is that of the settings file, beside which their secrets are.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import SystemRandom

from gateway.config.secrets import read_secret
from gateway.courier.courier import Courier
from gateway.house import House
from gateway.imap_source.account import ImapSource
from gateway.imap_source.filing import Spooling
from gateway.oauth2.accounts import MSA, grants_of, name_of
from gateway.oauth2.grant import Grant
from gateway.rspamd import Rspamd


def courier_of(house: House, path: Path, now: Callable[[], datetime]) -> Courier:
    """Give what sends a house's mail."""
    settings = house.settings
    return Courier(
        settings=settings,
        database=house.database,
        node=house.node,
        data=house.data,
        password=_secret(settings.msa.password_file if settings.msa else None, path),
        now=now,
        random=SystemRandom().random,
        grant=_grants(house, now).get(MSA),
    )


def sources_of(
    house: House,
    path: Path,
    now: Callable[[], datetime],
    received: Callable[[], None],
    freed: Callable[[], None],
) -> list[ImapSource]:
    """Give what fetches mail from each of a house's accounts.

    `received` is told of new mail, `freed` when another node may read a mailbox.
    """
    settings = house.settings
    spooling = Spooling(
        database=house.database,
        node=house.node,
        large=house.large,
        message_size=settings.limits.message_size,
        now=now,
        received=received,
        freed=freed,
    )
    jitter = SystemRandom().random
    grants = _grants(house, now)
    return [
        ImapSource(
            account,
            _secret(account.password_file, path),
            spooling,
            jitter,
            grants.get(name_of(account)),
        )
        for account in settings.imap
    ]


def rspamd_of(house: House, path: Path) -> Rspamd:
    """Give the spam filter that a house teaches."""
    spam = house.settings.spam
    return Rspamd(spam, _secret(spam.password_file, path), time.monotonic)


def _grants(house: House, now: Callable[[], datetime]) -> dict[str, Grant]:
    """Give what lets us into accounts with tokens."""
    return grants_of(house.settings, house.database, house.node, house.data, now)


def _secret(name: str | None, path: Path) -> Callable[[], str]:
    """Give a way to read a secret when it is needed, so that a changed one is noticed."""
    return lambda: read_secret(name, path, os.environ) if name else ""
