"""Which elements and attributes of HTML a mail may be made of.

Programs that show mails understand little more, and what fetches, runs or asks is left out.
"""

from collections.abc import Mapping

EMPTY = frozenset({"br", "hr", "meta"})
"""Elements that have no end."""

LITERAL = frozenset({"style", "title"})
"""Elements in which nothing but their end is markup."""

FRAME = frozenset({"body", "head", "html", "meta", "title"})
"""What a whole document is made of, and a part of one never has."""

_INLINE = frozenset(
    {"a", "abbr", "b", "br", "code", "em", "i", "small", "span", "strong", "sub", "sup", "u"}
)
BLOCKS = frozenset(
    {"blockquote", "div", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "table", "ul"}
)
_TABLES = frozenset({"tbody", "td", "tfoot", "th", "thead", "tr"})
ELEMENTS = FRAME | LITERAL | _INLINE | BLOCKS | _TABLES

WITHOUT_TEXT = frozenset({"head", "html", "ol", "table", "tbody", "tfoot", "thead", "tr", "ul"})
"""Elements in which other elements stand, and no text."""

PARENTS: Mapping[str, frozenset[str]] = {
    "body": frozenset({"html"}),
    "head": frozenset({"html"}),
    "li": frozenset({"ol", "ul"}),
    "meta": frozenset({"head"}),
    "tbody": frozenset({"table"}),
    "td": frozenset({"tr"}),
    "tfoot": frozenset({"table"}),
    "th": frozenset({"tr"}),
    "thead": frozenset({"table"}),
    "title": frozenset({"head"}),
    "tr": frozenset({"table", "tbody", "tfoot", "thead"}),
}
"""In which elements an element must stand."""

_ANYWHERE = frozenset({"class", "dir", "id", "lang", "role", "style", "title"})
_TABLE = frozenset({"align", "bgcolor", "border", "cellpadding", "cellspacing", "height", "width"})
_CELL = frozenset({"align", "bgcolor", "colspan", "height", "rowspan", "valign", "width"})
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "body": frozenset({"bgcolor"}),
    "meta": frozenset({"charset", "content", "name"}),
    "table": _TABLE,
    "td": _CELL,
    "th": _CELL,
}
TAKING_VALUES = frozenset({"href", "lang", "title"})
"""Attributes in which a value may stand."""

_REFUSED: Mapping[str, str] = {
    "img": "pictures come from elsewhere, and tell who reads a mail",
    "link": "styles stand in <style>",
    "script": "no program runs in a mail",
}


def attributes(element: str) -> frozenset[str]:
    """Give the attributes that an element may have."""
    return _ANYWHERE | _ATTRIBUTES.get(element, frozenset())


def why_refused(element: str) -> str:
    """Say why an element is not allowed, as the end of a sentence."""
    return _REFUSED.get(element, "mail programs do not show it, or should not")
