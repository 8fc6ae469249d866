"""The legal notices that companies put below mail."""

import re

_AROUND = " \t\u00a0()[]<>*_\u00ab\u00bb\"'-\u2013\u2014"

_DISCLAIMER_BEGINS = (
    *("disclaimer", "confidentiality", "confidential", "this e-mail", "this email", "this message"),
    *("the information contained", "the information in this", "the contents of this", "notice:"),
    *("the content of this", "legal notice", "important notice", "please consider the environment"),
    *("diese e-mail", "diese mail", "diese nachricht", "der inhalt dieser", "dieses e-mail"),
    *("die information in dieser", "die in dieser", "vertraulichkeit", "haftungsausschluss"),
    *("dit bericht", "deze e-mail", "dit e-mailbericht", "de informatie in", "de inhoud van dit"),
    *("tämä viesti", "tämä sähköposti", "tämän viestin", "tämän sähköpostin"),
    *(
        "ce message",
        "cet e-mail",
        "ce courriel",
        "ce mail",
        "les informations contenues",
        "ce courrier",
    ),
    *("detta meddelande", "detta e-post", "detta mejl", "denna e-post", "informationen i detta"),
    *(
        "este mensaje",
        "este correo",
        "la información contenida",
        "aviso legal",
        "aviso de confiden",
    ),
    *(
        "le informazioni contenute",
        "questo messaggio",
        "esta mensagem",
        "este e-mail",
        "denne e-mail",
    ),
    *(
        "denne mail",
        "denne e-post",
        "denne meldingen",
        "ta wiadomość",
        "niniejsza wiadomość",
        "avis",
    ),
    *("*****", "caution:", "think before you print", "save a tree", "nota di riservatezza"),
    *("registered office", "geschäftsführer", "handelsregister", "sitz der gesellschaft"),
)
_DISCLAIMER = re.compile(
    r"confiden|vertrau|vertrouw|luottamuks|konfiden|fortrolig|poufn|riservat|sekretess|"
    r"intended (?:only|solely|recipient)|privileged|legally|recipient|empfänger|geadresseerde|"
    r"vastaanottaj|destinataire|destinatari|mottagar|adressat|environment|umwelt|milieu|"
    r"handelsregister|geschäftsführ|registered|virus",
    re.IGNORECASE,
)


def begins_disclaimer(line: str, following: str) -> bool:
    """Say whether a line begins a legal notice; `following` is what comes next."""
    words = line.strip(_AROUND).lower()
    return words.startswith(_DISCLAIMER_BEGINS) and (
        _DISCLAIMER.search(f"{line[:500]} {following[:500]}") is not None
    )
