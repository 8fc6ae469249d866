"""A sanitised HTML tree made ready for inscriptis, and its text made ready for the reply reader.

inscriptis lays out blocks, lists and tables; what a mail means by its HTML it does not know:
quotations, signatures, hidden preheaders, Outlook's paragraphs, tables that only place things.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from lxml.html import Element, HtmlElement, document_fromstring

from gateway.mail.format.charset import clean_text
from gateway.mail.html.markup import AMPERSAND, BLOCKS, LESS_THAN, TABLE_PARTS, restored
from gateway.mail.html.table import BLANK, without_placing

# Noncharacters of Unicode, which no text holds: they pass through inscriptis as they are.
_QUOTE = "\ufdd0"
_UNQUOTE = "\ufdd1"
_NO_TEXT = re.compile("[\ufdd0-\ufdd2\ufffe\uffff\u00ad\u034f\u200b\u2060\ufeff]")
_INVISIBLE = " \t\u200c\u200d\u200e\u200f"

_DEEPEST_QUOTE = 20
_DEEPEST_LIST = 8
_LONGEST_LINK = 300
# inscriptis copies a line each time something is added to it.
_MOST_COPIED = 500_000_000

_HIDDEN = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:\.0+)?(?:;|!|$)|max-height:0(?:px)?(?:;|!|$))"
)
_FONT_SIZE = re.compile(r"(?:^|;)font-size:0*([\d.]{1,9})([a-z%]{0,4})")
_WHITE_SPACE = re.compile(r"(?:^|;)white-space:([a-z-]{1,20})")
_NO_MARGIN = re.compile(r"(?:^|;)margin:0|(?:^|;)margin-bottom:0[^.]")
_RULE_ABOVE = re.compile(r"(?:^|;)border-top:(?:solid|[\d.]{1,9}[a-z]{2}solid)")
_RULE_LEFT = re.compile(r"(?:^|;)border-left:(?!none|0)")
_NO_BORDER = re.compile(r"(?:^|;)border:(?:none|0)")

_OF_SIGNATURE = frozenset({"gmail_signature", "moz-signature"})
_ID_OF_SIGNATURE = re.compile(
    r"(?:x_)*(?:signature|ms-outlook-mobile-signature|applemailsignature)$"
)
_OUTLOOK_REPLY = "divrplyfwdmsg"
_OUTLOOK_RULE = 32 * "_"

# Blocks that inscriptis does not know.
_PLAIN_BLOCKS = BLOCKS - frozenset(
    {"article", "blockquote", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li"}
    | {"ol", "p", "pre", "ul"}
)


class Counts(NamedTuple):
    """How many characters that are no blanks a tree holds: to be read, and hidden."""

    kept: int
    hidden: int


def tree_of(html: str) -> HtmlElement:
    """Parse what nh3 gave; raises LxmlError when it cannot be read."""
    html = _NO_TEXT.sub("", clean_text(html)).replace("&nbsp;", BLANK).replace("\xa0", BLANK)
    return document_fromstring(f"<div>{html}</div>")


def arrange(tree: HtmlElement, *, hide: bool) -> Counts:
    """Change a tree so that inscriptis gives the text that a person reads.

    With `hide`, what the styles hide is taken out.
    """
    arrangement = _Arrangement(hide=hide)
    arrangement.element(tree, _Around())
    return Counts(arrangement.kept, arrangement.hidden)


def is_costly(tree: HtmlElement) -> bool:
    """Say whether inscriptis would take long: a very long line out of very many pieces."""
    line = copied = 0
    for element in tree.iter():
        if element.tag == "br" or element.tag in BLOCKS or element.tag in TABLE_PARTS:
            line = 0
        line += len(element.text or "") + len(element.tail or "")
        copied += line
    return copied > _MOST_COPIED


class _Around(NamedTuple):
    """What an element has from the elements around it."""

    tiny: bool = False
    preformatted: bool = False
    lists: int = 0
    signature: bool = False


@dataclass(slots=True)
class _Arrangement:
    """One pass over a tree, children before their parent."""

    hide: bool
    kept: int = 0
    hidden: int = 0

    def element(self, element: HtmlElement, around: _Around) -> None:
        """Arrange an element, unless it is hidden and goes with all that is in it."""
        style = _declarations(element.get("style", ""))
        if self.hide and (element.get("hidden") is not None or _HIDDEN.search(style)):
            self.hidden += sum(_size(text) for text in element.itertext())
            element.drop_tree()
            return
        names = frozenset(element.get("class", "").lower().split())
        identifier = element.get("id", "").lower()
        signature = bool(names & _OF_SIGNATURE) or bool(_ID_OF_SIGNATURE.match(identifier))
        inside = _inside(element.tag, style, around, signature=signature)
        for child in list(element):
            self.element(child, inside)
        self._words(element, tiny=inside.tiny)
        if signature and not around.signature:
            _separate(element)
        if identifier.endswith(_OUTLOOK_REPLY):  # "x_" stands before it in a mail quoted twice
            element.addprevious(_block(_OUTLOOK_RULE))
        _show_content(element)
        if _is_quotation(element, style, names):
            _mark_quotation(element)
            element.tag = "div"
        element.tag = _tag(element, style, names, inside.lists)
        _keep_attributes(element, preformatted=inside.preformatted)

    def _words(self, element: HtmlElement, *, tiny: bool) -> None:
        """Count an element's own words, or drop them when they are too small to be seen."""
        sizes = _size(element.text) + sum(_size(child.tail) for child in element)
        if not (tiny and self.hide):
            self.kept += sizes
            return
        self.hidden += sizes
        element.text = None
        for child in element:
            child.tail = None


