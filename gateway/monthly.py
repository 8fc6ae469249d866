"""The report of the last month, mailed to whom a desk's file names.

It goes out at the first tick of a new month in the desk's zone, or as soon as somebody ticks again.
A row in the transaction that queues it says so, and no node sends it twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from gateway import maillog
from gateway.config.desk import Desk
from gateway.desk.decision import Content, Reply
from gateway.desk.news import mail_to
from gateway.desk.whom import targets
from gateway.errors import Transient
from gateway.house import House
from gateway.letters import Occasion, write
from gateway.letters.enclosures import Enclosures
from gateway.mail.enclosure import enclose
from gateway.report.figures import Figures
from gateway.report.gather import gather
from gateway.report.page import page
from gateway.report.period import month_after, month_before
from gateway.report.summary import summary
from gateway.store import sent_reports
from gateway.store.effects import queue
from gateway.store.outbox import Outgoing

_log = logging.getLogger("casepost.monthly")

_TEMPLATE = "agent/report"
_MOMENT = timedelta(seconds=1)


def next_due(house: House, now: datetime) -> datetime | None:
    """Say when the next month begins for a desk that has its reports mailed, if there is one."""
    desks = (desk for desk in house.desks if desk.monthly_report)
    return min((month_after(now, desk.timezone) for desk in desks), default=None)


def send(house: House, now: datetime) -> int:
    """Mail the reports of the last month that nobody has mailed; give how many mails there are.

    Raises Transient when the store does not answer.
    """
    sent = 0
    for desk in house.desks:
        if not desk.monthly_report:
            continue
        try:
            sent += _send(house, desk, now)
        except Transient:
            raise
        except Exception:  # one desk's fault must not stop every other's report
            _log.exception("the monthly report of desk %s can't be sent", desk.name)
    return sent


def _send(house: House, desk: Desk, now: datetime) -> int:
    days = month_before(now, desk.timezone)
    period = f"{days[0]:%Y-%m}"
    with house.database.reading() as connection:
        if sent_reports.is_sent(connection, desk.name, period):
            return 0
        figures = gather(connection, desk, days, now)
        was_there = sent_reports.has_cases(connection, desk.name, figures.period.end)
    mails = _mails(house, desk, figures, now) if was_there else ()
    with house.database.writing() as connection:
        if not sent_reports.note(connection, desk.name, period, now):
            return 0
        queue(connection, mails)
    for mail in mails:
        maillog.queued(mail.id, mail.template, mail.recipient)
    return len(mails)


def _mails(house: House, desk: Desk, figures: Figures, now: datetime) -> tuple[Outgoing, ...]:
    """Write the report to everybody who gets it; who is away finds it when they are back."""
    last = figures.period.end - _MOMENT
    content = Content(text=summary(figures), period=(figures.period.begin, last))
    file = enclose(_name(desk, figures.period.first), page([figures], now).encode())
    about = Occasion(desk, (), "", enclosures=Enclosures(own=(file,)))
    agents = targets(desk, desk.monthly_report, "", ())
    if not agents:
        _log.error("nobody gets the monthly report of desk %s", desk.name)
    replies: Sequence[Reply] = [mail_to(desk, agent, _TEMPLATE, content) for agent in agents]
    # It is about no case, so that an answer goes to the desk like any mail.
    return tuple(
        replace(write(house, about, None, replace(reply, reply_role=None), 0, now), entry=None)
        for reply in replies
    )


def _name(desk: Desk, month: date) -> str:
    return f"report-{desk.name}-{month:%Y-%m}.html"
