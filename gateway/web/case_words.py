"""What the page of a case says, in each language that pages speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gateway.desk.case_page import Awaited


@dataclass(frozen=True, slots=True)
class CaseWords:
    """The texts of the page; `awaited` says what a case waits for.

    `{number}` stands for a case, `{day}` for a day and `{size}` for how large a file is.
    """

    title: str
    status: str
    opened: str
    following: str
    awaited: Mapping[Awaited, str]
    promises: str
    promise: str
    closes: str
    answer: str
    reopen: str
    other: str
    defect: str
    conversation: str
    newest: str
    you: str
    automatic: str
    quotation: str
    signature: str
    cut: str
    more: str
    files: str
    nothing: str


CASE: Mapping[str, CaseWords] = MappingProxyType(
    {
        "en": CaseWords(
            title="Your case {number}",
            status="Status",
            opened="Opened",
            following="What happens next",
            awaited={
                Awaited.ANSWER: "We have your mail. One of us will read it and answer you by mail.",
                Awaited.WORK: "We are working on it. You need not do anything at the moment.",
                Awaited.CUSTOMER: "We are waiting for an answer from your side.",
                Awaited.DAY: "As agreed, this case rests until {day}.",
                Awaited.NOTHING: "This case is closed.",
                Awaited.ELSEWHERE: "This case goes on as another one.",
            },
            promises="What we promise you",
            promise="by",
            closes="If nobody writes, it closes by itself on {day}.",
            answer="Is there something to add? Then simply answer any of our mails about it.",
            reopen="Is something not right yet? Then simply answer any of our mails about it.",
            other="Look at case {number}",
            defect="Known defect",
            conversation="What we wrote to each other",
            newest="The newest is on top.",
            you="You",
            automatic="Automatic message",
            quotation="Show the quoted text",
            signature="Show the signature",
            cut="The text is longer; your mail program has all of it.",
            more="Older messages are not shown here; your mail program has them.",
            files="Files",
            nothing="Nothing yet.",
        ),
        "de": CaseWords(
            title="Ihr Fall {number}",
            status="Stand",
            opened="Eröffnet",
            following="Wie es weitergeht",
            awaited={
                Awaited.ANSWER: "Wir haben Ihre Nachricht. Jemand von uns liest sie und antwortet "
                "Ihnen per E-Mail.",
                Awaited.WORK: "Wir arbeiten daran. Sie müssen im Moment nichts tun.",
                Awaited.CUSTOMER: "Wir warten auf eine Antwort von Ihrer Seite.",
                Awaited.DAY: "Wie vereinbart ruht dieser Fall bis zum {day}.",
                Awaited.NOTHING: "Dieser Fall ist abgeschlossen.",
                Awaited.ELSEWHERE: "Dieser Fall wird als ein anderer weitergeführt.",
            },
            promises="Das sagen wir Ihnen zu",
            promise="spätestens",
            closes="Wenn niemand schreibt, schließt er sich am {day} von selbst.",
            answer="Möchten Sie etwas ergänzen? Dann antworten Sie einfach auf eine unserer Mails.",
            reopen="Stimmt noch etwas nicht? Dann antworten Sie einfach auf eine unserer Mails.",
            other="Fall {number} ansehen",
            defect="Bekannter Fehler",
            conversation="Was wir einander geschrieben haben",
            newest="Das Neueste steht oben.",
            you="Sie",
            automatic="Automatische Nachricht",
            quotation="Zitierten Text zeigen",
            signature="Signatur zeigen",
            cut="Der Text geht weiter; in Ihrem Mailprogramm steht er ganz.",
            more="Ältere Nachrichten stehen hier nicht, aber in Ihrem Mailprogramm.",
            files="Dateien",
            nothing="Noch nichts.",
        ),
        "nl": CaseWords(
            title="Uw melding {number}",
            status="Status",
            opened="Geopend",
            following="Hoe het verdergaat",
            awaited={
                Awaited.ANSWER: "Wij hebben uw bericht. Een van ons leest het en antwoordt u per "
                "e-mail.",
                Awaited.WORK: "Wij zijn ermee bezig. U hoeft nu niets te doen.",
                Awaited.CUSTOMER: "Wij wachten op een antwoord van uw kant.",
                Awaited.DAY: "Zoals afgesproken rust deze melding tot {day}.",
                Awaited.NOTHING: "Deze melding is afgesloten.",
                Awaited.ELSEWHERE: "Deze melding gaat verder als een andere.",
            },
            promises="Dit zeggen wij u toe",
            promise="uiterlijk",
            closes="Als niemand schrijft, wordt deze op {day} vanzelf gesloten.",
            answer="Wilt u iets toevoegen? Beantwoord dan gewoon een van onze e-mails hierover.",
            reopen="Klopt er nog iets niet? Beantwoord dan gewoon een van onze e-mails hierover.",
            other="Melding {number} bekijken",
            defect="Bekende fout",
            conversation="Wat wij elkaar schreven",
            newest="Het nieuwste staat bovenaan.",
            you="U",
            automatic="Automatisch bericht",
            quotation="Geciteerde tekst tonen",
            signature="Handtekening tonen",
            cut="De tekst gaat verder; in uw e-mailprogramma staat alles.",
            more="Oudere berichten staan hier niet, maar wel in uw e-mailprogramma.",
            files="Bestanden",
            nothing="Nog niets.",
        ),
        "fi": CaseWords(
            title="Tapauksesi {number}",
            status="Tila",
            opened="Avattu",
            following="Mitä seuraavaksi tapahtuu",
            awaited={
                Awaited.ANSWER: "Olemme saaneet viestisi. Joku meistä lukee sen ja vastaa sinulle "
                "sähköpostitse.",
                Awaited.WORK: "Työstämme asiaa. Sinun ei tarvitse nyt tehdä mitään.",
                Awaited.CUSTOMER: "Odotamme vastausta teidän puoleltanne.",
                Awaited.DAY: "Kuten sovittiin, tapaus lepää {day} asti.",
                Awaited.NOTHING: "Tämä tapaus on suljettu.",
                Awaited.ELSEWHERE: "Tämä tapaus jatkuu toisena tapauksena.",
            },
            promises="Lupaamme sinulle",
            promise="viimeistään",
            closes="Jos kukaan ei kirjoita, tapaus sulkeutuu itsestään {day}.",
            answer="Haluatko lisätä jotakin? Vastaa silloin mihin tahansa viestiimme siitä.",
            reopen="Onko jokin vielä vialla? Vastaa silloin mihin tahansa viestiimme siitä.",
            other="Katso tapausta {number}",
            defect="Tunnettu vika",
            conversation="Mitä olemme kirjoittaneet toisillemme",
            newest="Uusin on ylimpänä.",
            you="Sinä",
            automatic="Automaattinen viesti",
            quotation="Näytä lainattu teksti",
            signature="Näytä allekirjoitus",
            cut="Teksti jatkuu; sähköpostiohjelmassasi on kaikki.",
            more="Vanhempia viestejä ei näytetä tässä; ne ovat sähköpostiohjelmassasi.",
            files="Tiedostot",
            nothing="Ei vielä mitään.",
        ),
    }
)
