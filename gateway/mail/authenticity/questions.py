"""What is asked of the DNS on behalf of a mail, without asking it.

A check is a generator. It yields the questions that it cannot go on without, and goes on when
somebody has put their answers into its `answers`: a resolver, or a test. What nobody answered
counts as uncertain, which is never a pass and never a fail.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

# Of one mail. SPF may ask for ten mail exchangers ten times over (RFC 7208 section 4.6.4); nobody
# who is honest comes near.
MAX_QUESTIONS = 80

_MAX_NAME = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


class Type(StrEnum):
    """The record types that are asked for (RFC 1035, RFC 3596)."""

    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    PTR = "PTR"
    TXT = "TXT"


@dataclass(frozen=True, slots=True)
class Question:
    """Which records of a name; the name is in lower case, without a dot at its end."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Answer:
    """What the DNS said: the records as text, none if there are none.

    A TXT record is its strings put together, read as Latin-1; an MX record its preference, a
    blank, and the host. `certain` is False where no answer came, or only that there is trouble.
    """

    records: tuple[str, ...] = ()
    certain: bool = True


NOTHING = Answer()
UNCERTAIN = Answer(certain=False)

Answers = dict[Question, Answer]

_T = TypeVar("_T")
Inquiry = Generator[tuple[Question, ...], None, _T]


def ask(answers: Answers, *questions: Question) -> Inquiry[tuple[Answer, ...]]:
    """Ask for what is not answered yet, all at the same time; give the answers in order.

    What can be no name in the DNS has no records.
    """
    for question in questions:
        if not is_name(question.name):
            answers[question] = NOTHING
    missing = dict.fromkeys(q for q in questions if q not in answers)
    if len(answers) + len(missing) <= MAX_QUESTIONS and missing:
        yield tuple(missing)
    for question in missing:
        answers.setdefault(question, UNCERTAIN)
    return tuple(answers[question] for question in questions)


def is_name(text: str) -> bool:
    """Say whether a text is a domain name as hosts and mail use them, in lower case."""
    return len(text) <= _MAX_NAME and all(_LABEL.fullmatch(label) for label in text.split("."))
