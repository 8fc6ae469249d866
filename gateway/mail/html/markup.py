"""Any HTML to HTML of the same text that every parser reads in linear time (`bounded`).

The parsers of browsers and their kin are quadratic and worse on some input: a megabyte of nested
`<div>` takes minutes, unclosed formatting in many paragraphs takes gigabytes, a tag of many
attributes both. So the tags are balanced here first, in one pass that never looks back: what comes
out is nested at most MAX_DEPTH deep, has at most MAX_TAGS tags, and these have few and short
attributes. It is not made safe by this; that is nh3's work (`gateway.mail.html`).
"""

import re
from html import unescape

# In what `bounded` gives, these noncharacters stand for the `&` and the `<` of the text: nh3 is
# quadratic in references, and inscriptis resolves them once too often.
AMPERSAND = "\ufdd3"
LESS_THAN = "\ufdd4"
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")

# `int` refuses numbers of thousands of digits; no character has more than seven.
_HUGE_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")

# lxml reads at most 255 levels, and each of ours may come to two there: `<table><td>` is short for
# four elements.
MAX_DEPTH = 100
MAX_TAGS = 10_000

# An address that is longer is of no use to a reader; a style that is longer says no more.
_LONGEST_VALUE = 2000
_ATTRIBUTES = frozenset(
    {"align", "alt", "bgcolor", "border", "cite", "class", "color", "colspan", "dir", "face"}
    | {"height", "hidden", "href", "id", "rowspan", "size", "src", "start", "style", "type"}
    | {"valign", "width"}
)

VOID = frozenset({"br", "hr", "img", "wbr"})
INLINE = frozenset(
    {"a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark"}
    | {"q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var"}
)
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "details", "dir", "div", "dl"}
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "header", "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary"}
    | {"ul"}
)
TABLE_PARTS = frozenset({"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
_KNOWN = INLINE | BLOCKS | TABLE_PARTS | VOID
_OTHER_NAMES = {"listing": "pre", "xmp": "pre", "plaintext": "pre", "image": "img"}

# What a start tag ends when it is still open, and what it does not look beyond (HTML Standard,
# section 13.1.2.4, "optional tags").
_CELLS = frozenset({"td", "th"})
_GROUPS = frozenset({"tbody", "tfoot", "thead"})
_TABLE = frozenset({"table"})
_LISTS = frozenset({"dl", "menu", "ol", "table", "td", "th", "ul"})
_ROWS = _CELLS | {"tr"}
_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _LISTS),
    "dd": (frozenset({"dd", "dt"}), _LISTS),
    "dt": (frozenset({"dd", "dt"}), _LISTS),
    "td": (_CELLS, _TABLE | {"tr"}),
    "th": (_CELLS, _TABLE | {"tr"}),
    "tr": (_ROWS, _TABLE),
    **dict.fromkeys(_GROUPS, (_ROWS | _GROUPS, _TABLE)),
}

# Their content is no text; nobody closes them inside one another.
_UNREAD = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("iframe", "math", "noembed", "noframes", "script", "style", "svg", "template")
}
_UNREAD["title"] = re.compile("</title", re.IGNORECASE)

_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(
    r"[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"'][^\s>]*)|))?"
)
_TAG_END = re.compile(r"[\s/=]*>")
_COMMENT_END = re.compile("--!?>")

