"""Mails about which a flood or a limit decided: what else was there then is not looked at."""

from datetime import timedelta

from sqlalchemy import Connection

from gateway.backtest.became import rows, table
from gateway.config import duration
from gateway.config.settings import Sending
from gateway.desk.case import Case
from gateway.desk.decision import Reason
from gateway.desk.flood import FLOOD
from gateway.desk.incident import INCIDENT
from gateway.desk.ticket import EventKind
from gateway.store.past import Decided, came_before, strangers_before

_OF_A_FLOOD = frozenset({Reason.STORM.value, Reason.TOO_MANY_ANSWERS.value})
_TOLD = frozenset({FLOOD, INCIDENT})


def is_flood(mail: Decided) -> bool:
    """Say whether a mail was decided on as one of a flood, or as one too many."""
    if mail.reason in _OF_A_FLOOD:
        return True
    decision = table(mail.trace.get("decision"))
    if any(table(one).get("mail") in _TOLD for one in rows(decision.get("replies"))):
        return True
    adopted = f"{EventKind.ADOPTED.value}: "
    return any(str(line).startswith(adopted) for line in rows(decision.get("events")))


def is_crowded(connection: Connection, mail: Decided, case: Case, sending: Sending) -> bool:
    """Say whether so many mails came before one that agents may not have been told of it."""
    sender = case.sender
    if sender.proven:
        return False
    within = timedelta(seconds=max(sending.storm_within, sending.storm_quiet))
    if came_before(connection, mail, within) >= sending.storm:
        return True
    desk = case.desk.strangers
    within = duration.parse(desk.within)
    return not sender.vouched and strangers_before(connection, mail, within) >= desk.most
