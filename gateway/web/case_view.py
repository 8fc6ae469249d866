"""The values that the page of a case is made of, in its reader's language and zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from markupsafe import escape

from gateway.config.desk import Phase
from gateway.desk.calendar import known_zone
from gateway.desk.case_page import Awaited, label
from gateway.desk.ticket import Defect
from gateway.house import House
from gateway.letters.enclosures import file_url
from gateway.letters.service_time import target_label
from gateway.letters.values import written_size
from gateway.mail.reply.model import FoldKind
from gateway.store.case_page import Told
from gateway.templates import written
from gateway.templates.written import Reader
from gateway.web.case_words import CASE, CaseWords
from gateway.web.seen_case import SeenCase

# A page stays small, whatever was written; a link to a file need not outlive it for long.
_MOST_BYTES = 60_000
_MOST_FILES = 50
_FILES_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: as programs read it, and as its reader does."""

    iso: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; one that is not new is folded under a `summary`."""

    text: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file; `url` is where it is on this host, "" where it cannot be had here."""

    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something said."""

    who: str
    at: Moment
    own: bool
    automatic: bool
    pieces: tuple[Piece, ...]
    cut: bool
    files: tuple[SeenFile, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A promise: what, and until when."""

    label: str
    at: Moment


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the page says; `phase` is for its colour."""

    title: str
    subject: str
    desk: str
    status: str
    phase: Phase
    opened: Moment
    following: tuple[str, ...]
    other: str
    other_token: str
    promises: tuple[Due, ...]
    defects: tuple[Defect, ...]
    messages: tuple[Message, ...]
    more: bool


def view(house: House, case: SeenCase, language: str, now: datetime) -> CaseView:
    """Put a case into words."""
    ticket, desk, words = case.ticket, case.desk, CASE[language]
    own_zone = known_zone(ticket.timezone) and ticket.timezone
    reader = Reader(language, ticket.timezone if own_zone else desk.timezone, names_zone=True)
    messages = tuple(_messages(house, case, words, reader, now))
    return CaseView(
        title=words.title.format(number=ticket.number),
        subject=ticket.subject,
        desk=desk.title,
        status=label(desk, ticket.status, language),
        phase=ticket.phase,
        opened=_moment(ticket.opened_at, reader),
        following=tuple(_following(case, words, reader)),
        other=words.other.format(number=case.other) if case.other else "",
        other_token=case.other_token,
        promises=tuple(
            Due(target_label(desk, one.target, language), _moment(one.due, reader))
            for one in case.outlook.promises
        ),
        defects=ticket.defects,
        messages=messages,
        more=case.more or len(messages) < len(case.told),
    )


def _following(case: SeenCase, words: CaseWords, reader: Reader) -> Iterator[str]:
    """Say what the case waits for, and how it goes on."""
    outlook = case.outlook
    day = _day(outlook.until, reader) if outlook.until else ""
    yield words.awaited[outlook.awaited].format(day=day)
    if outlook.closes_at:
        yield words.closes.format(day=_day(outlook.closes_at, reader))
    if outlook.awaited is Awaited.NOTHING:
        yield words.reopen
    elif outlook.awaited is not Awaited.ELSEWHERE:
        yield words.answer


def _messages(
    house: House, case: SeenCase, words: CaseWords, reader: Reader, now: datetime
) -> Iterator[Message]:
    """Give what was said, newest first, as long as there is room on the page."""
    room = _MOST_BYTES
    for one in case.told:
        room -= len(escape(one.text).encode("utf-8", "replace"))
        if room < 0:
            return
        files = (
            SeenFile(
                file.name,
                written_size(file.size),
                urlsplit(file_url(house, one.spool, file, now + _FILES_FOR)).path,
            )
            for file in one.files[:_MOST_FILES]
        )
        yield Message(
            who=words.you if one.own else case.desk.title,
            at=_moment(one.at, reader),
            own=one.own,
            automatic=one.automatic and not one.own,
            pieces=tuple(_pieces(one, words)),
            cut=one.cut,
            files=tuple(files),
        )


def _pieces(one: Told, words: CaseWords) -> Iterator[Piece]:
    """Cut a text where it is not new."""
    position = 0
    for fold in one.folds:
        yield from _piece(one.text[position : fold.start])
        quoted = fold.kind is FoldKind.QUOTATION
        summary = words.quotation if quoted else words.signature
        yield from _piece(one.text[fold.start : fold.end], summary)
        position = fold.end
    yield from _piece(one.text[position:])


def _piece(text: str, summary: str = "") -> Iterator[Piece]:
    if text.strip():
        yield Piece(text.strip("\n"), summary)


def _moment(at: datetime, reader: Reader) -> Moment:
    return Moment(at.isoformat(), written.date_and_time(at, "long", reader))


def _day(at: datetime, reader: Reader) -> str:
    return written.date(at, "long", reader)
