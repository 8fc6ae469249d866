"""HTML of a mail: as text for the reader and the rules, and sanitised for display.

The libraries for it are large, and are loaded with the first mail that has any.
"""

import re

from gateway.mail.html.markup import MAX_TAGS

# What a page of HTML, or a piece of one that a program wrote, begins with.
_PAGE = re.compile(
    r"\s*(?:<\?xml|<!--|<!doctype\s+html|<(?:html|head|body|meta|style|div|p|table|span|font|br|h[1-6])"
    r"(?=[\s/>]))",
    re.IGNORECASE,
)


def looks_like_html(text: str) -> bool:
    """Say whether a bare body is HTML: it begins with a tag that begins pages and their blocks."""
    return _PAGE.match(text[:4096]) is not None


def display(html: str) -> str:
    """Give HTML that may be shown to an agent, in a sandboxed frame.

    Of images those remain that the mail itself brings (`cid:`), so nothing is fetched when it is
    read; links lead to http, https and mailto in a window of their own. There are no scripts,
    forms, frames, identifiers or classes, and only styles that dress text. Never raises.
    """
    from gateway.mail.html import clean  # noqa: PLC0415  as said above

    return clean.display(html)


def to_text(html: str, *, max_tags: int = MAX_TAGS) -> str:
    """Give the text that a person reads in this HTML; never raises.

    Quotations are lines that begin with "> " (per level), a signature that a mail program marked
    stands under its "-- " line, a link whose address cannot be seen has it behind it in angle
    brackets, and what is hidden is left out. After `max_tags` tags only lines are kept.
    """
    from gateway.mail.html import clean  # noqa: PLC0415  as said above

    return clean.to_text(html, max_tags=max_tags)
