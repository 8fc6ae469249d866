"""Markdown as a person reads it in a plain mail: without its marks, with its links.

Only what common marks mean is known here. Each line is read by itself, with patterns that go over
it once, so that no text takes long.
"""

import re
from collections.abc import Iterator

_LONGEST_LINE = 4000

_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_HEADING = re.compile(r"#{1,6}[ \t]+([^\n]*)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,}|\*{3,}|_{3,})[ \t]*")
_QUOTE = re.compile(r" {0,3}> ?")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000})>")
_IMAGE = re.compile(r"!\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:[ \t]+\"[^\"()]{0,500}\")?\)")
_LINK = re.compile(r"\[([^\[\]]{1,500})\]\(([^()\s]{1,2000})(?:[ \t]+\"[^\"()]{0,500}\")?\)")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*{1,3}|_{1,3})(?=[^\s*_])([^*_]{1,500})\1(?![\w*_])")
_CODE = re.compile(r"`([^`]{1,500})`")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Characters for private use stand for the escaped ones meanwhile.
_ASIDE = 0xF000
_BACK = {_ASIDE + code: chr(code) for code in range(0x80)}
# Controls mean nothing in a text, and PostgreSQL keeps no NUL.
_UNSEEN = {
    code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r\x85"
}
_REFERENCE = re.compile(r" {0,3}\[[^\[\]]{1,200}\]:[ \t]")


def plain_text(markdown: str) -> str:
    """Give the text of an article without marks; paragraphs stay apart, code stays as it is."""
    seen = markdown.translate(_UNSEEN)
    text = "\n".join(_lines(_without_comments(seen).splitlines()))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _without_comments(markdown: str) -> str:
    pieces = []
    at = 0
    while (begin := markdown.find("<!--", at)) >= 0:
        end = markdown.find("-->", begin)
        if end < 0:
            break
        pieces.append(markdown[at:begin])
        at = end + len("-->")
    return "".join((*pieces, markdown[at:]))


def _lines(lines: list[str]) -> Iterator[str]:
    in_code = False
    for written in lines:
        line = written[:_LONGEST_LINE].expandtabs(4).rstrip()
        if _FENCE.match(line):
            in_code = not in_code
        elif in_code:
            yield f"    {line}" if line else ""
        elif _UNDERLINE.fullmatch(line) or _REFERENCE.match(line):
            # A line across, or what makes the one above a heading.
            yield ""
        else:
            yield _line(line)


def _line(line: str) -> str:
    quote = _QUOTE.match(line)
    line = line[quote.end() :] if quote else line
    heading = _HEADING.fullmatch(line.lstrip())
    if heading:
        line = heading[1].rstrip("# ")
    # What is written with a backslash is no mark.
    line = _ESCAPE.sub(lambda escape: chr(_ASIDE + ord(escape[1])), line)
    line = _TAG.sub("", _AUTOLINK.sub(r"\1", line))
    line = _LINK.sub(_link, _IMAGE.sub(r"\1", line))
    # Bold within slanted, and the other way round.
    line = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", line))
    return _CODE.sub(r"\1", line).translate(_BACK).rstrip()


def _link(match: re.Match[str]) -> str:
    """Give a link as its text, and where it leads if that has an address of its own."""
    text, url = match[1], match[2]
    if not url.startswith(("http://", "https://")) or text == url:
        return text
    return f"{text} ({url})"
