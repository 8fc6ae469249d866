"""What every page can have to say, in each language that pages speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CommonWords:
    """Sentences for what is not there, or not now; `nothing` and `wait` are their headings.

    `article` is said of an article that has no page of its own.
    """

    nothing: str
    missing: str
    article: str
    wait: str
    later: str


COMMON: Mapping[str, CommonWords] = MappingProxyType(
    {
        "en": CommonWords(
            nothing="Nothing here",
            missing="There is nothing here, or not any more. Please see whether the link is all "
            "there, or answer the mail that you came from.",
            article="This article has no page of its own, or is not there any more. Please answer "
            "the mail that named it, and we will help.",
            wait="One moment",
            later="Just now this does not work. Please try again in a minute.",
        ),
        "de": CommonWords(
            nothing="Hier ist nichts",
            missing="Hier ist nichts, oder nichts mehr. Bitte prüfen Sie, ob der Link vollständig "
            "ist, oder antworten Sie auf die E-Mail, aus der Sie kommen.",
            article="Dieser Artikel hat keine eigene Seite, oder es gibt ihn nicht mehr. Bitte "
            "antworten Sie auf die E-Mail, in der er stand; wir helfen Ihnen.",
            wait="Einen Moment",
            later="Das geht gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.",
        ),
        "nl": CommonWords(
            nothing="Hier is niets",
            missing="Hier is niets, of niets meer. Kijk of de link volledig is, of beantwoord de "
            "e-mail waar u vandaan komt.",
            article="Dit artikel heeft geen eigen pagina, of bestaat niet meer. Beantwoord de "
            "e-mail waarin het stond, dan helpen wij u.",
            wait="Een ogenblik",
            later="Dit lukt nu even niet. Probeer het over een minuut nog eens.",
        ),
        "fi": CommonWords(
            nothing="Täällä ei ole mitään",
            missing="Täällä ei ole mitään, tai ei ole enää. Tarkista, että linkki on kokonainen, "
            "tai vastaa viestiin, josta tulit tälle sivulle.",
            article="Tällä artikkelilla ei ole omaa sivua, tai sitä ei enää ole. Vastaa viestiin, "
            "jossa se mainittiin, niin autamme.",
            wait="Hetkinen",
            later="Tämä ei juuri nyt onnistu. Yritä uudelleen minuutin kuluttua.",
        ),
    }
)
