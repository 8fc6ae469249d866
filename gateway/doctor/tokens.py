"""The grants of accounts with tokens, as the daemon has them: what doctor renews is kept for it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from gateway.config.settings import Settings
from gateway.doctor.check import Check, warning
from gateway.errors import Misused, Transient
from gateway.oauth2.accounts import clients_of, grants_of
from gateway.oauth2.grant import Grant
from gateway.store.database import Database
from gateway.store.node import name_node
from gateway.store.revision import require_present


@contextmanager
def grants_to_try(settings: Settings, now: datetime) -> Iterator[dict[str, Grant]]:
    """Give the grants by the names of accounts; none where a new token could not be kept."""
    if not clients_of(settings) or not _is_ours(settings):
        yield {}
        return
    database = Database(settings.database.url, settings.data)
    try:
        if not _is_there(database):
            yield {}
            return
        node = name_node(settings.data, socket.gethostname(), os.urandom)
        yield grants_of(settings, database, node, settings.data, lambda: now)
    finally:
        database.close()


def _is_there(database: Database) -> bool:
    """Say whether a token can be kept there; what is wrong with the database is said by itself."""
    try:
        require_present(database)
    except (Misused, Transient):
        return False
    return True


def _is_ours(settings: Settings) -> bool:
    """Say whether the data is ours: what another made there, the daemon could not open."""
    try:
        return settings.data.stat().st_uid == os.geteuid()
    except OSError:
        return False


def untried(name: str) -> Check:
    """Say that an account with tokens was not tried."""
    return warning(
        name,
        "tokens are tried only as the user of the data, once `casepost run` has made the database",
    )
