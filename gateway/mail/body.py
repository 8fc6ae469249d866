"""Which parts of a mail are its text, and that text as a person reads it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby

from gateway.mail import flowed, html, stub
from gateway.mail.format.charset import clean_text, codec_of, decode, hint_of
from gateway.mail.format.mime import Part, Tree
from gateway.mail.html.markup import MAX_TAGS
from gateway.mail.stub import squeezed

MAX_BYTES = 1024 * 1024

# Where HTML names its charset, and how far off that is looked for (HTML Living Standard).
_META = re.compile(
    rb"<meta\s[^<>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_HEAD = 4096
# A text of so many letters does not stand in another by chance.
_TELLING = 30


class Role(Enum):
    """What a leaf of the MIME tree is to its reader."""

    TEXT = auto()
    HTML = auto()
    ATTACHMENT = auto()
    ECHO = auto()


def role_of(leaf: Part) -> Role:
    """Say what a leaf is for.

    A text with a file name is an attachment unless it is the whole mail. ECHO is another form of
    the same text, of no use to a reader of the others.
    """
    if leaf.disposition.value == "attachment":
        return Role.ATTACHMENT
    alternative = leaf.within == "multipart/alternative"
    unnamed = leaf.index == 0 or alternative or not leaf.name
    if _is_broken_multipart(leaf) or (unnamed and leaf.media_type == "text/plain"):
        return Role.TEXT
    if unnamed and leaf.media_type == "text/html":
        return Role.HTML
    if alternative and leaf.media_type in {"text/x-amp-html", "text/enriched", "text/watch-html"}:
        return Role.ECHO
    return Role.ATTACHMENT


def _is_broken_multipart(leaf: Part) -> bool:
    """Say whether something claims to have parts and has none: people see its source."""
    return leaf.media_type.startswith("multipart/")


def text_of(payload: bytes, leaf: Part, room: int = MAX_BYTES) -> tuple[str, bool]:
    """Decode a text part; the second value says whether it was cut at that many bytes.

    Plain text comes with its paragraphs put together where it is flowed (RFC 3676).
    """
    cut = len(payload) > room
    if cut:
        # Cut at a line end, so that no character is halved; one endless line is cut anywhere.
        line_end = payload.rfind(b"\n", 0, room)
        payload = payload[: line_end if line_end > 0 else room]
    text = clean_text(_decoded(payload, leaf))
    is_flowed = leaf.parameters.get("format", "").strip().lower() == "flowed"
    if is_flowed and leaf.media_type == "text/plain":
        delete = leaf.parameters.get("delsp", "").strip().lower() == "yes"
        text = flowed.unflow(text, delete_space=delete)
    return text, cut


def _decoded(payload: bytes, leaf: Part) -> str:
    """Decode a text by its own charset; HTML without one may name it in itself."""
    if leaf.media_type != "text/html" or codec_of(leaf.charset):
        return decode(payload, leaf.charset)
    found = _META.search(payload, 0, _HEAD)
    named = found.group(1).decode("ascii") if found else ""
    if payload.isascii():
        return decode(payload, named)
    # UTF-8 is tried first: pages are converted on the way, and what they say of themselves is not.
    return decode(payload, hint=hint_of(named))


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one part, as HTML or plain.

    Pieces with the same `choice` are forms of one text, of which one is read; None has no other
    form.
    """

    text: str
    is_html: bool
    choice: int | None = None


def choices(tree: Tree) -> dict[int, int]:
    """Give for each leaf in a `multipart/alternative` the index of the outermost such part."""
    found: dict[int, int] = {}
    index, end = -1, -1
    for part in tree.parts:
        if part.start >= end and part.media_type == "multipart/alternative" and not part.leaf:
            index, end = part.index, part.end
        elif part.leaf and part.start < end:
            found[part.index] = index
    return found


def readable(pieces: Sequence[Piece]) -> str:
    """Give the text that a person reads: all texts in their order, of each its best form."""
    reading = _Reading()
    for choice, group in groupby(pieces, key=lambda piece: piece.choice):
        forms = list(group)
        if choice is None:
            for form in forms:
                reading.add(form)
        else:
            reading.add_best(forms)
    return _joined(text for text, _ in reading.texts)


@dataclass(slots=True)
class _Reading:
    """The texts found so far, each with its squeezed form; HTML is laid out within one limit."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    tags: int = MAX_TAGS

    def add(self, piece: Piece) -> None:
        """Add a text that is no form of another; some senders say the same again as HTML."""
        if not piece.is_html:
            self._keep(piece.text)
            return
        new = _said(self._text_of(piece.text))
        if not any(_holds(earlier, new) for earlier in self.texts):
            self.texts = [earlier for earlier in self.texts if not _holds(new, earlier)]
            self.texts.append(new)

    def add_best(self, forms: Sequence[Piece]) -> None:
        """Add the plain form of a text, unless it is empty or a stub.

        Some programs declare the HTML form to be plain, too.
        """
        plains = [form.text for form in forms if not form.is_html]
        if len(plains) > 1:
            plains = [text for text in plains if not html.looks_like_html(text)] or plains
        plain = _joined(plains)
        htmls = [form.text for form in forms if form.is_html]
        if not htmls or (plain.strip() and not stub.is_possible(plain, htmls)):
            self._keep(plain)
            return
        text = _joined(map(self._text_of, htmls))
        self._keep(text if not plain.strip() or stub.is_stub(plain, text) else plain)

    def _keep(self, text: str) -> None:
        self.texts.append(_said(text))

    def _text_of(self, page: str) -> str:
        text = html.to_text(page, max_tags=max(0, self.tags))
        self.tags -= page.count("<")
        return text


def _said(text: str) -> tuple[str, str]:
    return text, squeezed(text)


def _holds(whole: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether a text says all that another says.

    The letters of a short text stand in many others by chance, so that has to be their beginning.
    """
    if len(other[1]) >= _TELLING:
        return other[1] in whole[1]
    # So few letters are fewer words, and no more of the other text needs to be looked at.
    words, beginning = " ".join(whole[0].split(None, _TELLING)), " ".join(other[0].split())
    following = words[len(beginning) : len(beginning) + 1]
    return words.startswith(beginning) and not following.isalnum()


def _joined(texts: Iterable[str]) -> str:
    """Set texts below one another, without the blank lines around them."""
    return "\n\n".join(tidy for text in texts if (tidy := text.strip("\n").rstrip()))
