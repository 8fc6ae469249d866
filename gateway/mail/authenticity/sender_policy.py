"""SPF (RFC 7208), by pyspf: whether a host may send in the name of the envelope's domain."""

from dataclasses import dataclass

import spf

from gateway.config.address import canonical
from gateway.mail.authenticity.questions import (
    NOTHING,
    Answer,
    Answers,
    Inquiry,
    Question,
    Type,
    ask,
    is_name,
)
from gateway.mail.model import Envelope

# A record with more is no use to anybody, and pyspf takes quadratic time to find out.
_MAX_RECORD = 2048
_MAX_TERM = 300
_MAX_VOID = 2  # RFC 7208 section 4.6.4


@dataclass(frozen=True, slots=True)
class SenderPolicy:
    """What SPF says: for which domain, and the result in the words of RFC 7208 section 2.6.

    `domain` is "" where there is nothing to ask about.
    """

    domain: str
    result: str


def check(envelope: Envelope, answers: Answers) -> Inquiry[SenderPolicy]:
    """Check the reverse-path, or the greeting of a mail that has none (RFC 7208 section 2.4)."""
    try:
        sender = canonical(envelope.reverse_path or f"postmaster@{envelope.helo}")
    except ValueError:
        return SenderPolicy("", "none")
    domain = sender.rpartition("@")[2]
    while True:
        try:
            return SenderPolicy(domain, _result(envelope, sender, answers))
        except _Unanswered as unanswered:
            yield from ask(answers, unanswered.question)


def _result(envelope: Envelope, sender: str, answers: Answers) -> str:
    """Give pyspf's result. Raises _Unanswered when it needs to know more."""
    try:
        result: str = _Query(envelope.peer, sender, envelope.helo, answers).check()[0]
    except spf.PermError:  # the address of the peer is none
        return "permerror"
    except _Unanswered:
        raise
    except Exception:  # a library stumbles over what a stranger's DNS says
        return "temperror"
    return result


class _Unanswered(Exception):
    """A question has to be asked before the check can go on."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question


class _Query(spf.query):  # type: ignore[misc]  # pyspf ships no types
    """A check that finds its answers in what was asked already, and asks nobody itself."""

    def __init__(self, peer: str, sender: str, helo: str, answers: Answers) -> None:
        super().__init__(i=peer, s=sender, h=helo)
        self._answers = answers

    def dns(
        self, name: str, qtype: str, cnames: object = None, *, ignore_void: bool = False
    ) -> list[object]:
        """Give the records of a name in the form that pyspf takes them in."""
        del cnames  # The resolver follows them.
        question = Question(str(name).lower().removesuffix("."), Type(qtype))
        answer = self._answers.get(question) if is_name(question.name) else NOTHING
        if answer is None:
            raise _Unanswered(question)
        if not answer.certain:
            raise spf.TempError(f"no answer about {question.name}")
        if not answer.records and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > _MAX_VOID:
                raise spf.PermError("too many lookups without an answer")
        return _values(question, answer)


def _values(question: Question, answer: Answer) -> list[object]:
    if question.type is Type.TXT:
        return [(text.encode("latin-1"),) for text in answer.records if _is_sane(text)]
    if question.type is Type.MX:
        parts = (record.partition(" ") for record in answer.records)
        return [(int(preference), host) for preference, _, host in parts]
    return list(answer.records)


def _is_sane(text: str) -> bool:
    return len(text) <= _MAX_RECORD and all(len(term) <= _MAX_TERM for term in text.split(" "))
