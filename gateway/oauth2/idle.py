"""Accounts that nobody enters for long: their refresh tokens are used all the same.

Providers forget one that was not used for weeks or months, as that of an MSA in a quiet season, or
of a mailbox whose connection never ends; the next mail would find a dead grant.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.config.oauth2 import GrantType
from gateway.errors import Transient
from gateway.oauth2.grant import Grant

_log = logging.getLogger("casepost.oauth2")

_UNUSED = timedelta(days=1)


def renew_unused(grants: Iterable[Grant], now: datetime) -> None:
    """Renew what no process has renewed for a day; what fails is told as at any other time.

    Raises Transient when the database does not answer.
    """
    for grant in grants:
        if grant.client.oauth2.grant is not GrantType.REFRESH_TOKEN:
            continue
        renewed_at = grant.ledger.renewed_at()
        if renewed_at is not None and now - renewed_at < _UNUSED:
            continue
        try:
            grant.token()
        except Transient as error:
            _log.debug("%s: its token is renewed later: %s", grant.ledger.account, error)
