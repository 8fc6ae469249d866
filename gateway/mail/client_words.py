"""The words by which mail programs mark text of another mail, in the seven languages.

Programs write the header fields of a mail that is quoted or forwarded as lines of its text, named
in the reader's language, and put lines of their own above them. This is the one table of those
words; what follows from them is the business of who reads the text.
"""

import re
from enum import StrEnum

MAX_LINE = 1000
_LONGEST_GLUED = 4000


class Word(StrEnum):
    """Which header field a line of text stands for."""

    FROM = "from"
    DATE = "date"
    SUBJECT = "subject"
    TO = "to"
    CC = "cc"
    REPLY_TO = "reply-to"
    OTHER = "other"


_ENGLISH = {
    Word.FROM: "From",
    Word.DATE: "Date|Sent|Sent on|Received",
    Word.SUBJECT: "Subject",
    Word.TO: "To",
    Word.CC: "Cc|Bcc",
    Word.REPLY_TO: "Reply-To|Reply to",
    Word.OTHER: "Importance|Priority|Attachments|Sensitivity|Organization|Organisation|Sender|"
    "Categories|Attachment|Flag",
}
_OTHERS = (
    {  # German
        Word.FROM: "Von|Absender",
        Word.DATE: "Datum|Gesendet|Gesendet am|Verschickt",
        Word.SUBJECT: "Betreff",
        Word.TO: "An|Empfänger",
        Word.CC: "Kopie|Kopie (CC)|Blindkopie",
        Word.REPLY_TO: "Antwort an|Antworten an",
        Word.OTHER: "Wichtigkeit|Priorität|Anlagen|Anlage|Anhänge|Vertraulichkeit",
    },
    {  # Dutch
        Word.FROM: "Van|Afzender",
        Word.DATE: "Datum|Verzonden|Verzonden op|Verstuurd",
        Word.SUBJECT: "Onderwerp",
        Word.TO: "Aan",
        Word.CC: "Kopie|Kopie aan",
        Word.REPLY_TO: "Antwoord aan|Antwoorden aan|Beantwoorden",
        Word.OTHER: "Urgentie|Prioriteit|Bijlagen|Bijlage|Gevoeligheid",
    },
    {  # Finnish
        Word.FROM: "Lähettäjä",
        Word.DATE: "Päivämäärä|Päiväys|Pvm|Lähetetty|Lähetysaika",
        Word.SUBJECT: "Aihe|Otsikko",
        Word.TO: "Vastaanottaja|Vastaanottajat|Saaja",
        Word.CC: "Kopio|Piilokopio",
        Word.REPLY_TO: "Vastausosoite|Vastaus osoitteeseen|Vastaa",
        Word.OTHER: "Tärkeys|Prioriteetti|Liitteet|Liite",
    },
    {  # French
        Word.FROM: "De|Expéditeur",
        Word.DATE: "Date|Envoyé|Envoyé le|Date d'envoi",
        Word.SUBJECT: "Objet|Sujet",
        Word.TO: "À|A|Pour|Destinataire",
        Word.CC: "Copie|Copie à|Cci|Copie cachée",
        Word.REPLY_TO: "Répondre à",
        Word.OTHER: "Importance|Priorité|Pièces jointes|Pièce jointe|Confidentialité",
    },
    {  # Swedish
        Word.FROM: "Från|Avsändare",
        Word.DATE: "Datum|Skickat|Skickad",
        Word.SUBJECT: "Ämne|Rubrik",
        Word.TO: "Till|Mottagare",
        Word.CC: "Kopia|Kopia till|Hemlig kopia|Kopior",
        Word.REPLY_TO: "Svar till|Svara till|Svarsadress",
        Word.OTHER: "Prioritet|Bilagor|Bifogade filer|Angelägenhetsgrad",
    },
    {  # Spanish
        Word.FROM: "De|Remitente",
        Word.DATE: "Fecha|Enviado|Enviado el|Enviada|Enviados",
        Word.SUBJECT: "Asunto",
        Word.TO: "Para|A|Destinatario",
        Word.CC: "CC|CCO|Con copia|Copia",
        Word.REPLY_TO: "Responder a|Responder",
        Word.OTHER: "Importancia|Prioridad|Datos adjuntos|Adjuntos|Archivos adjuntos",
    },
)


