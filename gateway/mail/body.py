"""Which parts of a mail are its text, and that text as a person reads it."""

import html as entities
import re
from enum import Enum, auto

from gateway.mail.charset import clean_text, decode
from gateway.mail.mime import Part

MAX_BYTES = 1024 * 1024


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


def text_of(payload: bytes, charset: str) -> tuple[str, bool]:
    """Decode a text part; the second value says whether it was cut at MAX_BYTES."""
    cut = len(payload) > MAX_BYTES
    if cut:
        # Cut at a line end, so that no character is halved; one endless line is cut anywhere.
        line_end = payload.rfind(b"\n", 0, MAX_BYTES)
        payload = payload[: line_end if line_end > 0 else MAX_BYTES]
    return clean_text(decode(payload, charset)), cut


def readable(texts: list[str], htmls: list[str]) -> str:
    """Choose the text that a person reads: the plain parts, else the HTML ones as text."""
    plain = "\n\n".join(tidy for text in texts if (tidy := text.strip("\n").rstrip()))
    if plain.strip():
        return plain
    return "\n\n".join(tidy for html in htmls if (tidy := html_to_text(html)))


_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,20})")
_HIDDEN_END = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title")
}
_SPACED = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "pre"}
)
_BREAKS = frozenset(
    {"address", "article", "br", "dd", "div", "dl", "dt", "footer", "form", "header", "hr", "li"}
    | {"section", "tbody", "tfoot", "thead", "tr"}
)
# `int` refuses numbers of thousands of digits; no character has more than seven.
_HUGE_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")


def html_to_text(html: str) -> str:
    """Turn HTML into plain text: one forward scan, whatever is nested or left open in it."""
    out: list[str] = []
    position = 0
    while True:
        start = html.find("<", position)
        out.append(_words(html[position : start if start >= 0 else len(html)]))
        if start < 0:
            break
        tag = _TAG.match(html, start)
        if tag is None and not html.startswith(("<!", "<?"), start):
            out.append("<")
            position = start + 1
            continue
        closer = "-->" if html.startswith("<!--", start) else ">"
        end = html.find(closer, start)
        if end < 0:  # nothing is closed from here on, so what follows is no markup
            out.append(_words(html[start:]))
            break
        position = end + len(closer)
        if tag is not None:
            name = tag.group(1).lower()
            out.append(_gap(name, closing=html.startswith("</", start)))
            hidden = _HIDDEN_END.get(name)
            if hidden is not None and not html.startswith("</", start):
                found = hidden.search(html, position)
                position = found.start() if found else len(html)
    return _laid_out("".join(out))


def _words(chunk: str) -> str:
    """Give the text between two tags on one line, with its entities resolved."""
    if "&" in chunk:
        chunk = entities.unescape(_HUGE_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", chunk))
    joined = " ".join(chunk.split())
    before = " " if chunk[:1].isspace() else ""
    after = " " if joined and chunk[-1:].isspace() else ""
    return f"{before}{joined}{after}"


def _gap(name: str, *, closing: bool) -> str:
    """Give what a tag puts into the text."""
    if name == "li" and not closing:
        return "\n- "
    if name in _SPACED:
        return "\n\n"
    if name in _BREAKS:
        return "\n"
    return " " if name in {"td", "th"} else ""


def _laid_out(text: str) -> str:
    """Trim every line and let at most one blank line stand between two others."""
    lines: list[str] = []
    for line in clean_text(text).split("\n"):
        tidy = " ".join(line.split())
        if tidy or (lines and lines[-1]):
            lines.append(tidy)
    return "\n".join(lines).strip()
