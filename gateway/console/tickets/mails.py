"""The mails that a ticket came to be by: why each went its way, its HTML, its files, its bytes.

Files are downloads from a path of their own. What a mail holds is never shown as a page of ours:
its HTML is cleaned, and stands in a frame in which nothing runs and nothing is fetched.
"""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from gateway.config.desk import Desk
from gateway.config.load import Configuration
from gateway.console.mail_frame import mail_frame
from gateway.console.mails.private import may_be_anothers
from gateway.console.render import page, refusal
from gateway.console.tickets.found import ticket_of_mail
from gateway.console.visit import Visit
from gateway.desk.ticket import EntryKind, Ticket
from gateway.explanation import Explainer, stages
from gateway.mail.html import display
from gateway.mail.parse import Opened, parse
from gateway.mail.private import without_private
from gateway.store import raw, ticket_page
from gateway.store.archive import explained
from gateway.store.claims import load_one
from gateway.store.ticket_page import Said

_LARGEST_ID = 10**18
# Above what an author formatted: the letters of our pages, where the author chose none.
_FRAME = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>A mail</title><style>'
    "body{font:1rem/1.5 system-ui,sans-serif;margin:.75rem;overflow-wrap:anywhere}</style>"
)
_DOWNLOADS = "sandbox; default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A received mail on a ticket that the user sees; `said` is the entry that it became."""

    mail: int
    ticket: Ticket
    desk: Desk
    said: Said | None
    content: bytes

    @property
    def hurts(self) -> bool:
        """Say whether workers came to grief on it."""
        return self.said is not None and self.said.kind == EntryKind.UNREADABLE

    @property
    def readable(self) -> bytes:
        """Give what may be taken apart here: nothing of a mail that hurts."""
        return b"" if self.hurts else self.content


def why(visit: Visit) -> Response:
    """Answer with every stage of a mail's way, what it came to and why."""
    kept = _kept(visit)
    if kept is None:
        return refusal(404)
    house = visit.house
    with house.database.reading() as connection:
        decided = explained(connection, kept.mail)
        claimed = load_one(connection, kept.mail, house.large)
    if decided is None or claimed is None:
        return refusal(404)
    explainer = Explainer(Configuration(house.settings, house.desks), None)
    record = explainer.stored(kept.readable, claimed.envelope, decided)
    return page(
        visit,
        "ticket_why.html",
        kept=kept,
        rows=[
            (name, without_private(text).strip("\n"))
            for name, text in stages(record)
            if text.strip()
        ],
        has_hypertext=bool(str(record["html"]).strip()),
        theirs=_is_theirs(visit, kept),
    )


def hypertext(visit: Visit) -> Response:
    """Answer with the HTML of a mail for a frame: cleaned, and with nothing to fetch."""
    kept = _kept(visit)
    if kept is None:
        return refusal(404)
    # What it quotes of our own mails has links that are their reader's alone.
    shown = without_private(display(parse(kept.readable).html))
    return mail_frame(_FRAME + shown)


def original(visit: Visit) -> Response:
    """Answer with the bytes of a mail as a download.

    An agent's own is only for them: it bears an address by which one acts as that agent.
    """
    kept = _kept(visit)
    if kept is None or not _is_theirs(visit, kept):
        return refusal(404)
    return _download("message.eml", kept.content)


def file(visit: Visit) -> Response:
    """Answer with an attachment as a download."""
    kept = _kept(visit)
    part, piece = (visit.request.path_params[name] for name in ("part", "piece"))
    if kept is None or kept.said is None:
        return refusal(404)
    known = next((one for one in kept.said.files if (one.part, one.piece) == (part, piece)), None)
    if known is None:
        return refusal(404)
    if part == 0 and not piece and known.size == len(kept.content):
        # All of a mail.
        if not _is_theirs(visit, kept):
            return refusal(404)
        return _download(known.name, kept.content)
    try:
        _, content = Opened(kept.readable).file(part, piece)
    except LookupError:
        return refusal(404)
    return _download(known.name, content)


def _kept(visit: Visit) -> _Kept | None:
    mail: int = visit.request.path_params["mail"]
    if mail > _LARGEST_ID:
        return None
    with visit.house.database.reading() as connection:
        found = ticket_of_mail(visit, connection, mail)
        if found is None:
            return None
        ticket, desk = found
        said = ticket_page.entry_of(connection, ticket, mail)
        content = raw.load_of(connection, mail, visit.house.large)
    return None if content is None else _Kept(mail, ticket, desk, said, content)


def _is_theirs(visit: Visit, kept: _Kept) -> bool:
    """Say whether the user may have a mail whole: one that is no other agent's."""
    if kept.hurts:
        return not may_be_anothers(kept.content)
    mail = parse(kept.readable)
    agents = {agent.address for desk in visit.house.desks for agent in desk.agent}
    authors = {one.address for one in (mail.author, mail.claimed_author) if one is not None}
    return authors.isdisjoint(agents - {visit.user.address})


def _download(name: str, content: bytes) -> Response:
    headers = {
        "content-type": "application/octet-stream",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": _DOWNLOADS,
        "x-content-type-options": "nosniff",
    }
    return Response(content, headers=headers)
