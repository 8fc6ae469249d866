"""Plain texts that only stand in for the HTML beside them (RFC 2046 section 5.1.4 asks for more).

Programs put a notice there ("your program cannot show HTML"), a link to a page, or the first
words of the text.
"""

import re
from collections.abc import Sequence

from gateway.mail.html import looks_like_html

# A plain text has to be this short to be taken for a notice, and the HTML this much longer.
_LONGEST_NOTICE = 600
_MOST_WORDS = 12
_LONGER = 3

_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_TAG = re.compile("<[^<>]*>")


def is_possible(plain: str, htmls: Sequence[str]) -> bool:
    """Say without laying the HTML out whether it could hold much more than the plain text.

    Nearly all plain texts are as long as their HTML, which need not be laid out then.
    """
    if looks_like_html(plain) or "html" in plain[:_LONGEST_NOTICE].lower():
        return True
    shown = 0
    for page in htmls:
        body = page[max(0, page.lower().find("<body")) :]
        shown += len(squeezed(_TAG.sub(" ", body)))
    return shown > _LONGER * len(squeezed(plain))


def is_stub(plain: str, text: str) -> bool:
    """Say whether a plain text only stands in for another: a notice, a link, or a beginning."""
    own = _URL.sub(" ", plain)
    said, shown = squeezed(own), squeezed(text)
    if not shown:
        return False
    if looks_like_html(plain):
        return True
    if len(said) <= _LONGEST_NOTICE and "html" in said.lower() and "html" not in shown.lower():
        return 4 * len(shown) > len(said)
    if len(shown) <= _LONGER * len(said):
        return False
    if len(own) <= _LONGEST_NOTICE and len(_WORD.findall(own)) <= _MOST_WORDS:
        return True
    return shown.startswith(said.rstrip(".\N{HORIZONTAL ELLIPSIS}[]()"))


def squeezed(text: str) -> str:
    """Give a text without its blanks, by which two forms of it can be compared."""
    return "".join(text.split())