def _show_content(element: HtmlElement) -> None:
    """Write out what stands in attributes: a link's address, an image's name, a list's start."""
    if element.tag == "a":
        _show_link(element)
    elif element.tag == "img":
        _show_emoji(element)
    elif element.tag == "table":
        without_placing(element)
    elif element.tag == "ol":
        start, first = element.get("start", ""), element.find("li")
        if first is not None and start.isascii() and start.isdigit() and len(start) < 7:
            first.set("value", start)


def _keep_attributes(element: HtmlElement, *, preformatted: bool) -> None:
    """Leave the attributes that inscriptis is to see."""
    value = element.get("value") if element.tag == "li" else None
    element.attrib.clear()
    if value:
        element.set("value", value)
    if preformatted:
        element.set("style", "white-space:pre")


def _mark_quotation(element: HtmlElement) -> None:
    element.insert(0, _block(_QUOTE, tail=element.text))
    element.text = None
    element.append(_block(_UNQUOTE))


def _tag(element: HtmlElement, style: str, names: frozenset[str], lists: int) -> str:
    """Say by which tag inscriptis sets the element as a mail program would."""
    tag = element.tag
    if tag == "p":
        # Outlook's own style sheet sets its paragraphs without a space between.
        close = _NO_MARGIN.search(style) or any(name.startswith("mso") for name in names)
        return "div" if close else tag
    if tag == "div" and _RULE_ABOVE.search(style):
        return "p"
    if tag in {"ol", "ul"} and lists > _DEEPEST_LIST:
        return "div"
    return "div" if tag in _PLAIN_BLOCKS else str(tag)


def _declarations(style: str) -> str:
    """Give a style in one spelling: lower case, without blanks."""
    return "".join(style.lower().split()) if style else ""


def _inside(tag: str, style: str, around: _Around, *, signature: bool) -> _Around:
    """Say what the children of an element have from what is around them."""
    tiny, preformatted, lists, signed = around
    if tag in {"ol", "ul"}:
        lists += 1
    if tag == "pre":
        preformatted = True
    if style:
        size = _FONT_SIZE.search(style)
        if size is not None:
            tiny = size[1] in {"", "0", "0."} or (size[1] == "1" and size[2] in {"px", "pt"})
        space = _WHITE_SPACE.search(style)
        if space is not None:
            preformatted = space[1].startswith(("pre", "break-spaces"))
    return _Around(tiny, preformatted, lists, signed or signature)


def _is_quotation(element: HtmlElement, style: str, names: frozenset[str]) -> bool:
    """Tell a quotation from a paragraph that was moved to the right, and know Outlook's bar."""
    if element.tag != "blockquote":
        return bool(element.tag == "div" and style.startswith("border:none;border-left:solid"))
    if "webkit-indent-blockquote" in names:
        return False
    cited = element.get("type", "").lower() == "cite" or any("quote" in name for name in names)
    return cited or not _NO_BORDER.search(style) or bool(_RULE_LEFT.search(style))


def _separate(element: HtmlElement) -> None:
    """Put the separator line (RFC 3676 section 4.3) before a signature that has none."""
    text = "".join(element.itertext()).strip(_INVISIBLE + BLANK + "\r\n")
    if text and not text.startswith("--"):
        element.addprevious(_block("--"))


def _show_link(element: HtmlElement) -> None:
    """Write the address of a link behind its words, if they are not the address itself."""
    address = element.get("href", "").replace("&", AMPERSAND)
    words = "".join(element.itertext()).strip()
    if not words or not 0 < len(address) <= _LONGEST_LINK:
        return
    shown = address
    if address[:7].lower() == "mailto:":
        shown = address[7:].partition("?")[0]
    if not shown or _bare(words) == _bare(shown):
        return
    last = element[-1] if len(element) else None
    text = (element.text if last is None else last.tail) or ""
    text = f"{text.rstrip()} {LESS_THAN}{shown}>{' ' if text[-1:].isspace() else ''}"
    if last is None:
        element.text = text
    else:
        last.tail = text


def _bare(address: str) -> str:
    """Give an address without what people leave out when they write one."""
    address = address.lower().removeprefix("mailto:")
    address = address.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return address.rstrip("/").strip("<>")


def _show_emoji(element: HtmlElement) -> None:
    """Let an image that stands for one character be that character."""
    name = element.get("alt", "")
    if 0 < len(name) <= 8 and not any(c.isascii() and c.isalnum() for c in name):
        element.tag = "span"
        element.text = name


def _block(text: str, tail: str | None = None) -> HtmlElement:
    block = Element("div")
    block.text = text
    block.tail = tail
    return block


def _size(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def finished(text: str) -> str:
    """Put quotation marks before the lines of quotations, and tidy blank lines."""
    lines: list[str] = []
    depth = above = 0
    blank = False
    for line in text.split("\n"):
        words = line.replace(BLANK, " ").rstrip()
        if _QUOTE in words or _UNQUOTE in words:
            depth = max(0, depth + words.count(_QUOTE) - words.count(_UNQUOTE))
            words = words.replace(_QUOTE, "").replace(_UNQUOTE, "").rstrip()
            if not words.strip(_INVISIBLE):
                continue
        if not words.strip(_INVISIBLE):
            blank = True
            continue
        level = min(depth, _DEEPEST_QUOTE)
        if words == "--":  # blanks at the end of a line are lost in HTML, this one, too
            words = "-- "
            if lines and lines[-1] == level * "> " + words:
                continue
        if lines and (blank or level < above):
            lines.append((min(level, above) * "> ").rstrip())
        lines.append(level * "> " + words)
        above, blank = level, False
    return clean_text(restored("\n".join(lines)))
