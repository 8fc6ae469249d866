"""How HTML of a mail is read and made safe: what `gateway.mail.html` gives, and its libraries.

Whatever arrives is balanced first (`gateway.mail.html.markup`), so that neither nh3 nor lxml under
inscriptis can be made slow or large, and nothing is lost to their limits.
"""

import re

import nh3
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError
from selectolax.lexbor import LexborHTMLParser

from gateway.mail.format.charset import clean_text
from gateway.mail.html.layout import arrange, finished, is_costly, tree_of
from gateway.mail.html.markup import BLOCKS, INLINE, TABLE_PARTS, VOID, bounded, restored

_CONFIG = ParserConfig(css=CSS_PROFILES["strict"].copy())
_SCHEMES = {"http", "https", "mailto"}
_TAGS = set(BLOCKS | INLINE | TABLE_PARTS | VOID)
# What only dresses words is of no use to their text: each element costs time.
_TAGS_OF_TEXT = _TAGS - (INLINE - {"a", "font", "q", "span"})
_ATTRIBUTES_OF_TEXT = {
    "*": {"class", "hidden", "id", "style"},
    "a": {"href"},
    "blockquote": {"type"},
    "img": {"alt"},
    "ol": {"start"},
}

_TAGS_OF_DISPLAY = _TAGS - {"dir", "form", "menu"}
_ATTRIBUTES_OF_DISPLAY = {
    "*": {"align", "bgcolor", "dir", "style", "valign"},
    "a": {"href"},
    "font": {"color", "face", "size"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "table": {"border", "width"},
    "td": {"colspan", "height", "rowspan", "width"},
    "th": {"colspan", "height", "rowspan", "width"},
}
# Properties that only dress the text: nothing that moves it out of its place, covers something
# else or fetches (a shorthand like `background` takes an address).
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "color",
    "direction", "font-family", "font-size", "font-style", "font-weight", "line-height", "margin",
    "margin-bottom", "margin-left", "margin-right", "margin-top", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "text-align", "text-decoration",
    "text-indent", "vertical-align", "white-space",
}  # fmt: skip
_FETCHES = re.compile(r"url|image|expression|import|@|\\", re.IGNORECASE)
_NEGATIVE = re.compile(r"-\s*[.\d]")


def display(html: str) -> str:
    """Give HTML that may be shown."""
    clean = nh3.clean(
        bounded(clean_text(html)),
        tags=_TAGS_OF_DISPLAY,
        attributes=_ATTRIBUTES_OF_DISPLAY,
        attribute_filter=_shown,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes=_SCHEMES | {"cid"},
        url_relative="deny",
        filter_style_properties=_STYLES,
    )
    return restored(clean, escaped=True)


def _shown(tag: str, attribute: str, value: str) -> str | None:
    """Give the value that an attribute keeps for display, None if it is to go."""
    if attribute == "src":
        return value if value.strip().lower().startswith("cid:") else None
    if attribute == "href" and value.strip().lower().startswith("cid:"):
        return None
    if attribute == "style" and tag != "img" and not _FETCHES.search(value):
        return None if _NEGATIVE.search(value) else value
    return None if attribute == "style" else value


def to_text(html: str, *, max_tags: int) -> str:
    """Give the text of HTML."""
    clean = nh3.clean(
        bounded(clean_text(html), max_tags),
        tags=_TAGS_OF_TEXT,
        attributes=_ATTRIBUTES_OF_TEXT,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
    plain = LexborHTMLParser(clean).text(separator="\n", strip=True)
    if not plain:
        return ""
    text = _laid_out(clean, plain, hide=True)
    if text is not None and not text.strip():
        # There is text and all of it would be hidden: its styles were misread, or it is a trick.
        text = _laid_out(clean, plain, hide=False)
    return clean_text(restored(plain)) if text is None else text


def _laid_out(clean: str, plain: str, *, hide: bool) -> str | None:
    """Lay text out by inscriptis; None when less than half of it came through.

    Both lxml and inscriptis leave text out without a word when something is beyond their limits,
    so that what they give is measured by `plain`, the text that a parser without limits found.
    """
    try:
        tree = tree_of(clean)
        counts = arrange(tree, hide=hide)
        if 2 * (counts.kept + counts.hidden) < _size(plain) or is_costly(tree):
            return None
        text = finished(Inscriptis(tree, _CONFIG).get_text())
    except (LxmlError, RecursionError, ValueError):
        return None
    return None if 2 * _size(text) < counts.kept else text


def _size(text: str) -> int:
    """Count what is no blank."""
    return len("".join(text.split()))
