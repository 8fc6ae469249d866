"""Texts as they are compared: what no reader would notice is taken out."""

import re
import unicodedata
from html.parser import HTMLParser

from corpus.verdict import How

_QUOTED = re.compile(r"^(?:>+ ?)+", re.MULTILINE)
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u034f\ufffc"), None
)


def folded(text: str) -> str:
    """Give a text with every run of white space as one blank, and nothing invisible in it."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_INVISIBLE).split())


def squeezed(text: str) -> str:
    """Give a text without any white space and without marks of quotation, for what is loose."""
    return "".join(folded(_QUOTED.sub("", text.replace("\r", ""))).split())


def difference(expected: str, got: str) -> How | None:
    """Say in what way two texts differ once white space is folded; None if they do not."""
    wanted, found = squeezed(expected), squeezed(got)
    if wanted == found:
        return None
    if not found:
        return How.NONE
    if wanted in found:
        return How.MORE
    return How.LESS if found in wanted else How.OTHER


class _Words(HTMLParser):
    """Collects the text of a page that is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in {"style", "script", "title", "head"}

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden -= tag in {"style", "script", "title", "head"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def words_of(html: str) -> str:
    """Give the words of expected HTML, by other means than those that are measured."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return " ".join(parser.words)
