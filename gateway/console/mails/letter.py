"""What a received mail says, read anew for whoever looks at it, within bounds.

A mail that ended a worker is not read here: who looks at it would end the console.
"""

from dataclasses import dataclass

from gateway.config.load import Configuration
from gateway.console.mails.private import is_anothers, may_be_anothers
from gateway.desk.decision import Reason
from gateway.explanation import Explainer, Plain
from gateway.house import House
from gateway.mail.private import without_private
from gateway.store.archive import Explained
from gateway.store.claims import Claimed
from gateway.store.spool import State

# Of a mail so many bytes are read, and so many characters shown; all of it can be downloaded.
_MOST_BYTES = 2 * 1024 * 1024
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `fold` says what may be folded away, "" for what is new."""

    text: str
    fold: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is shown: `explained` has why it went its way.

    `cut` says that there is more in it than is shown, `anothers` that only its author, an agent,
    may have it whole.
    """

    explained: Plain
    pieces: tuple[Piece, ...]
    html: str
    cut: bool
    anothers: bool


def letter(house: House, user: str, mail: Claimed, kept: Explained) -> Letter:
    """Read a mail for a user, or only its envelope if it is not to be read."""
    content = mail.content[:_MOST_BYTES] if is_harmless(mail, kept) else b""
    explainer = Explainer(Configuration(house.settings, house.desks), None)
    explained = explainer.stored(content, mail.envelope, kept)
    text = str(explained["text"])
    pieces = _pieces(text[:_MOST_CHARACTERS], explained["folds"])
    whole = bool(content) or not mail.content
    anothers = (
        is_anothers(house, user, mail.envelope, content) if whole else may_be_anothers(mail.content)
    )
    cut = len(content) < len(mail.content) or len(text) > _MOST_CHARACTERS
    return Letter(explained, pieces, without_private(str(explained["html"])), cut, anothers)


def is_harmless(mail: Claimed, kept: Explained) -> bool:
    """Say whether a mail has been read before without harm, or never been tried."""
    if kept.reason == Reason.UNREADABLE.value:
        return False
    return kept.state != State.WAITING.value or not (mail.attempts or mail.claims_alone)


def _pieces(text: str, folds: object) -> tuple[Piece, ...]:
    """Cut a text at what may be folded away."""
    found: list[Piece] = []
    position = 0
    for fold in folds if isinstance(folds, list) else ():
        start, end = min(fold["start"], len(text)), min(fold["end"], len(text))
        found += [Piece(text[position:start]), Piece(text[start:end], str(fold["kind"]))]
        position = end
    found.append(Piece(text[position:]))
    stripped = (Piece(without_private(piece.text).strip("\n"), piece.fold) for piece in found)
    return tuple(piece for piece in stripped if piece.text.strip())
