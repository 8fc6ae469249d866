"""The line that we put above our mails, and how it is known again when it comes back.

The frame is what is recognised, so that the line is known in every language. Its characters
exist in nearly all character sets and mean nothing to Markdown, to HTML, or as quotation.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

FRAME = "=\N{SECTION SIGN}="

_WORDS = {
    "en": "Please write your reply above this line",
    "de": "Bitte antworten Sie oberhalb dieser Zeile",
    "nl": "Schrijf uw antwoord boven deze regel",
    "fi": "Kirjoita vastauksesi tämän rivin yläpuolelle",
    "fr": "Veuillez répondre au-dessus de cette ligne",
    "sv": "Skriv ditt svar ovanför den här raden",
    "es": "Escriba su respuesta por encima de esta línea",
}

MARKERS: Mapping[str, str] = MappingProxyType(
    {language: f"{FRAME} {words} {FRAME}" for language, words in _WORDS.items()}
)
"""Our marker line by language: what stands below it in an answer is quoted."""

# A character set without the section sign leaves a question mark or nothing readable.
_OPENING = re.compile(r"^[\s>|*_]{0,40}=[\u00a7?\ufffd]=(?=\s*\S)")


def is_marker(line: str) -> bool:
    """Say whether a line, quoted or not, begins with our frame."""
    return _OPENING.match(line[:200]) is not None
