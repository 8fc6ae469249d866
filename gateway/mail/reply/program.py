# ruff: noqa: RUF001  words of many languages look alike
"""The lines with which programs and telephones sign mail: `Sent from my iPhone`."""

import re

PROGRAMS = (
    *("sent from", "sent via", "sent with", "sent by", "sent using", "sent on the go from"),
    *("get outlook for", "download outlook for", "from my", "via mobile", "sent on"),
    *(
        "gesendet von",
        "gesendet mit",
        "gesendet aus",
        "gesendet über",
        "gesendet per",
        "von meinem",
    ),
    *("diese nachricht wurde von", "mit der gmx", "mit freemail", "von unterwegs gesendet"),
    *("verzonden vanaf", "verzonden met", "verzonden via", "verzonden van", "verzonden vanuit"),
    *("verstuurd vanaf", "verstuurd met", "verstuurd via", "verstuurd van", "outlook voor"),
    *("outlook für", "holen sie sich outlook", "download outlook", "outlook for", "outlook til"),
    *("lähetetty", "lähettäjän puhelin", "hanki outlook", "lataa outlook", "lähetin tämän"),
    *("envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé par", "envoyé via"),
    *("télécharger outlook", "obtenir outlook", "obtenez outlook", "provenance : courrier"),
    *("skickat från", "skickades från", "skickat med", "skickat via", "hämta outlook", "från min"),
    *("skaffa outlook", "enviado desde", "enviado con", "enviado a través", "obtener outlook"),
    *(
        "descargar outlook",
        "enviado por",
        "inviato da",
        "inviato con",
        "inviata da",
        "scarica outlook",
    ),
    *(
        "ottieni outlook",
        "enviado do",
        "enviado a partir",
        "enviado pelo",
        "enviado de",
        "obter o outlook",
    ),
    *("baixar o outlook", "sendt fra", "sendt med", "sendt via", "hent outlook", "få outlook"),
    *("wysłane z", "wysłano z", "pobierz program outlook", "pobierz outlook", "отправлено с"),
    *("отправлено из", "відправлено з", "надіслано з", "odesláno z", "odoslané z", "posláno z"),
    *("enviat des", "trimis de pe", "trimis din", "στάλθηκε από", "saadetud minu"),
    *(
        "发自我的",
        "从我的",
        "從我的",
        "來自我的",
        "发送自",
        "나의",
        "내 iphone",
        "الإرسال من",
        "أُرسلت من",
        "أرسلت من",
    ),
)
_ENDINGS = (
    *(
        "gesendet",
        "lähetetty",
        "から送信",
        "から送信されました",
        "에서 보냄",
        "gönderildi",
        "küldve",
    ),
    *("传送", "傳送", "发送", "发送的", "beziehen", "downloaden", "from mobile", "via mobile"),
)
_DEVICE = re.compile(
    r"phone|ipad|ipod|android|blackberry|galaxy|samsung|mobil|handy|tablet|outlook|mail|cell|"
    r"puheli|laite|windows|huawei|xiaomi|nokia|htc|smart|telefon|telefoon|téléphone|teléfono|"
    r"móvil|telefono|celular|proton|gmx|web\.de|airmail|spark|yahoo|treo|palm",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"(?<!\w)(?:iphone|ipad|ipod|android|blackberry|galaxy|samsung|huawei|xiaomi|nokia|pixel|"
    r"smartphone|mobiltelefon|handy|outlook (?:for|für|voor|pour|för|para|til) )",
    re.IGNORECASE,
)
# People begin sentences with these, too.
_SENTENCES = ("from my", "von meinem", "från min", "via mobile", "outlook ", "mit ")
_MOST_TELEPHONE_WORDS = 6
_LINK = re.compile(r"<(?:https?|mailto):[^<>]{1,500}>|\(https?[^()]{1,500}\)|https?://\S{1,500}")
_CLAUSE = re.compile(r"[.,;!?](?:\s|$)")
_AROUND = " \t\u00a0()[]<>*_\u00ab\u00bb\"'-\u2013\u2014"


def names_program(line: str) -> bool:
    """Say whether a line was added by a mail program: `Sent from my iPhone`."""
    if len(line) > 600:
        return False
    words = _LINK.sub("", line).strip(_AROUND)
    lower = words.lower()
    if len(words) > 120 or not (
        lower.startswith(PROGRAMS) or lower.rstrip(".!").endswith(_ENDINGS)
    ):
        return False
    clauses = [clause for clause in _CLAUSE.split(words, maxsplit=2) if clause.strip()]
    if len(clauses) > 1:
        return _DEVICE.search(clauses[0]) is not None
    return len(words.split()) <= 8 or _DEVICE.search(words) is not None


def names_telephone(line: str) -> bool:
    """Say whether a line can only be a telephone's: where text follows, people begin with less."""
    if not line[:80].strip(_AROUND).lower().startswith(PROGRAMS):
        return False
    words = _LINK.sub("", line[:600]).strip(_AROUND)
    return (
        len(words.split()) <= _MOST_TELEPHONE_WORDS
        and not words.lower().startswith(_SENTENCES)
        and not words.endswith(("?", "!", ":", ","))
        and _TELEPHONE.search(words) is not None
        and names_program(line)
    )
