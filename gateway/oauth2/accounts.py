"""Which accounts of a house are entered by tokens, and their grants."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import SystemRandom

from gateway.config.oauth2 import OAuth2
from gateway.config.settings import ImapAccount, Settings
from gateway.oauth2.grant import Grant
from gateway.oauth2.ledger import Ledger
from gateway.oauth2.request import Client
from gateway.oauth2.seal import Seal
from gateway.oauth2.secret_files import SecretFiles
from gateway.store import keys
from gateway.store.claimant import this_process
from gateway.store.database import Database

MSA = "msa"


def name_of(account: ImapAccount) -> str:
    """Give the name by which a mailbox's grant is known."""
    return f"imap:{account.name}"


def clients_of(settings: Settings) -> dict[str, Client]:
    """Give who asks for tokens, by the names of the accounts."""
    files = SecretFiles(settings.path)
    found: list[tuple[str, OAuth2 | None, str]] = [
        (name_of(account), account.oauth2, account.user) for account in settings.imap
    ]
    if settings.msa is not None:
        found.append((MSA, settings.msa.oauth2, settings.msa.user))
    return {name: Client(oauth2, user, files) for name, oauth2, user in found if oauth2}


def ledgers_of(settings: Settings, database: Database, node: str, data: Path) -> dict[str, Ledger]:
    """Give what is written down of each account's grant.

    Raises OSError, and Misused when the key that seals tokens is damaged.
    """
    clients = clients_of(settings)
    if not clients:
        return {}
    seal = Seal(keys.load_or_make(data, keys.GRANTS, os.urandom))
    claimant = this_process(node)
    return {name: Ledger(name, database, seal, claimant) for name in clients}


def grants_of(
    settings: Settings,
    database: Database,
    node: str,
    data: Path,
    now: Callable[[], datetime],
) -> dict[str, Grant]:
    """Give the grants by the names of their accounts. Raises as `ledgers_of` does."""
    clients = clients_of(settings)
    ledgers = ledgers_of(settings, database, node, data)
    random = SystemRandom().random
    return {name: Grant(clients[name], ledgers[name], now, random) for name in clients}
