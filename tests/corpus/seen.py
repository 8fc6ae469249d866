"""What Casepost reads in one mail, by the same functions that every arriving mail goes through."""

import importlib
import resource
import time
import traceback
from dataclasses import dataclass
from typing import Any

from corpus.labels import Format, Labelled
from gateway.config.case_number import CaseNumberPattern
from gateway.mail.automatic import classify
from gateway.mail.model import Attachment, Classification, Envelope, Mail
from gateway.mail.parse import parse
from gateway.mail.thread import find_clues

# Whoever speaks one of these to a desk can be answered in it.
LANGUAGES = ("de", "en", "es", "fi", "fr", "nl", "sv")
NUMBERS = (CaseNumberPattern.parse("CASE-{n:05}{check}"),)
_BODY = {
    Format.TEXT: b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n",
    Format.HTML: b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n",
}


def stage(module: str, name: str, instead: Any) -> Any:  # noqa: ANN401  until all stages are there
    """Give a stage of a mail's way, or what stands for it."""
    try:
        return getattr(importlib.import_module(f"gateway.mail.{module}"), name)
    except (ImportError, AttributeError):
        return instead


find_folds = stage("reply", "folds", lambda _: ())
new_text = stage("reply", "new_text", lambda text, _: text.strip())
find_bounce = stage("dsn", "bounce", lambda _: None)
find_forwarded = stage("forward", "forwarded", lambda _mail, _raw: None)
detect = stage("language", "detect", lambda _text, _languages: "")


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail as Casepost sees it. `new` is its text without the folds, `seconds` are of CPU."""

    mail: Mail
    kind: Classification
    folds: tuple[Any, ...]
    new: str
    bounce: Any
    forwarded: Any
    language: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Broken:
    """A mail over which the program fell: the end of the traceback."""

    why: str
    seconds: float


def whole(one: Labelled) -> bytes:
    """Give a mail's bytes; whatever the first line of a bare body looks like, it is no header."""
    return _BODY.get(one.format, b"") + one.raw


def ours(_: str) -> bool:
    """Say of an address, or of a Message-ID, that it is not ours: nobody here has sent anything."""
    return False


def classified(mail: Mail) -> Classification:
    """Classify a mail of which no transport has said anything."""
    return classify(mail, Envelope(None, ""), ours, ours)


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
    kind = classified(mail)
    folds = find_folds(mail.text)
    new = new_text(mail.text, folds)
    bounce = find_bounce(mail)
    forwarded = find_forwarded(mail, raw)
    find_clues(mail, lambda _: None, NUMBERS)
    spoken = detect(new, LANGUAGES)
    return Seen(mail, kind, folds, new, bounce, forwarded, spoken, time.process_time() - began)


def peak() -> int:
    """Give the most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def names(attachments: tuple[Attachment, ...]) -> tuple[str, ...]:
    """Give the names of attachments."""
    return tuple(attachment.name for attachment in attachments)
