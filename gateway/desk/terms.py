"""The terms of a text: what is left of its words when endings and accents are taken off.

Articles and mails are made of the same terms, in Python, so that one finds the other in the same
way in every database.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.mail.function_words import WORDS

if TYPE_CHECKING:
    import snowballstemmer

LONGEST_TERM = 40
_WORD = re.compile(r"[^\W_]+")
# ISO 639-1 codes of the languages whose endings are known.
_STEMMED = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
_NO_WORDS: frozenset[str] = frozenset()


def terms(text: str, language: str) -> Iterator[str]:
    """Give the terms of a text in the order of its words; small words of the language have none.

    `language` is of two letters; in one whose endings are not known a word is its own term. A term
    consists of letters and digits.
    """
    small = WORDS.get(language, _NO_WORDS)
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if word not in small and (len(word) > 1 or word.isdigit()) and len(word) <= LONGEST_TERM:
            yield _term(word, language)


# People use the same words again and again, and to find a stem takes some 60 microseconds.
@lru_cache(maxsize=32_768)
def _term(word: str, language: str) -> str:
    """Give the stem of a word, without accents, which not everybody types."""
    stemmer = _stemmer(language)
    stem = stemmer.stemWord(word) if stemmer else word
    letters = filter(str.isalnum, unicodedata.normalize("NFKD", stem))
    return unicodedata.normalize("NFC", "".join(letters))[:LONGEST_TERM] or word


@lru_cache
def _stemmer(language: str) -> "snowballstemmer.BaseStemmer | None":
    name = _STEMMED.get(language)
    if not name:
        return None
    import snowballstemmer  # noqa: PLC0415  some megabytes, and no article may be there to find

    return snowballstemmer.stemmer(name)