def _lookup() -> dict[str, Word]:
    found: dict[str, Word] = {}
    for table in (_ENGLISH, *_OTHERS):
        for word, names in table.items():
            for name in names.split("|"):
                found.setdefault(name.lower(), word)
    return found


_WORDS = _lookup()
_LONGEST_NAME = 40
_FOREIGN = frozenset(
    name.lower() for table in _OTHERS for names in table.values() for name in names.split("|")
) - {name.lower() for names in _ENGLISH.values() for name in names.split("|")}

# Bold text becomes *From:* or **From:** when HTML is written as plain text.
_DECORATION = " \t\u00a0\u200b\ufeff*_"


# Some programs show fields as they are called in the mail itself: User-Agent, X-Mailer.
_COMPOUND = re.compile(r"[A-Z][A-Za-z]{0,20}(?:-[A-Z][A-Za-z]{1,20}){1,4}")


def header_line(line: str) -> tuple[Word, str] | None:
    """Read a line like `From: Jan`, `*Von:* Jan` or `De : Jan`; None if it is no such line.

    The line comes without its quotation marks. The value has no decoration around it.
    """
    name, colon, value = line[:MAX_LINE].partition(":")
    name = name.strip(_DECORATION)
    if not colon or not 0 < len(name) <= _LONGEST_NAME:
        return None
    word = _WORDS.get(name.lower())
    if word is None and _COMPOUND.fullmatch(name):
        word = Word.OTHER
    return None if word is None else (word, value.strip(_DECORATION))


def is_foreign(line: str) -> bool:
    """Say whether a header line bears a name that English does not have."""
    return line.partition(":")[0].strip(_DECORATION).lower() in _FOREIGN


_NAMES = sorted({n for table in (_ENGLISH, *_OTHERS) for v in table.values() for n in v.split("|")})
_GLUED_FIELD = re.compile(f"({'|'.join(re.escape(n) for n in _NAMES if n != 'A')}) ?:")


def unglued(line: str) -> list[str]:
    """Give the lines that one line holds which lost its line ends: `From: Jan <j@x>To: ...`.

    Yahoo writes so beside its HTML. What stands before the first field is the first line.
    """
    parts = _GLUED_FIELD.split(line[:_LONGEST_GLUED])
    fields = [f"{name}:{value}" for name, value in zip(parts[1::2], parts[2::2], strict=True)]
    return [parts[0], *fields]


_FORWARDED = frozenset(
    {
        *("forwarded message", "forwarded mail", "begin forwarded message", "fwd message"),
        *("weitergeleitete nachricht", "weitergeleitete e-mail", "weitergeleitete mail"),
        *("anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail"),
        *("beginn der weitergeleiteten nachricht", "beginn der weitergeleiteten e-mail"),
        *("doorgestuurd bericht", "begin doorgestuurd bericht", "doorgestuurde e-mail"),
        *("doorgezonden bericht", "begin van doorgestuurd bericht"),
        *("edelleenlähetetty viesti", "välitetty viesti", "välitetty viesti alkaa"),
        *("välitetty viesti / fwd.msg", "välitetty sähköposti", "edelleen lähetetty viesti"),
        *("edelleenlähetetty viesti alkaa", "edelleenlähetetty sähköposti"),
        *("message transféré", "message transmis", "message réexpédié", "courriel transféré"),
        *("début du message transféré", "début du message réexpédié", "e-mail transféré"),
        *("vidarebefordrat meddelande", "vidarebefordrat mejl", "vidarebefordrat brev"),
        *("vidarebefordrat mail", "vidarebefordrat e-postmeddelande", "vidarebefordrad e-post"),
        *("början på vidarebefordrat brev", "början på vidarebefordrat mejl"),
        *("början på vidarebefordrat meddelande", "vidaresänt meddelande"),
        *("mensaje reenviado", "inicio del mensaje reenviado", "correo reenviado"),
        *("principio del mensaje reenviado", "mensaje remitido"),
    }
)
_FORWARDED_BY = (
    *("forwarded message from ", "forwarded by ", "weitergeleitet von ", "doorgestuurd door "),
    *("edelleenlähettänyt ", "välittänyt ", "transféré par ", "réexpédié par "),
    *("vidarebefordrat av ", "reenviado por "),
)
_ENDED = frozenset(
    {
        *("end forwarded message", "end of forwarded message", "end of the forwarded message"),
        *("ende der weitergeleiteten nachricht", "ende der weitergeleiteten e-mail"),
        *("einde doorgestuurd bericht", "einde van doorgestuurd bericht"),
        *("välitetty viesti päättyy", "fin du message transféré", "fin du message réexpédié"),
        *("slut på vidarebefordrat meddelande", "slut på vidarebefordrat brev"),
        *("slut på vidarebefordrat mejl", "fin del mensaje reenviado"),
    }
)
_ORIGINAL = frozenset(
    {
        *("original message", "original mail", "original email", "original e-mail"),
        *("original appointment", "ursprüngliche nachricht", "originalnachricht"),
        *("original-nachricht", "ursprüngliche e-mail", "ursprünglicher termin"),
        *("oorspronkelijk bericht", "origineel bericht", "oorspronkelijke e-mail"),
        *("oorspronkelijke afspraak", "alkuperäinen viesti", "alkuperäinen sähköposti"),
        *("message d'origine", "message original", "message initial", "courriel original"),
        *("message d\u2019origine", "rendez-vous d'origine", "originalmeddelande"),
        *("ursprungligt meddelande", "ursprungligt mejl", "ursprungligt brev"),
        *("original meddelande", "mensaje original", "mensaje de origen", "correo original"),
    }
)
_RULE_CHARACTERS = "-=_~*+\u2010\u2011\u2012\u2013\u2014\u2015\u2500"
_RULE = re.compile(rf"[{re.escape(_RULE_CHARACTERS)}]{{10,}}")
_AROUND = " \t\u00a0\u200b\ufeff:" + _RULE_CHARACTERS


