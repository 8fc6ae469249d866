"""What the feedback page says, in each language that it can speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the page; `marks` are what one to five stars mean.

    `{number}`, `{stars}` and `{day}` stand for the case, the rating, and the last day.
    """

    title: str
    about: str
    question: str
    marks: tuple[str, str, str, str, str]
    comment: str
    send: str
    change: str
    thanks: str
    until: str
    final: str
    choose: str
    expired: str
    unknown: str
    later: str


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "en": Words(
            title="Your feedback",
            about="This is about your case {number}.",
            question="How satisfied are you with our help?",
            marks=(
                "1 star: not at all",
                "2 stars: a little",
                "3 stars: fairly",
                "4 stars: satisfied",
                "5 stars: very satisfied",
            ),
            comment="What went well, and what can we do better? (optional)",
            send="Send",
            change="Change",
            thanks="Thank you! You gave us {stars} of 5 stars.",
            until="You can change it until {day}.",
            final="It cannot be changed any more.",
            choose="Please choose how many stars you give us.",
            expired="Feedback about this case is not taken any more. If there is something that we "
            "should know, please answer the mail that you came from.",
            unknown="This link leads to nothing. Please see whether it is all there, or answer the "
            "mail that you came from.",
            later="Just now this does not work. Please try again in a minute.",
        ),
        "de": Words(
            title="Ihre Rückmeldung",
            about="Es geht um Ihren Fall {number}.",
            question="Wie zufrieden sind Sie mit unserer Hilfe?",
            marks=(
                "1 Stern: gar nicht",
                "2 Sterne: wenig",
                "3 Sterne: einigermaßen",
                "4 Sterne: zufrieden",
                "5 Sterne: sehr zufrieden",
            ),
            comment="Was war gut, und was können wir besser machen? (freiwillig)",
            send="Absenden",
            change="Ändern",
            thanks="Vielen Dank! Sie haben uns {stars} von 5 Sternen gegeben.",
            until="Sie können das bis zum {day} ändern.",
            final="Das lässt sich nicht mehr ändern.",
            choose="Bitte wählen Sie, wie viele Sterne Sie uns geben.",
            expired="Zu diesem Fall nehmen wir keine Rückmeldung mehr entgegen. Wenn wir etwas "
            "wissen sollten, antworten Sie bitte auf die E-Mail, aus der Sie kommen.",
            unknown="Dieser Link führt zu nichts. Bitte prüfen Sie, ob er vollständig ist, oder "
            "antworten Sie auf die E-Mail, aus der Sie kommen.",
            later="Das geht gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.",
        ),
        "nl": Words(
            title="Uw mening",
            about="Het gaat om uw melding {number}.",
            question="Hoe tevreden bent u over onze hulp?",
            marks=(
                "1 ster: helemaal niet",
                "2 sterren: niet erg",
                "3 sterren: redelijk",
                "4 sterren: tevreden",
                "5 sterren: zeer tevreden",
            ),
            comment="Wat ging goed, en wat kan beter? (niet verplicht)",
            send="Versturen",
            change="Wijzigen",
            thanks="Dank u wel! U gaf ons {stars} van de 5 sterren.",
            until="U kunt dit wijzigen tot en met {day}.",
            final="Dit kan niet meer gewijzigd worden.",
            choose="Kies alstublieft hoeveel sterren u ons geeft.",
            expired="Over deze melding kunt u geen mening meer geven. Is er iets dat wij moeten "
            "weten, beantwoord dan de e-mail waar u vandaan komt.",
            unknown="Deze link leidt nergens heen. Kijk of de link volledig is, of beantwoord de "
            "e-mail waar u vandaan komt.",
            later="Dit lukt nu even niet. Probeer het over een minuut nog eens.",
        ),
        "fi": Words(
            title="Palautteesi",
            about="Palaute koskee tapaustasi {number}.",
            question="Kuinka tyytyväinen olet saamaasi apuun?",
            marks=(
                "1 tähti: en lainkaan",
                "2 tähteä: vain vähän",
                "3 tähteä: melko tyytyväinen",
                "4 tähteä: tyytyväinen",
                "5 tähteä: erittäin tyytyväinen",
            ),
            comment="Mikä onnistui, ja mitä voimme parantaa? (vapaaehtoinen)",
            send="Lähetä",
            change="Muuta",
            thanks="Kiitos! Annoit meille {stars}/5 tähteä.",
            until="Voit muuttaa palautettasi {day} asti.",
            final="Palautetta ei voi enää muuttaa.",
            choose="Valitse, montako tähteä annat meille.",
            expired="Tästä tapauksesta ei enää oteta vastaan palautetta. Jos meidän pitäisi tietää "
            "jotakin, vastaa viestiin, josta tulit tälle sivulle.",
            unknown="Tämä linkki ei johda mihinkään. Tarkista, että se on kokonainen, tai vastaa "
            "viestiin, josta tulit tälle sivulle.",
            later="Tämä ei juuri nyt onnistu. Yritä uudelleen minuutin kuluttua.",
        ),
    }
)
