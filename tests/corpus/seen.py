"""What Casepost reads in one mail, by the same functions that every arriving mail goes through."""

import time
import traceback
from dataclasses import dataclass

from corpus.labels import Format, Labelled
from gateway.config.case_number import CaseNumberPattern
from gateway.mail.automatic import classify
from gateway.mail.forward import Forwarded, forwarded
from gateway.mail.inside import others_of
from gateway.mail.language import detect
from gateway.mail.model import Bounce, Classification, Clues, Envelope, Kind, Mail
from gateway.mail.parse import content, parse
from gateway.mail.reply.fold import folds
from gateway.mail.reply.model import Fold, new_text
from gateway.mail.thread import find_clues
from lib.mails import assert_sound

# The languages of a desk.
LANGUAGES = ("de", "en", "es", "fi", "fr", "nl", "sv")

_NUMBERS = (CaseNumberPattern.parse("CASE-{n:05}{check}"),)
# No transport has said anything of these mails.
_ENVELOPE = Envelope(None, "")
_BODY = {
    Format.TEXT: b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n",
    Format.HTML: b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail as Casepost sees it. `new` is its text without the folds, `seconds` are of CPU."""

    mail: Mail
    kind: Classification
    folds: tuple[Fold, ...]
    new: str
    bounce: Bounce | None
    forwarded: Forwarded | None
    language: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Broken:
    """A mail over which the program fell, why, and after how many seconds of CPU."""

    why: str
    seconds: float


def whole(one: Labelled) -> bytes:
    """Give a mail's bytes; whatever the first line of a bare body looks like, it is no header."""
    return _BODY.get(one.format, b"") + one.raw


def see(one: Labelled) -> Seen | Broken:
    """Read a mail all the way; an exception is part of the table, not its end."""
    began = time.process_time()
    try:
        return _see(whole(one), began)
    except Exception as error:  # the table counts what would have stopped a worker
        *_, last = traceback.extract_tb(error.__traceback__)
        place = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
        return Broken(f"{type(error).__name__}: {error} ({place})", time.process_time() - began)


def _see(raw: bytes, began: float) -> Seen:
    mail = parse(raw)
    kind = kind_of(mail)
    found, new = reply_of(mail)
    original = original_of(mail, raw, kind)
    clues_of(mail, kind, original)
    spoken = language_of(new)
    taken = time.process_time() - began
    assert_sound(mail)
    for attachment in mail.attachments:
        size = len(content(raw, attachment))
        assert attachment.size == size, f"{attachment.name} has {size} bytes when it is asked for"
    return Seen(mail, kind, found, new, kind.bounce, original, spoken, taken)


def kind_of(mail: Mail) -> Classification:
    """Classify a mail at a house that has sent nothing and has no address."""
    return classify(mail, _ENVELOPE, _not_ours, _not_ours)


def reply_of(mail: Mail) -> tuple[tuple[Fold, ...], str]:
    """Give what is folded in a mail's text, and what is new in it."""
    found = folds(mail.text)
    return found, new_text(mail.text, found)


def original_of(mail: Mail, raw: bytes, kind: Classification) -> Forwarded | None:
    """Give the mail that a person forwards."""
    return forwarded(mail, raw) if kind.kind is Kind.PERSON else None


def clues_of(mail: Mail, kind: Classification, original: Forwarded | None) -> Clues:
    """Give what points to a ticket, at a house that knows none."""
    others = others_of(mail, kind, original)
    return find_clues(mail, lambda _: None, _NUMBERS, others)


def language_of(new: str) -> str:
    """Give the language of a mail among those of a desk."""
    return detect(new, LANGUAGES)


def _not_ours(_: str) -> bool:
    return False