class Mark(StrEnum):
    """What a line that a mail program wrote says of the text below it.

    FORWARDED begins, and ENDED ends, a mail that was forwarded. ORIGINAL stands above a mail that
    was answered or forwarded, and so does a RULE, which people draw, too. ANSWERED introduces
    the text that an answer quotes: `On 2 November, Jan wrote:`.
    """

    FORWARDED = "forwarded"
    ENDED = "ended"
    ORIGINAL = "original"
    RULE = "rule"
    ANSWERED = "answered"


def mark_of(line: str) -> Mark | None:
    """Say what a line marks; it comes without its quotation marks.

    An attribution that is wrapped is one line only after it has been joined.
    """
    line = line.strip()
    if not line or len(line) > MAX_LINE:
        return None
    if _RULE.fullmatch(line):
        return Mark.RULE
    words = " ".join(line.strip(_AROUND).split()).lower()
    bare = len(words) == len(line)
    if words in _FORWARDED and not bare:
        return Mark.FORWARDED
    if words in _ORIGINAL and not bare:
        return Mark.ORIGINAL
    if words in _ENDED and not bare:
        return Mark.ENDED
    if words.startswith(_FORWARDED_BY) and line[0] in _RULE_CHARACTERS:
        return Mark.FORWARDED
    return Mark.ANSWERED if is_attribution(line) else None


# The verb stands last, or in Finnish and Swedish before the time or a closing word.
_WROTE = re.compile(
    r"(?:^|[\s>\])\u00a0\"'”»])(?:wrote|writes|schrieb|geschrieben|schreef|geschreven|kirjoitti|"
    r"a écrit|écrit|skrev|escribió|escribio)(?=[\s\u00a0:]|$)",
    re.IGNORECASE,
)
_LONGEST_ATTRIBUTION = 400


def is_attribution(line: str) -> bool:
    """Say whether a line introduces quoted text: it names who wrote, and ends with a colon."""
    line = line.rstrip(" \t\u00a0*_")
    if not line.endswith(":") or not 12 <= len(line) <= _LONGEST_ATTRIBUTION:
        return False
    # A person may well write "the customer wrote:", but not with a time or an address in it.
    return bool(_WROTE.search(line)) and (any(c.isdigit() for c in line) or "@" in line)


_ENGLISH_WROTE = ("wrote:", "writes:")


def is_foreign_attribution(line: str) -> bool:
    """Say whether a line that introduces quoted text is not in English."""
    return not line.rstrip(" \t\u00a0*_").lower().endswith(_ENGLISH_WROTE)
