"""Which files go with a mail, and which stay here and are named in it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.desk.decision import Content
from gateway.errors import Transient
from gateway.house import House
from gateway.mail.enclosure import Enclosure, enclose, enclosed_size
from gateway.mail.file_link import WHOLE_MAIL, FileLink
from gateway.mail.model import Attachment
from gateway.mail.parse import Opened
from gateway.store.raw import load_of

_KEPT_FOR = timedelta(days=30)
# All mails of one occasion are in memory together.
_MOST_TOGETHER = 128 * 1024 * 1024

_log = logging.getLogger("casepost.letters")


@dataclass(frozen=True, slots=True)
class File:
    """A file that does not go along: how large it is in bytes; `url` is "" if there is no page."""

    name: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """The files of one mail: those that go along, and those that only are named."""

    enclosed: tuple[Enclosure, ...] = ()
    named: tuple[File, ...] = ()


class Enclosures:
    """Reads attachments out of raw mails and encodes each once, for all mails that bear it.

    `raw` is the mail in hand, `spool` its number; another mail is read when it is asked for. `own`
    are files of ours, which go along with every mail.
    """

    def __init__(self, raw: bytes = b"", spool: int = 0, own: Sequence[Enclosure] = ()) -> None:
        """Read nothing yet."""
        self._own = tuple(own)
        self._spool = spool
        self._opened: dict[int, Opened | None] = {spool: Opened(raw)} if raw else {}
        self._encoded: dict[tuple[int, int, int], Enclosure | None] = {}
        self._together = 0

    @property
    def encoded(self) -> int:
        """Count the files that were encoded so far."""
        return sum(one is not None for one in self._encoded.values())

    def pack(self, house: House, content: Content, room: int, now: datetime) -> Parcel:
        """Choose what goes along within so many bytes, in order; the rest is named.

        A file that cannot be read is named, too: it must not stop the mail.
        """
        spool = content.source or self._spool
        room = min(room, _MOST_TOGETHER - self._together)
        enclosed = [one for one in self._own if len(one.part) <= room]
        room -= sum(len(one.part) for one in enclosed)
        named: list[File] = []
        for one in content.attachments:
            fits = enclosed_size(one.size) <= room
            part = self._part(house, spool, one) if fits else None
            if part is not None and len(part.part) <= room:
                room -= enclosed_size(one.size)
                self._together += len(part.part)
                enclosed.append(part)
            else:
                named.append(File(one.name, one.size, file_url(house, spool, one, now + _KEPT_FOR)))
        return Parcel(tuple(enclosed), tuple(named))

    def _part(self, house: House, spool: int, one: Attachment) -> Enclosure | None:
        key = (spool, one.part, one.piece)
        if key not in self._encoded:
            self._encoded[key] = self._read(house, spool, one)
        return self._encoded[key]

    def _read(self, house: House, spool: int, one: Attachment) -> Enclosure | None:
        if spool not in self._opened:
            self._opened[spool] = _open(house, spool)
        opened = self._opened[spool]
        try:
            return enclose(one.name, opened.content(one)) if opened else None
        except (LookupError, ValueError) as error:
            _log.error("an attachment of mail %d does not go along: %s", spool, error)
            return None


def _open(house: House, spool: int) -> Opened | None:
    try:
        with house.database.reading() as connection:
            raw = load_of(connection, spool, house.large)
    except Transient as error:
        _log.error("attachments of mail %d do not go along: %s", spool, error)
        return None
    return Opened(raw) if raw is not None else None


def file_url(house: House, spool: int, one: Attachment, until: datetime) -> str:
    """Give the signed link to a file of a mail, "" if no page is served."""
    web = house.settings.web
    if web is None or not spool:
        return ""
    # A mail that could not be taken apart is its own attachment.
    whole = one.part == 0 and not one.piece and one.media_type == "message/rfc822"
    link = FileLink(spool, WHOLE_MAIL if whole else one.part, one.piece)
    token = house.file_links.issue(link, until)
    return f"{web.base_url.rstrip('/')}/files/{token}"
