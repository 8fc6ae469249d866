"""What is new in a mail's text, and in which language its author is answered."""

import dataclasses

from gateway.desk.case import Case
from gateway.desk.commands.grammar import read
from gateway.desk.known import Role
from gateway.desk.language import language_of
from gateway.mail.reply.authored import Authored, authored, typed
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import new_text


def hear(case: Case) -> Case:
    """Give the case with what is not new in its text, and with its language.

    What we sent ourselves is known again in an answer, whatever program quoted it. Of an agent's
    mail, commands and text are what they wrote newly beyond doubt, since it goes to others; what
    they wrote in the console is all theirs.
    """
    if case.sender.role is Role.AGENT:
        case = _authored(case)
    found = () if _is_typed(case) else folds(case.mail.text, case.known.sent)
    # A short text that does not tell its language may do so together with its subject.
    text = new_text(case.mail.text, found)
    texts = (text, f"{case.mail.subject}.\n{text}")
    spoken = language_of(case.desk, case.sender.person, case.choice.ticket, texts)
    return dataclasses.replace(case, folds=found, spoken=spoken)


def _authored(case: Case) -> Case:
    text = case.mail.text
    found = typed(text) if _is_typed(case) else authored(text, case.known.told)
    commanded = read(found.text)
    text = "" if _is_name(case, commanded.text) else commanded.text
    return dataclasses.replace(case, commanded=commanded, authored=Authored(text, found.unclear))


def _is_name(case: Case, text: str) -> bool:
    """Say whether a text is no more than the agent's name below their commands."""
    agent = case.desk.agent_of(case.sender.address)
    names = (case.sender.name, agent.name if agent else "")
    first_names = (name.partition(" ")[0] for name in names)
    signed = text.strip(" ,.-\n").casefold()
    return bool(signed) and signed in {name.casefold() for name in (*names, *first_names)}


def _is_typed(case: Case) -> bool:
    return any(one.in_console for one in case.addressed)
