"""Whether a mail says in words that somebody is away, or that a program answered.

Words prove little: a monitoring program may report of an "absence planner", a customer may ask how
to set up an automatic reply. So words about absence count where a mark of an automatic *answer* is
beside them. Alone, only the beginnings of subjects that programs write count, and they only make a
mail automatic; that somebody is away, the text has to say as well, since such a mail opens no case.
"""

import unicodedata
from dataclasses import dataclass

from gateway.mail.kind import absence_words as words
from gateway.mail.kind import responder
from gateway.mail.kind.facts import Facts, holds

_SUBJECT = 300
_OPENING = 700


@dataclass(frozen=True, slots=True)
class _Said:
    """What a subject says.

    `answered`: a person's program put "Re:" in front. `by_responder`, `generated`: it begins as
    programs begin it; `by_anybody`: as those do that answer for a firm. `absent`: it says that
    somebody is absent, `whole` of it or before a colon; `named`: who. `auto`: it begins with
    "Auto:" (RFC 3834 section 3.1.5), which is a car in many languages.
    """

    answered: bool
    by_responder: bool
    by_anybody: bool
    generated: bool
    absent: bool
    whole: bool
    named: bool
    auto: bool


def absence(facts: Facts) -> str:
    """Say what shows that an automatic mail is a vacation responder's, "" if nothing does."""
    submitted = " ".join(facts.all("auto-submitted")).lower()
    if "vacation" in submitted or ("auto-replied" in submitted and "owner-email" in submitted):
        return "auto-submitted: vacation"
    said = _said(_subject(facts))
    passed_on = said.by_responder and bool(responder.passed_on_by_rule(facts))
    marked = bool(responder.answer(facts)) or passed_on
    if marked and (said.absent or (said.by_responder and not said.by_anybody)):
        return "subject: says absent"
    if (marked and words.AWAY.search(_subject(facts))) or (submitted and said.named):
        return "subject: says absent"
    if (marked or answered_in_words(facts)) and words.AWAY.search(_opening(facts)):
        return "text: says absent"
    return ""


def says_absent(subject: str) -> bool:
    """Say whether a subject looks like a vacation responder's, in a mail that nothing else marks.

    That is enough where a mistake does little harm, since its author can be asked.
    """
    said = _said(_plain(subject))
    return not said.answered and (said.absent or said.by_responder)


def answered_in_words(facts: Facts) -> str:
    """Say what in the subject shows a program's answer that no field marks, "" if nothing does."""
    said = _said(_subject(facts))
    if said.by_responder:
        # "Re:" is what a person's program writes when such a mail is answered.
        if not said.answered or words.AWAY.search(_opening(facts)):
            return "subject: begins like an automatic reply"
        return ""
    return "" if said.answered else _unanswered(facts, said)


def _unanswered(facts: Facts, said: _Said) -> str:
    """Weigh a subject that no responder wrote and nobody answered."""
    if said.generated:
        return "subject: begins like an automatic mail"
    if _before_topic(facts) and words.AWAY.search(_opening(facts)):
        return "subject: automatic, before the topic"
    if said.auto and (said.absent or facts.answers):
        return "subject: begins with auto:"
    if not said.absent:
        return ""
    marked = facts.answers or any(map(holds, facts.all("x-auto-response-suppress")))
    if marked and said.whole:
        return "subject: says absent, on an answer"
    opening = _opening(facts)
    both = words.AWAY.search(opening) and words.MEANWHILE.search(opening)
    return "subject and text: say absent" if both else ""


def _said(subject: str) -> _Said:
    """Read a subject, apart from what stands before it."""
    before = words.BEFORE.match(subject)
    rest = before.end() if before else 0
    tags = words.TAG.findall(subject, 0, rest) if "[" in subject else []
    absent = words.ABSENT.match(subject, rest)
    somebody = words.SOMEBODY_ABSENT.search(subject.lower(), rest)
    responders = [words.RESPONDER.match(subject, rest), *map(words.RESPONDER.match, tags)]
    responded = next(filter(None, responders), None)
    return _Said(
        answered=bool(before and before.group("answered")),
        by_responder=responded is not None,
        by_anybody=responded is not None and bool(words.ANYBODY.match(responded.group())),
        generated=bool(words.GENERATED.match(subject, rest))
        or any(map(words.GENERATED.match, tags)),
        absent=bool(absent or somebody),
        whole=bool(somebody or (absent and words.END_OF_PHRASE.match(subject, absent.end()))),
        named=bool(somebody),
        auto=subject[rest : rest + 5].lower() == "auto:",
    )


def _subject(facts: Facts) -> str:
    return _plain(facts.mail.subject)


def _plain(subject: str) -> str:
    """Give the beginning of a subject with plain blanks, and letters with their accents."""
    subject = " ".join(subject[:_SUBJECT].split())
    return subject if subject.isascii() else unicodedata.normalize("NFC", subject)


def _before_topic(facts: Facts) -> bool:
    """Say whether the subject is a word for automatic before the topic that Exchange keeps."""
    topic = facts.first("thread-topic")
    prefix, colon, rest = facts.mail.subject[:_SUBJECT].partition(":")
    return (
        bool(colon and topic)
        and rest.strip() == topic.strip()[:_SUBJECT]
        and bool(words.AUTOMATIC.search(prefix))
    )


def _opening(facts: Facts) -> str:
    """Give the beginning of the text on one line."""
    return " ".join(facts.mail.text[:_OPENING].split())