# The rest beyond MAX_TAGS keeps its lines and no other form.
_LINE_TAG = re.compile(
    r"</?(?:blockquote|br|dd|div|dt|h[1-6]|hr|li|ol|p|pre|table|tr|ul)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile("</?[a-zA-Z!?][^<>]*>")


def bounded(html: str, max_tags: int = MAX_TAGS) -> str:
    """Give HTML that says the same and that no parser can be hurt by; never raises.

    Comments, unknown tags and what is no text (scripts, styles) are left out; no other text is.
    Two characters of the text are written as AMPERSAND and LESS_THAN, see `restored`.
    """
    return _Balancing(html, max_tags).result()


class _Balancing:
    """The state of one pass: what is written, what is open, and what is known to be missing."""

    def __init__(self, html: str, max_tags: int) -> None:
        self._html = _NONCHARACTERS.sub("", html)
        self._max_tags = max_tags
        self._out: list[str] = []
        self._open: list[str] = []
        self._tags = 0
        self._endless: set[str] = set()

    def result(self) -> str:
        html, position = self._html, 0
        while self._tags < self._max_tags:
            start = html.find("<", position)
            self._out.append(_characters(html[position : start if start >= 0 else len(html)]))
            if start < 0:
                break
            position = self._markup(start)
            if position < 0:  # nothing is closed from here on, so what follows is no markup
                self._out.append(_characters(html[start:]))
                break
        else:
            self._rest(html[position:])
        self._close(0)
        return "".join(self._out)

    def _markup(self, start: int) -> int:
        """Take what a `<` begins and give the position after it, -1 when it never ends."""
        html = self._html
        self._tags += 1
        name = _NAME.match(html, start)
        if name is None:
            return self._no_element(start)
        position, attributes = self._attributes(name.end(), name.group(1))
        end = _TAG_END.match(html, position)
        if end is None:
            return -1
        tag = name.group(1).lower()
        tag = _OTHER_NAMES.get(tag, tag)
        if html.startswith("</", start):
            self._end_tag(tag)
        elif tag in _UNREAD:
            return self._unread(tag, end.end())
        elif tag in _KNOWN:
            self._start_tag(tag, attributes)
        return end.end()

    def _no_element(self, start: int) -> int:
        """Pass a comment, a declaration or an instruction; any other `<` is text."""
        html = self._html
        if not html.startswith(("<!", "<?", "</"), start):
            self._tags -= 1
            self._out.append(LESS_THAN)
            return start + 1
        if html.startswith("<!--", start) and "comment" not in self._endless:
            end = _COMMENT_END.search(html, start + 2)
            if end is not None:
                return end.end()
            self._endless.add("comment")
        return html.find(">", start) + 1 or -1

    def _attributes(self, position: int, name: str) -> tuple[int, str]:
        """Read the attributes of a tag; give the position after them and those that are kept."""
        html = self._html
        if html.startswith(">", position):
            return position, ""
        kept: dict[str, str] = {}
        wanted = name.lower() in _KNOWN
        while (found := _ATTRIBUTE.match(html, position)) is not None:
            position = found.end()
            key = found[1].lower()
            if not wanted or key not in _ATTRIBUTES or key in kept:
                continue
            value = found[2] or found[3] or found[4] or ""
            if len(value) <= _LONGEST_VALUE:
                kept[key] = value.replace('"', "&quot;") if '"' in value else value
        return position, "".join(f' {key}="{value}"' for key, value in kept.items())

    def _unread(self, tag: str, position: int) -> int:
        """Pass what is not read; a tag of that kind that is never closed is passed alone.

        A script or a style that is never closed is all there is to its end.
        """
        if tag not in self._endless:
            end = _UNREAD[tag].search(self._html, position)
            if end is not None:
                return end.start()
            self._endless.add(tag)
        return len(self._html) if tag in {"script", "style"} else position

    def _start_tag(self, tag: str, attributes: str) -> None:
        if tag in _ENDS:
            self._end_innermost(*_ENDS[tag])
        elif tag in BLOCKS and self._open:
            self._end_paragraph()
        if tag in VOID:
            self._out.append(f"<{tag}{attributes}>")
        elif len(self._open) < MAX_DEPTH:
            self._open.append(tag)
            self._out.append(f"<{tag}{attributes}>")
        elif tag not in INLINE:
            self._out.append("<br>")

    def _end_tag(self, tag: str) -> None:
        """Close an element, and what is open in it, unless a table cell stands between."""
        if tag in {"br", "p"} and tag not in self._open:
            self._start_tag("br", "")
        if self._open and self._open[-1] == tag:
            self._close(len(self._open) - 1)
        elif tag in INLINE:
            self._end_innermost(frozenset({tag}), BLOCKS | TABLE_PARTS)
        elif tag in _KNOWN:
            self._end_innermost(frozenset({tag}), _TABLE if tag in TABLE_PARTS else TABLE_PARTS)

    def _end_innermost(self, tags: frozenset[str], beyond: frozenset[str]) -> None:
        """Close the innermost of some elements, if none of the others stands before it."""
        for level in range(len(self._open) - 1, -1, -1):
            if self._open[level] in tags:
                self._close(level)
                # Of a row that ends its cell is to end, too, and the row of a group.
                if not tags & _GROUPS and "tr" not in tags:
                    return
            elif self._open[level] in beyond:
                return

    def _end_paragraph(self) -> None:
        """Close an open paragraph: no block stands in one."""
        for level in range(len(self._open) - 1, -1, -1):
            if self._open[level] == "p":
                self._close(level)
            if level >= len(self._open) or self._open[level] not in INLINE:
                return

    def _close(self, level: int) -> None:
        self._out.extend(f"</{tag}>" for tag in reversed(self._open[level:]))
        del self._open[level:]

    def _rest(self, html: str) -> None:
        """Write what is beyond the limit on tags."""
        lines = _ANY_TAG.sub("", _LINE_TAG.sub("\x00", html))
        self._close(0)
        self._open.append("pre")
        self._out.append("<pre>" + _characters(" ".join(lines.split()).replace("\x00", "\n")))


def _characters(text: str) -> str:
    """Give text with its references resolved and nothing in it that a parser would look at."""
    if "&" in text:
        text = unescape(_HUGE_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))
        text = text.replace("&", AMPERSAND)
    return text.replace("<", LESS_THAN) if "<" in text else text


def restored(text: str, *, escaped: bool = False) -> str:
    """Put the characters of the text back in their place; `escaped` as HTML has to have them."""
    ampersand, less_than = ("&amp;", "&lt;") if escaped else ("&", "<")
    return text.replace(AMPERSAND, ampersand).replace(LESS_THAN, less_than)
