"""What is new in a mail's text, and in which language its author is answered."""

import dataclasses

from gateway.desk.case import Case
from gateway.desk.language import language_of
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text


def hear(case: Case) -> Case:
    """Give the case with what is not new in its text, and with its language.

    What we sent ourselves is known again in an answer, whatever program quoted it.
    """
    found = folds(case.mail.text, case.known.sent)
    # A short text that does not tell its language may do so together with its subject.
    text = new_text(case.mail.text, found)
    texts = (text, f"{case.mail.subject}.\n{text}")
    spoken = language_of(case.desk, case.sender.person, case.choice.ticket, texts)
    return dataclasses.replace(case, folds=found, spoken=spoken)
