"""What the feedback page says, in each language that it can speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the page; `marks` are what one to five stars mean.

    `{number}`, `{stars}` and `{day}` stand for the case, the rating, and the last day. `confirm` to
    `anew` ask whether what was sent is a person's; `programs` to `back` are for those
    who look at links by themselves.
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
    confirm: str
    unsure: str
    given: str
    mine: str
    anew: str
    programs: str
    nothing_rated: str
    back: str


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
            confirm="One more step",
            unsure="Some programs open the links in mails, and send whatever forms they find. "
            "Please tell us that this is yours.",
            given="{stars} of 5 stars",
            mine="Yes, this is mine",
            anew="No, start anew",
            programs="For programs only: please do not follow this link.",
            nothing_rated="This page is for programs that look at links by themselves. Nothing "
            "has been rated here.",
            back="To the feedback page",
        ),
        "de": Words(
            title="Ihre Rückmeldung",
            about="Es geht um Ihren Vorgang {number}.",
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
            expired="Zu diesem Vorgang nehmen wir keine Rückmeldung mehr entgegen. Wenn wir etwas "
            "wissen sollten, antworten Sie bitte auf die E-Mail, aus der Sie kommen.",
            confirm="Noch ein Schritt",
            unsure="Manche Programme öffnen die Links in E-Mails und senden ab, was sie dort "
            "finden. Bitte sagen Sie uns, dass dies von Ihnen ist.",
            given="{stars} von 5 Sternen",
            mine="Ja, das ist von mir",
            anew="Nein, von vorn beginnen",
            programs="Nur für Programme: Bitte folgen Sie diesem Link nicht.",
            nothing_rated="Diese Seite ist für Programme, die von sich aus Links ansehen. Hier "
            "wurde nichts bewertet.",
            back="Zur Seite für Ihre Rückmeldung",
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
            confirm="Nog één stap",
            unsure="Sommige programma's openen links in e-mails en versturen wat ze daar "
            "vinden. Laat ons weten dat dit van u is.",
            given="{stars} van de 5 sterren",
            mine="Ja, dit is van mij",
            anew="Nee, opnieuw beginnen",
            programs="Alleen voor programma's: volg deze link niet.",
            nothing_rated="Deze pagina is voor programma's die uit zichzelf links bekijken. "
            "Hier is niets beoordeeld.",
            back="Naar de pagina voor uw mening",
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
            confirm="Vielä yksi vaihe",
            unsure="Jotkin ohjelmat avaavat viestien linkkejä ja lähettävät niiden lomakkeita. "
            "Vahvista, että tämä palaute on sinun.",
            given="{stars}/5 tähteä",
            mine="Kyllä, tämä on minun",
            anew="Ei, aloita alusta",
            programs="Vain ohjelmille: älä seuraa tätä linkkiä.",
            nothing_rated="Tämä sivu on ohjelmille, jotka avaavat linkkejä itsestään. Täällä ei "
            "ole annettu arviota.",
            back="Palautesivulle",
        ),
    }
)
