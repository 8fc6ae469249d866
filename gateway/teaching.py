"""A lesson's way: what people say of spam, from the store to the filter that learns it."""

import logging
from datetime import datetime

from gateway import in_hand
from gateway.desk.decision import Lesson
from gateway.errors import Transient
from gateway.house import House
from gateway.rspamd import Rspamd
from gateway.store import claims, lessons

_log = logging.getLogger("casepost.spam")

_AT_ONCE = 20


def teach(house: House, rspamd: Rspamd, now: datetime) -> int:
    """Have the filter learn what is due; give how many mails it learnt.

    A filter that does not answer is asked again at the next call. Raises Transient when the store
    does not answer.
    """
    if not house.settings.spam.controller:
        return 0
    with house.database.reading() as connection:
        due = lessons.due(connection, _AT_ONCE)
    for count, lesson in enumerate(due):
        with in_hand.mail(lesson.spool):
            if not _learnt(house, rspamd, lesson, now):
                return count
    return len(due)


def _learnt(house: House, rspamd: Rspamd, lesson: Lesson, now: datetime) -> bool:
    """Have the filter learn one mail; False if it does not answer, or the mail can't be read."""
    try:
        with house.database.reading() as connection:
            mail = claims.load_one(connection, lesson.spool, house.large)
        if mail is not None and not rspamd.learn(mail.content, spam=lesson.spam):
            _log.info("Rspamd has nothing to learn from a mail")
    except Transient as error:
        _log.warning("Rspamd learns of a mail later: %s", error)
        with house.database.writing() as connection:
            lessons.tried(connection, lesson)
        return False
    with house.database.writing() as connection:
        lessons.learnt(connection, lesson, now)
    return True
